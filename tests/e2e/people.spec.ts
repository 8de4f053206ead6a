/** [S26] People who take turns on one tablet. */
import { type Page, expect } from '@playwright/test'
import { LEASE_MS } from '../../src/domain/lease.ts'
import { violationsOf } from './axe.ts'
import { logInitiative, openInApp, signIn, syncStatus, test } from './support.ts'

const KAMEIDO = { account: 'labor-kameido@demo.example', name: '亀戸事務所 担当', pin: '482917' }
const OSAKI = { account: 'labor-osaki@demo.example', name: '大崎事務所 担当', pin: '750318' }

const turns = (page: Page) => page.getByRole('heading', { level: 1, name: 'だれが使いますか' })
const personRow = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name })

/** 設定 → PINを決める. */
async function setPin(page: Page, pin: string): Promise<void> {
  await openInApp(page, '設定')
  const section = page.getByRole('region', { name: '交代とPIN' })
  await section.getByRole('button', { name: 'PINを決める' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('新しいPIN', { exact: true }).fill(pin)
  await dialog.getByLabel('新しいPIN（もう一度）').fill(pin)
  await dialog.getByRole('button', { name: 'PINを決める' }).click()
  await expect(section).toContainText('決めてあります')
}

async function leave(page: Page): Promise<void> {
  await page.getByRole('banner').getByRole('button', { name: '交代する' }).click()
  await expect(turns(page)).toBeVisible()
}

async function typePin(page: Page, name: string, pin: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await page.getByLabel('PIN（数字6けた）').fill(pin)
  await page.getByRole('button', { name: '開く' }).click()
}

async function enter(page: Page, { name, pin }: { name: string; pin: string }): Promise<void> {
  await typePin(page, name, pin)
  await expect(page.getByRole('banner')).toContainText(name)
}

/** A tablet on which both have signed in and set a PIN; nobody is in. */
async function sharedTablet(page: Page, url: string): Promise<void> {
  await signIn(page, url, KAMEIDO.account)
  await setPin(page, KAMEIDO.pin)
  await leave(page)
  await signIn(page, url, OSAKI.account)
  await setPin(page, OSAKI.pin)
  await leave(page)
}

/** Who sends a request, by its token. */
function senderOf(authorization: string): string {
  const payload: unknown = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
  return typeof payload === 'object' && payload !== null && 'sub' in payload ? String(payload.sub) : ''
}

test('[S26] two people take turns offline, each sees only their own unsent work, and each sends it as themselves', async ({
  page,
  server,
}) => {
  await sharedTablet(page, server.url)
  const sent: string[] = []
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/push')) return
    const titles = /亀戸の下書き\d?|大崎の下書き/.exec(request.postData() ?? '')
    sent.push(`${senderOf(request.headers()['authorization'] ?? '')}: ${titles?.[0] ?? ''}`)
  })
  await page.context().setOffline(true)

  await enter(page, KAMEIDO)
  await logInitiative(page, { title: '亀戸の下書き1' })
  await logInitiative(page, { title: '亀戸の下書き2' })
  await leave(page)
  await expect(personRow(page, KAMEIDO.name)).toContainText('未送信 2件')
  await expect(personRow(page, OSAKI.name)).not.toContainText('未送信')
  expect(await violationsOf(page)).toEqual([])

  await enter(page, { ...OSAKI, pin: '７５０３１８' })
  await expect(syncStatus(page)).toHaveText('オフライン 未送信 0件')
  await expect(page.getByText('亀戸の下書き1')).toHaveCount(0)
  await logInitiative(page, { title: '大崎の下書き' })
  await leave(page)
  await page.reload()
  await expect(personRow(page, KAMEIDO.name)).toContainText('未送信 2件')
  await expect(personRow(page, OSAKI.name)).toContainText('未送信 1件')

  // Kameido comes back online: Osaki's work stays where it is until Osaki does.
  await enter(page, KAMEIDO)
  await page.context().setOffline(false)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await leave(page)
  await expect(personRow(page, KAMEIDO.name)).not.toContainText('未送信')
  await expect(personRow(page, OSAKI.name)).toContainText('未送信 1件')
  await enter(page, OSAKI)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await expect.poll(() => sent).toContain('demo-labor-osaki: 大崎の下書き')
  expect(new Set(sent)).toEqual(
    new Set(['demo-labor-kameido: 亀戸の下書き1', 'demo-labor-osaki: 大崎の下書き']),
  )
})

test('[S26] a database that does not open hides nobody: its person is listed, and the others come back by PIN offline', async ({
  page,
  server,
}) => {
  await sharedTablet(page, server.url)
  await page.evaluate(
    (name) =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase(name)
        const open = indexedDB.open(name)
        open.onupgradeneeded = () => open.result.createObjectStore('outbox', { keyPath: 'other' })
        open.onsuccess = () => resolve(open.result.close())
      }),
    'kaizencho-demo-labor-kameido',
  )
  await page.context().setOffline(true)
  await page.reload()
  await expect(personRow(page, KAMEIDO.name)).toContainText('未送信 件数不明')
  await expect(personRow(page, OSAKI.name)).not.toContainText('未送信')
  await enter(page, OSAKI)
})

