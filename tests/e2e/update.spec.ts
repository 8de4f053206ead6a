import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Page, expect } from '@playwright/test'
import { type RunningServer, startServer } from '../support/server.ts'
import {
  expectAccessible,
  logInitiative,
  openInApp,
  signIn,
  syncStatus,
  test,
  untilOnTablet,
  untilSent,
} from './support.ts'

interface Release {
  readonly server: RunningServer
  /** Puts a next release on the server. */
  readonly release: () => void
}

/** A server whose app can be replaced by a next release. */
const updatable = test.extend<{ own: Release }>({
  own: async ({}, use) => {
    const distDir = mkdtempSync(join(tmpdir(), 'kaizencho-dist-'))
    cpSync('dist', distDir, { recursive: true })
    const server = await startServer({ demo: true, distDir })
    const worker = join(distDir, 'sw.js')
    const release = (): void => writeFileSync(worker, `${readFileSync(worker, 'utf8')}\n// next version\n`)
    await use({ server, release })
    await server.stop()
    rmSync(distDir, { recursive: true, force: true })
  },
})

const title = (page: Page) => page.getByRole('textbox', { name: '取組内容', exact: true })

updatable(
  '[S25] a new version waits until the person says so; an open form and a full outbox survive it',
  async ({ page, own: { server, release } }) => {
    await signIn(page, server.url, 'labor-kameido@demo.example')
    // The app can be fetched, the server's API cannot be reached.
    await page.context().route('**/api/**', (route) => route.abort())
    const titles = ['一つめの取組', '二つめの取組', '三つめの取組']
    for (const each of titles) await logInitiative(page, { title: each })
    await expect(syncStatus(page)).toHaveText('オフライン 未送信 3件')
    await openInApp(page, 'ホーム')
    await page.getByRole('link', { name: '取組を記録' }).click()
    await title(page).fill('更新をまたぐ取組')

    release()
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      await registration.update()
    })
    await expect(page.getByText('新しい版があります')).toBeVisible()
    await expect(title(page)).toHaveValue('更新をまたぐ取組')

    const reloaded = page.waitForEvent('load')
    await page.getByRole('button', { name: '更新する' }).click()
    await reloaded
    await expect(page.getByText('書きかけを復元しました')).toBeVisible()
    await expect(title(page)).toHaveValue('更新をまたぐ取組')
    await expect(page.getByText('新しい版があります')).toHaveCount(0)
    await expect(syncStatus(page)).toHaveText('オフライン 未送信 3件')

    await page.context().unroute('**/api/**')
    await untilSent(page, () => page.getByRole('button', { name: '保存', exact: true }).click())
    await openInApp(page, 'ホーム')
    for (const name of [...titles, '更新をまたぐ取組'])
      await expect(page.getByRole('link', { name, exact: true })).toHaveCount(1)
  },
)

updatable(
  '[S25] an update takes the other tabs along, and asks in one where somebody writes',
  async ({ page, own: { server, release } }) => {
    await signIn(page, server.url, 'labor-kameido@demo.example')
    const [other, writing] = [await page.context().newPage(), await page.context().newPage()]
    await other.goto(`${server.url}/list`)
    await expect(syncStatus(other)).toHaveText('すべて送信済み')
    await writing.goto(`${server.url}/log`)
    await title(writing).fill('別のタブの書きかけ')
    release()
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      await registration.update()
    })
    const reloaded = Promise.all([page.waitForEvent('load'), other.waitForEvent('load')])
    await page.getByRole('button', { name: '更新する' }).click()
    await reloaded
    await expect(syncStatus(other)).toHaveText('すべて送信済み')
    await expect(writing.getByText('新しい版があります')).toBeVisible()
    await expect(title(writing)).toHaveValue('別のタブの書きかけ')
    const reloadedToo = writing.waitForEvent('load')
    await writing.getByRole('button', { name: '更新する' }).click()
    await reloadedToo
    await expect(writing.getByText('書きかけを復元しました')).toBeVisible()
    await expect(title(writing)).toHaveValue('別のタブの書きかけ')
  },
)

updatable(
  '[S25] an update of another tab asks in one where a file is being taken in',
  async ({ page, own: { server, release } }) => {
    await signIn(page, server.url, 'hq@demo.example')
    const importing = await page.context().newPage()
    await importing.goto(`${server.url}/import`)
    const csv = { name: '一覧.csv', mimeType: 'text/csv', buffer: Buffer.from('取組内容\n受付票を1枚に\n') }
    await importing.getByLabel('取り込むファイル').setInputFiles(csv)
    release()
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update().then(() => undefined))
    const reloaded = page.waitForEvent('load')
    await page.getByRole('button', { name: '更新する' }).click()
    await reloaded
    await expect(importing.getByText('新しい版があります')).toBeVisible()
    await expect(importing.getByLabel('取り込むファイル')).toHaveValue(/一覧\.csv$/)
  },
)

updatable(
  '[S25] a tablet that is too old goes on sending, says so, and pulls again once it is updated',
  async ({ page, own: { server, release } }) => {
    await signIn(page, server.url, 'labor-kameido@demo.example')
    await page
      .context()
      .route('**/api/pull*', (route) => route.fulfill({ status: 426, json: { type: 'protocolTooOld' } }))
    const pushed = page.waitForResponse((response) => response.url().endsWith('/api/push') && response.ok())
    await logInitiative(page, { title: '古い版の取組' })
    await pushed
    await expect(syncStatus(page)).toHaveText('更新が必要')
    await expect(page.getByText('アプリが古くなりました')).toBeVisible()
    await expectAccessible(page)

    release()
    await page.context().unroute('**/api/pull*')
    const reloaded = page.waitForEvent('load')
    await page.getByRole('button', { name: '更新する' }).click()
    await reloaded
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
    await expect(page.getByText('受領済', { exact: true })).toBeVisible()
  },
)

updatable(
  '[S25] a page that was loaded past the service worker comes under it, and an update takes it along',
  async ({ page, own: { server, release } }) => {
    await signIn(page, server.url, 'labor-kameido@demo.example')
    const devTools = await page.context().newCDPSession(page)
    const past = page.waitForEvent('load')
    await devTools.send('Page.reload', { ignoreCache: true })
    await past
    await untilOnTablet(page)
    const other = await page.context().newPage()
    await other.goto(server.url)
    release()
    await other.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      await registration.update()
    })
    const reloaded = page.waitForEvent('load')
    await other.getByRole('button', { name: '更新する' }).click()
    await reloaded
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
  },
)

test('the app can be installed: manifest with Japanese name, icons and shortcuts', async ({
  server,
  request,
}) => {
  const manifest = await (await request.get(`${server.url}/manifest.webmanifest`)).json()
  expect(manifest).toMatchObject({ name: '改善帳', lang: 'ja', display: 'standalone', start_url: '/' })
  expect(manifest.shortcuts.map(({ url }: { url: string }) => url)).toEqual(['/log', '/list'])
  expect(manifest.icons.some(({ purpose }: { purpose: string }) => purpose === 'maskable')).toBe(true)
  const files = [...manifest.icons, ...manifest.shortcuts.flatMap(({ icons }: { icons: unknown[] }) => icons)]
  for (const { src } of files)
    expect((await request.get(server.url + src)).headers()['content-type']).toBe('image/png')
})
