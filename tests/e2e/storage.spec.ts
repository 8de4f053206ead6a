/** [S7] What a browser may do to the tablet's storage, in a real one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CDPSession, type Page, chromium, expect } from '@playwright/test'
import { BROWSER_ARGS, installedBrowser } from '../../scripts/browser.mjs'
import { expectAccessible, logInitiative, openInApp, signIn, syncStatus, test, untilSent } from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'
const title = (page: Page) => page.getByRole('textbox', { name: '取組内容', exact: true })
const saveButton = (page: Page) => page.getByRole('button', { name: '保存', exact: true })

test('[S7] where the browser keeps no data the app says so, and what to do', async ({ server }) => {
  const profile = mkdtempSync(join(tmpdir(), 'kaizencho-nodata-'))
  mkdirSync(join(profile, 'Default'))
  // As in 「すべてのCookieをブロック」: no cookies, no IndexedDB, no service worker.
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } }
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(blocked))
  const executablePath = installedBrowser()
  const context = await chromium.launchPersistentContext(profile, {
    args: BROWSER_ARGS,
    ...(executablePath === undefined ? {} : { executablePath }),
    locale: 'ja-JP',
    viewport: { width: 820, height: 1180 },
  })
  const page = context.pages()[0] ?? (await context.newPage())
  for (const path of ['/', '/sign-in', '/log']) {
    await page.goto(server.url + path)
    await expect(page.getByRole('heading', { name: 'この端末に記録を保存できません' })).toBeVisible()
  }
  await expectAccessible(page)
  await context.close()
  rmSync(profile, { recursive: true, force: true })
})

test('[S7] the browser is asked not to evict after the first save, not before, and 設定 shows its answer', async ({
  page,
  server,
}) => {
  await page.addInitScript(`
    window.asked = 0
    StorageManager.prototype.persisted = async () => false
    StorageManager.prototype.persist = async () => { window.asked += 1; return false }
  `)
  const asked = () => page.evaluate('window.asked')
  await signIn(page, server.url, KAMEIDO)
  expect(await asked()).toBe(0)
  await logInitiative(page, { title: '棚の整理' })
  await expect.poll(asked).toBe(1)
  await logInitiative(page, { title: '机の整理' })
  await openInApp(page, '設定')
  await expect(page.getByText('消えない設定')).toBeVisible()
  await expect(page.getByText(/ホーム画面に追加して、そこから開いてください/)).toBeVisible()
  expect(await asked()).toBe(1)
})

/** Keeps hold of the page's database connections, and lets opening fail when told. */
const HOLD_CONNECTIONS = `
  window.connections = []
  const open = IDBFactory.prototype.open
  IDBFactory.prototype.open = function (...args) {
    if (window.broken) throw new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError')
    const request = open.apply(this, args)
    request.addEventListener('success', () => window.connections.push(request.result))
    return request
  }
`
/** Closes them behind the app's back: the next transaction meets the browser's own InvalidStateError. */
const closeConnections = (page: Page) =>
  page.evaluate('window.connections.splice(0).forEach((connection) => connection.close())')

test('[S7] a connection the browser has closed is opened anew, unseen', async ({ page, server }) => {
  await page.addInitScript(HOLD_CONNECTIONS)
  await signIn(page, server.url, KAMEIDO)
  await page.getByRole('link', { name: '取組を記録' }).click()
  await title(page).fill('切れても残る取組')
  await closeConnections(page)
  await untilSent(page, () => saveButton(page).click())
  await expect(page.getByRole('heading', { level: 1, name: '切れても残る取組' })).toBeVisible()
  await expect(page.getByText('受領済', { exact: true })).toBeVisible()

  await raiseVersion(page)
  await untilSent(page, async () => void (await logInitiative(page, { title: '版が上がっても残る取組' })))
  await openInApp(page, 'ホーム')
  for (const name of ['切れても残る取組', '版が上がっても残る取組'])
    await expect(page.getByRole('link', { name, exact: true })).toHaveCount(1)
})

test('[S25] a database of a newer release is not opened: the page says so, and offers the update', async ({
  page,
  server,
}) => {
  await signIn(page, server.url, KAMEIDO)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '新しい版の取組' })
  await raiseVersion(page)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'アプリの更新が必要です' })).toBeVisible()
  await expectAccessible(page)
  // Where there is no newer release to be had it says the same again.
  const reloaded = page.waitForEvent('load')
  await page.getByRole('button', { name: '更新する' }).click()
  await reloaded
  await expect(page.getByRole('heading', { name: 'アプリの更新が必要です' })).toBeVisible()
})

