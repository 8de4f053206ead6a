/** The tablet itself: what syncing says, 設定, taking turns, and what goes wrong. */
import { type Page } from '@playwright/test'
import { LEASE_MS } from '../../../src/domain/lease.ts'
import { syncTroubleText } from '../../../src/text/syncTrouble.ts'
import { logInitiative, openInApp, signIn, syncStatus } from '../../e2e/support.ts'
import { type Screen, ACCOUNTS, type Open, expect, button, at, press, see, goOffline } from './steps.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export const TABLET_SCREENS: readonly Screen[] = [
  { name: '同期の状態', as: 'lead', open: at('/', press('同期のくわしい状態')) },
  { name: '同期の状態、オフライン', as: 'lead', open: at('/', goOffline, press('同期のくわしい状態')) },
  {
    name: '同期できない、ログイン切れ',
    as: 'nobody',
    open: troubled('signInNeeded', refusal(401, 'unauthenticated')),
  },
  {
    name: '同期できない、古い版',
    as: 'nobody',
    open: troubled('updateNeeded', refusal(426, 'protocolTooOld')),
  },
  { name: '同期できない、停止', as: 'nobody', open: troubled('revoked', stopped) },
  { name: '同期できない、受け付けない', as: 'nobody', open: troubled('refused', refusal(400, 'invalid')) },
  { name: '同期できない、読めない応答', as: 'nobody', open: troubled('malformed', refusal(200, 'nonsense')) },
  { name: '同期できない、容量不足', as: 'nobody', open: troubled('storageFull', fullStorage) },
  { name: '同期できない、保存領域', as: 'nobody', open: troubled('database', deadStorage) },
  { name: '同期できない、進まない', as: 'nobody', open: stalled },
  { name: '端末の利用の終わり', as: 'nobody', open: ended },
  { name: '新しい版', as: 'nobody', open: newRelease },
  { name: '24時間送れていない', as: 'nobody', open: overdue },
  { name: '保留、なし', as: 'lead', open: at('/parked') },
  { name: '保留', as: 'nobody', open: parked },
  { name: '設定', as: 'lead', open: at('/settings') },
  { name: '設定、パスワード', as: 'lead', open: at('/settings', press('パスワードを変える')) },
  { name: '設定、PIN', as: 'lead', open: at('/settings', press('PINを決める')) },
  { name: '設定、ログアウトできない', as: 'nobody', open: unsentSignOut },
  { name: '交代する', as: 'lead', open: at('/', press('交代する')) },
  { name: 'だれが使いますか', as: 'nobody', open: people },
  { name: 'PIN、誤り', as: 'nobody', open: wrongPin },
  { name: '30日の期限', as: 'nobody', open: locked },
  { name: '保存できない端末', as: 'nobody', open: noStorage },
  { name: '更新が必要な端末', as: 'nobody', open: newerDatabase },
]

/** Signed in on a new tablet, whose service worker holds the app. */
async function onNewTablet(page: Page, url: string): Promise<void> {
  await signIn(page, url, ACCOUNTS.newcomer)
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
}

/** The server answers every pull with this. */
function refusal(status: number, type: string) {
  return async (page: Page): Promise<void> => {
    await page.route('**/api/pull*', (route) => route.fulfill({ status, json: { type } }))
  }
}

/** The tablet may not sync any more, and what it holds cannot be handed over yet. */
async function stopped(page: Page): Promise<void> {
  await refusal(403, 'revoked')(page)
  await page.route(/\/api\/(?:push|quarantine)/, (route) =>
    route.fulfill({ status: 403, json: { type: 'revoked' } }),
  )
  await logInitiative(page, { title: '預かりを待つ取組' })
}

async function fullStorage(page: Page): Promise<void> {
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('Full.', 'QuotaExceededError')
    }
  })
}

/** The browser has closed the connections and opens none any more. */
async function deadStorage(page: Page): Promise<void> {
  await page.addInitScript(`
    window.connections = []
    const open = IDBFactory.prototype.open
    IDBFactory.prototype.open = function (...args) {
      if (window.broken) throw new DOMException('Broken.', 'UnknownError')
      const request = open.apply(this, args)
      request.addEventListener('success', () => window.connections.push(request.result))
      return request
    }
  `)
  await page.reload()
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await page.evaluate('window.broken = true; window.connections.forEach((each) => each.close())')
}

