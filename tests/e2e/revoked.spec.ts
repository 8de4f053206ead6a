/** [S26] A tablet whose grant headquarters has ended. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { type Page, expect } from '@playwright/test'
import * as v from 'valibot'
import { sessionResponseSchema } from '../../src/domain/session.ts'
import { heldResponseSchema } from '../../src/domain/quarantine.ts'
import { PROTOCOL_VERSION, pullResponseSchema } from '../../src/domain/wire.ts'
import { makeDeviceKey } from '../support/deviceKey.ts'
import { logInitiative, signIn, syncStatus, test } from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'
const OSAKI = 'labor-osaki@demo.example'

/** Headquarters as raw requests. */
async function headquarters(url: string) {
  const post = async (path: string, body: unknown, token = ''): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return answer.json()
  }
  const { publicKey } = await makeDeviceKey()
  const device = { id: null, label: 'test', publicKey }
  const credentials = { email: 'hq@demo.example', password: 'kaizen-demo', device }
  const { accessToken } = v.parse(sessionResponseSchema, await post('/api/session/sign-in', credentials))
  let mid = 0
  return {
    /** Revokes every tablet of a person, by a mutation like every other. */
    async revokeTablets(owner: string): Promise<void> {
      const request = { protocol: PROTOCOL_VERSION, clientId: null, cursors: {} }
      const { pages } = v.parse(pullResponseSchema, await post('/api/pull', request, accessToken))
      const devices = pages
        .filter(({ stream }) => stream === 'hq')
        .flatMap(({ rows }) => rows)
        .filter(({ record }) => record?.type === 'device' && record.fields['owner'] === owner)
      expect(devices.length).toBeGreaterThan(0)
      const mutations = devices.map(({ id, rev }) => ({
        mid: (mid += 1),
        v: 1,
        op: 'edit',
        type: 'device',
        id,
        base: { rev },
        stage: 'active',
        set: { stage: { from: 'active', to: 'revoked' } },
        blobs: [],
        at: new Date().toISOString(),
      }))
      const push = { protocol: PROTOCOL_VERSION, clientId: 'hq-raw', mutations }
      expect(await post('/api/push', push, accessToken)).toMatchObject({
        receipts: mutations.map(() => ({ outcome: 'accepted' })),
      })
    },
    /** Titles in quarantine, with whose they are. */
    async held(): Promise<string[]> {
      const answer = await post('/api/quarantine/list', { held: 'quarantine' }, accessToken)
      return v
        .parse(heldResponseSchema, answer)
        .items.map(
          ({ uid, mutation }) => `${uid}: ${/"to":"(取組[^"]*)"/.exec(JSON.stringify(mutation))?.[1] ?? ''}`,
        )
    },
  }
}

const ended = (page: Page) => page.getByRole('heading', { name: 'この端末での利用は終わりました' })

/** What the browser keeps of the app. */
const traces = (page: Page): Promise<{ databases: string[]; caches: string[]; workers: number }> =>
  page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name ?? ''),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))

test('[S26] revoked while offline with unsent work: online, headquarters has the work and its photo, and the tablet has nothing', async ({
  page,
  server,
}) => {
  await signIn(page, server.url, KAMEIDO)
  const other = await page.context().newPage()
  await other.goto(server.url)
  await expect(syncStatus(other)).toHaveText('すべて送信済み')
  await page.context().setOffline(true)
  await logInitiative(page, { title: '取組その1' })
  await page
    .locator('input[type=file][multiple]')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await expect(page.getByRole('link', { name: '写真送信待ち 1枚' })).toBeVisible()
  await logInitiative(other, { title: '取組その2' })
  const hq = await headquarters(server.url)
  await hq.revokeTablets('demo-labor-kameido')
  expect((await traces(page)).databases).toContain('kaizencho-demo-labor-kameido')

  await page.context().setOffline(false)
  await expect(ended(page)).toBeVisible()
  await expect(page.getByText('あなたの記録と鍵をすべて消しました')).toBeVisible()
  await expect(ended(other)).toBeVisible()
  expect((await hq.held()).toSorted()).toEqual([
    'demo-labor-kameido: ',
    'demo-labor-kameido: 取組その1',
    'demo-labor-kameido: 取組その2',
  ])
  const photos = join(server.dataDir, 'blobs/photos')
  expect(readdirSync(photos).map((photo) => readdirSync(join(photos, photo)).length)).toEqual([2])
  await expect.poll(() => traces(page)).toEqual({ databases: [], caches: [], workers: 0 })
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze()
  expect(violations).toEqual([])

  await page.getByRole('button', { name: 'ログインの画面へ' }).click()
  await expect(page.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
  await expect(page.getByRole('listitem')).toHaveCount(0)
})

test('[S26] a wipe that the browser’s end cut short is finished at the next start, and others stay', async ({
  page,
  server,
}) => {
  await signIn(page, server.url, OSAKI)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '取組その3' })
  await page.context().setOffline(false)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await page.getByRole('banner').getByRole('button', { name: '交代する' }).click()
  await page.getByRole('button', { name: 'このまま交代する' }).click()
  // The page is loaded anew at once: before that, this tablet must know that its person has left.
  await expect(page.getByLabel('メールアドレス', { exact: true })).toBeVisible()
  await signIn(page, server.url, KAMEIDO)
  // A page that holds the database open and does not let go: the deletion cannot finish while it is there.
  const holder = await page.context().newPage()
  await holder.goto(`${server.url}/favicon.svg`)
  await holder.evaluate(async () => {
    const open = indexedDB.open('kaizencho-demo-labor-kameido')
    await new Promise((resolve) => (open.onsuccess = resolve))
  })
  const hq = await headquarters(server.url)
  await hq.revokeTablets('demo-labor-kameido')
  await page.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(page.getByText('記録をこの端末から消しています')).toBeVisible()
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const open = indexedDB.open('kaizencho-device')
        const db = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)))
        const all = db.transaction('sessions').objectStore('sessions').getAllKeys()
        const keys = await new Promise((resolve) => (all.onsuccess = () => resolve(all.result)))
        db.close()
        return keys
      }),
    )
    .toEqual(['demo-labor-osaki'])
  await page.close()
  await holder.close()

  const again = await page.context().newPage()
  await again.goto(server.url)
  await expect(again.getByRole('listitem').filter({ hasText: '大崎事務所 担当' })).toBeVisible()
  await expect(again.getByRole('listitem').filter({ hasText: '亀戸事務所 担当' })).toHaveCount(0)
  await expect.poll(async () => (await traces(again)).databases).not.toContain('kaizencho-demo-labor-kameido')
  expect((await traces(again)).caches.length).toBeGreaterThan(0)
})