/** As a newer release in another tab does with the person's database. */
function raiseVersion(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (const { name, version } of await indexedDB.databases()) {
      if (name === undefined || name === 'kaizencho-device') continue
      const request = indexedDB.open(name, (version ?? 0) + 10)
      const db = await new Promise<IDBDatabase>(
        (resolve) => (request.onsuccess = () => resolve(request.result)),
      )
      db.close()
    }
  })
}

test('[S7] one that stays dead is told, with the way out, and what was typed is there after it', async ({
  page,
  server,
}) => {
  await page.addInitScript(HOLD_CONNECTIONS)
  await signIn(page, server.url, KAMEIDO)
  await page.getByRole('link', { name: '取組を記録' }).click()
  await title(page).fill('打ちかけ')
  await page.evaluate('window.broken = true')
  await closeConnections(page)
  await title(page).fill('打ちかけの取組、最後の一文字まで')
  await saveButton(page).click()
  await expect(page.getByText('保存できませんでした。入力した内容は残っています。')).toBeVisible()
  const trouble = page.getByRole('alert').filter({ hasText: '端末の保存領域に接続できません' })
  await trouble.getByRole('button', { name: '読み込み直す' }).click()
  await expect(page.getByText('書きかけを復元しました')).toBeVisible()
  await expect(title(page)).toHaveValue('打ちかけの取組、最後の一文字まで')
  await untilSent(page, () => saveButton(page).click())
})

/** What a write of another part of the app meets; '' when it succeeds. */
const writes = (page: Page) =>
  page.evaluate(async () => {
    const open = indexedDB.open('other-data')
    open.onupgradeneeded = () => open.result.createObjectStore('items')
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      open.onsuccess = () => resolve(open.result)
      open.onerror = () => reject(open.error ?? new Error('not opened'))
    }).catch((error: unknown) => String(error))
    if (typeof db === 'string') return /QuotaExceeded/.test(db) ? 'QuotaExceededError' : db
    const transaction = db.transaction('items', 'readwrite')
    transaction.objectStore('items').put('x'.repeat(1000), 'key')
    const outcome = await new Promise<string>((resolve) => {
      transaction.oncomplete = () => resolve('')
      transaction.onabort = () => resolve(transaction.error?.name ?? 'aborted')
    })
    db.close()
    return outcome
  })
/** Chromium looks at the quota anew only after half a minute. */
const BROWSER_REMEMBERS = { timeout: 60_000 }

test('[S7] a full quota keeps the form and says so; with room again the same 保存 works', async ({
  page,
  server,
}) => {
  const devtools: CDPSession = await page.context().newCDPSession(page)
  const setQuota = (quotaSize?: number) =>
    devtools.send('Storage.overrideQuotaForOrigin', {
      origin: server.url,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    })
  await signIn(page, server.url, KAMEIDO)
  await untilSent(page, async () => void (await logInitiative(page, { title: '前の取組' })))
  await openInApp(page, 'ホーム')
  await page.getByRole('link', { name: '取組を記録' }).click()
  await setQuota(1)
  await expect.poll(() => writes(page), BROWSER_REMEMBERS).toBe('QuotaExceededError')
  const text = '容量が足りないときの取組'
  await title(page).fill(text)
  await saveButton(page).click()
  await expect(page.getByText(/端末の空き容量が足りません/).first()).toBeVisible()
  await expect(title(page)).toHaveValue(text)

  // Even loading again now does not lose it.
  await page.reload()
  await expect(title(page)).toHaveValue(text)

  await setQuota()
  await expect.poll(() => writes(page), BROWSER_REMEMBERS).toBe('')
  await untilSent(page, () => saveButton(page).click())
  await expect(page.getByRole('heading', { level: 1, name: text })).toBeVisible()
})

test('[S7] without room for what comes, what was saved is sent, and the status says so', async ({
  page,
  server,
  openTablet,
}) => {
  await signIn(page, server.url, KAMEIDO)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '送られる取組' })
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = function (...args) {
      if (this.name === 'rows') throw new DOMException('Quota exceeded.', 'QuotaExceededError')
      return put.apply(this, args)
    }
  })
  const pushed = page.waitForResponse((response) => response.url().endsWith('/api/push') && response.ok())
  await page.context().setOffline(false)
  await pushed
  await expect(syncStatus(page)).toHaveText('端末の空き不足')
  await expect(page.getByText('端末の空き容量が足りません')).toBeVisible()
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await expect(lead.getByRole('link', { name: '送られる取組', exact: true })).toBeVisible()
})