/** ホーム on a new tablet that cannot sync from here on, and says why. */
function troubled(
  trouble: Exclude<keyof typeof syncTroubleText, 'action'>,
  begin: (page: Page) => Promise<void>,
): Open {
  return async (page, url) => {
    await onNewTablet(page, url)
    await begin(page)
    await button(page, '今すぐ同期').first().click()
    await see(syncTroubleText[trouble].body)(page)
  }
}

async function stalled(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.clock.install()
  await page.route('**/api/push', (route) => route.fulfill({ status: 503, json: { type: 'busy' } }))
  await logInitiative(page, { title: '送信を待つ取組' })
  await page.clock.fastForward(DAY_MS / 24)
  await see(syncTroubleText.stalled.body)(page)
}

async function ended(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await refusal(403, 'revoked')(page)
  await button(page, '今すぐ同期').first().click()
  await expect(page.getByRole('heading', { name: 'この端末での利用は終わりました' })).toBeVisible()
}

/** A release waits, as the browser would say. */
async function newRelease(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.addInitScript(`
    navigator.serviceWorker.register = async () =>
      ({ waiting: {}, addEventListener() {}, update: async () => undefined })
  `)
  await page.reload()
  await see('新しい版があります')(page)
}

async function overdue(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.clock.install()
  await page.context().setOffline(true)
  await logInitiative(page, { title: '圏外で書いた取組' })
  await page.clock.fastForward(DAY_MS + 60_000)
  await openInApp(page, 'ホーム')
  await see(/24時間以上送れていない記録/)(page)
}

/** The server's answer is changed on its way, as if it had refused. */
async function parked(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.route('**/api/push', async (route) => {
    const response = await route.fetch()
    const text = await response.text()
    const reason = '"reason":{"type":"notAllowed"},"outcome":"parked"'
    await route.fulfill({ response, body: text.replaceAll('"outcome":"accepted"', reason) })
  })
  await logInitiative(page, { title: '掲示板を入口の右に移す', background: '入口で人が立ち止まる。' })
  await page.goto(`${url}/parked`)
  await button(page, '書いた内容を見る').click()
}

async function unsentSignOut(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '送る前の取組' })
  await openInApp(page, '設定')
  await button(page, 'ログアウト').click()
  await expect(page.getByRole('dialog')).toContainText('1件')
}

/** One has left with a PIN and unsent work, one without. */
async function people(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await openInApp(page, '設定')
  await button(page, 'PINを決める').last().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('新しいPIN', { exact: true }).fill('482917')
  await dialog.getByLabel('新しいPIN（もう一度）').fill('482917')
  await dialog.getByRole('button', { name: 'PINを決める' }).click()
  await expect(dialog).toHaveCount(0)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '交代の前に書いた取組' })
  await button(page, '交代する').click()
  await expect(page.getByRole('heading', { name: 'だれが使いますか' })).toBeVisible()
  await page.context().setOffline(false)
}

async function wrongPin(page: Page, url: string): Promise<void> {
  await people(page, url)
  await button(page, /大崎事務所 担当/).click()
  await page.getByLabel('PIN（数字6けた）').fill('135791')
  await button(page, '開く').click()
  await see(/あと9回まちがえると/)(page)
}

async function locked(page: Page, url: string): Promise<void> {
  await page.clock.install({ time: new Date() })
  await onNewTablet(page, url)
  await page.context().setOffline(true)
  await page.clock.setSystemTime(Date.now() + LEASE_MS + 60_000)
  await page.clock.runFor(61_000)
  await expect(page.getByRole('heading', { name: /サーバーで確かめるまで/ })).toBeVisible()
}

async function noStorage(page: Page, url: string): Promise<void> {
  await page.addInitScript(`
    IDBFactory.prototype.open = () => { throw new DOMException('Blocked.', 'SecurityError') }
  `)
  await page.goto(`${url}/`)
  await expect(page.getByRole('heading', { name: 'この端末に記録を保存できません' })).toBeVisible()
}

/** As after a newer release: every version that the database is opened with is an older one. */
async function newerDatabase(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.addInitScript(`
    Object.defineProperty(IDBDatabase.prototype, 'version', { get: () => 10_000 })
  `)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'アプリの更新が必要です' })).toBeVisible()
}