test('[S26] ten wrong PINs, across reloads, lock until the password is given online', async ({
  page,
  server,
}) => {
  await signIn(page, server.url, KAMEIDO.account)
  await setPin(page, KAMEIDO.pin)
  await leave(page)
  await page.context().setOffline(true)
  await page.getByRole('button', { name: new RegExp(KAMEIDO.name) }).click()
  for (let left = 9; left >= 1; left -= 1) {
    await page.getByLabel('PIN（数字6けた）').fill('135791')
    await page.getByRole('button', { name: '開く' }).click()
    await expect(page.getByText(`あと${left}回まちがえると`)).toBeVisible()
    if (left === 5) {
      await page.context().setOffline(false)
      await page.reload()
      await page.context().setOffline(true)
      await page.getByRole('button', { name: new RegExp(KAMEIDO.name) }).click()
    }
  }
  expect(await violationsOf(page)).toEqual([])
  await page.getByLabel('PIN（数字6けた）').fill('135791')
  await page.getByRole('button', { name: '開く' }).click()
  await expect(page.getByText('PINを10回まちがえたため')).toBeVisible()
  await expect(personRow(page, KAMEIDO.name)).toContainText('PINはロック中')
  await page.context().setOffline(false)
  await page.reload()
  await page.getByRole('button', { name: new RegExp(KAMEIDO.name) }).click()
  await expect(page.getByText('PINを10回まちがえたため')).toBeVisible()
  await expect(page.getByLabel('PIN（数字6けた）')).toHaveCount(0)

  await signIn(page, server.url, KAMEIDO.account)
  await leave(page)
  await enter(page, KAMEIDO)
})

test('[S26] a PIN that is easily guessed is refused with the reason; leaving without one says what coming back needs', async ({
  page,
  server,
}) => {
  await signIn(page, server.url, KAMEIDO.account)
  await page.getByRole('button', { name: 'PINを決める' }).click()
  const dialog = page.getByRole('dialog')
  for (const [pin, reason] of [
    ['12345', '数字6けたで'],
    ['111111', 'くり返し'],
    ['１２３４５６', '順に並んだ'],
  ] as const) {
    await dialog.getByLabel('新しいPIN', { exact: true }).fill(pin)
    await dialog.getByLabel('新しいPIN（もう一度）').fill(pin)
    await dialog.getByRole('button', { name: 'PINを決める' }).click()
    await expect(dialog.getByText(new RegExp(`^＊.*${reason}`))).toBeVisible()
  }
  expect(await violationsOf(page)).toEqual([])
  await dialog.getByRole('button', { name: '閉じる' }).click()
  await page.getByRole('button', { name: 'あとで' }).click()
  await page.getByRole('banner').getByRole('button', { name: '交代する' }).click()
  await expect(dialog).toContainText('ネットワークとパスワードが必要です')
  expect(await violationsOf(page)).toEqual([])
  await dialog.getByRole('button', { name: 'このまま交代する' }).click()
  await expect(personRow(page, KAMEIDO.name)).toContainText('PINなし')
  await page.getByRole('button', { name: new RegExp(KAMEIDO.name) }).click()
  await expect(page.getByText('PINを決めていません')).toBeVisible()
  await expect(page.getByLabel('メールアドレス', { exact: true })).toBeFocused()
})

test('[S26] who signs out is no longer among the people of the tablet; who leaves in one tab is out in the other', async ({
  page,
  server,
}) => {
  await sharedTablet(page, server.url)
  await enter(page, KAMEIDO)
  const other = await page.context().newPage()
  await other.goto(server.url)
  await expect(other.getByRole('banner')).toContainText(KAMEIDO.name)
  await leave(page)
  await expect(turns(other)).toBeVisible()
  await enter(other, OSAKI)
  await openInApp(other, '設定')
  await other.getByRole('button', { name: 'ログアウト' }).click()
  await expect(personRow(other, KAMEIDO.name)).toBeVisible()
  await expect(personRow(other, OSAKI.name)).toHaveCount(0)
})

test('[S26] after thirty days without the server the app is locked, keeps everything, and unlocks by itself', async ({
  page,
  server,
}) => {
  await page.clock.install({ time: new Date() })
  await signIn(page, server.url, KAMEIDO.account)
  await page.context().setOffline(true)
  await logInitiative(page, { title: 'ひと月のあいだ送れない取組' })
  await page.clock.setSystemTime(Date.now() + LEASE_MS + 60_000)
  await page.clock.runFor(61_000)
  await expect(page.getByRole('heading', { name: /サーバーで確かめるまで/ })).toBeVisible()
  await expect(page.getByText('未送信と保留の1件も、そのまま残っています。')).toBeVisible()
  await expect(page.getByText('ひと月のあいだ送れない取組')).toHaveCount(0)
  expect(await violationsOf(page)).toEqual([])

  // The clock set back wins nothing.
  await page.clock.setSystemTime(Date.now())
  await page.clock.runFor(61_000)
  await expect(page.getByRole('heading', { name: /サーバーで確かめるまで/ })).toBeVisible()

  await page.context().setOffline(false)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await expect(page.getByRole('heading', { name: 'ひと月のあいだ送れない取組' })).toBeVisible()
})
