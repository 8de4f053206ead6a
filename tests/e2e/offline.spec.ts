import { expect } from '@playwright/test'
import {
  FIREBASE,
  logInitiative,
  openInApp,
  openKillableTablet,
  openRow,
  PASSWORD,
  signIn,
  signInWith,
  syncStatus,
  test,
  untilSent,
} from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'

test(
  'offline journey: open, log three, edit one, kill the browser, reopen, and everything arrives',
  FIREBASE,
  async ({ server, openTablet }) => {
    const tablet = await openKillableTablet()
    await signIn(tablet.page, server.url, KAMEIDO)

    await tablet.context.setOffline(true)
    await tablet.page.reload()
    await expect(syncStatus(tablet.page)).toHaveText('オフライン 未送信 0件')
    for (const title of ['窓口の案内', '書庫の整理', '会議の短縮']) {
      await logInitiative(tablet.page, { title, progress: '実施中', background: `${title}の現状です。` })
      await expect(tablet.page.getByText('端末に保存', { exact: true })).toBeVisible()
    }
    await tablet.page.getByRole('link', { name: '編集', exact: true }).click()
    await tablet.page.getByRole('textbox', { name: '取組内容', exact: true }).fill('会議の短縮と記録')
    await tablet.page.getByRole('button', { name: '保存', exact: true }).click()
    await expect(tablet.page.getByRole('heading', { level: 1, name: '会議の短縮と記録' })).toBeVisible()

    await tablet.kill()
    const page = await tablet.reopen({ offline: true })
    await page.goto(`${server.url}/`)
    await expect(syncStatus(page)).toHaveText('オフライン 未送信 4件')
    for (const title of ['窓口の案内', '書庫の整理', '会議の短縮と記録']) {
      const card = page
        .getByRole('listitem')
        .filter({ has: page.getByRole('link', { name: title, exact: true }) })
      await expect(card).toContainText('端末に保存')
    }

    await tablet.context.setOffline(false)
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
    await openRow(page, '会議の短縮と記録')
    await expect(page.getByText('受領済', { exact: true })).toBeVisible()
    await expect(page.getByText(/^[0-9A-Z]+-labor-kameido-\d+$/)).toBeVisible()

    const hq = await openTablet('hq@demo.example')
    await openInApp(hq, '局一覧')
    await expect(hq.getByText('32件', { exact: true })).toBeVisible()
    await expect(hq.getByText('窓口の案内')).toHaveCount(0)

    const lead = await openTablet('lead-labor-kameido@demo.example')
    await openRow(lead, '窓口の案内')
    await lead.getByRole('button', { name: '提出する', exact: true }).click()
    await untilSent(lead, () =>
      lead.getByRole('dialog').getByRole('button', { name: '提出する', exact: true }).click(),
    )
    await hq.getByRole('button', { name: '今すぐ同期' }).click()
    await expect(hq.getByRole('listitem').filter({ hasText: '窓口の案内' })).toContainText('亀戸事務所')
    await tablet.dispose()
  },
)

test('drafts of one unit never cross the wire to another unit’s tablet', FIREBASE, async ({ openTablet }) => {
  const kameido = await openTablet(KAMEIDO)
  await logInitiative(kameido, { title: '門外不出の下書き', background: '内輪の事情です。' })
  await expect(syncStatus(kameido)).toHaveText('すべて送信済み')

  const osaki = await openTablet('labor-osaki@demo.example')
  const answers: string[] = []
  osaki.on('response', async (response) => {
    if (response.url().includes('/api/')) answers.push(await response.text().catch(() => ''))
  })
  const pulled = osaki.waitForResponse((response) => response.url().includes('/api/pull'))
  await osaki.getByRole('button', { name: '今すぐ同期' }).click()
  await pulled
  const databases = await osaki.evaluate(async () => {
    const found: unknown[] = []
    for (const { name } of await indexedDB.databases()) {
      const open = indexedDB.open(name ?? '')
      const db = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)))
      for (const store of db.objectStoreNames) {
        const all = db.transaction(store).objectStore(store).getAll()
        found.push(await new Promise((resolve) => (all.onsuccess = () => resolve(all.result))))
      }
      db.close()
    }
    return JSON.stringify(found)
  })
  expect(databases).toContain('労働法')
  expect(databases + answers.join()).not.toMatch(/門外不出|内輪の事情/)
})

test('a form being typed survives a killed browser, offline', async ({ server }) => {
  const tablet = await openKillableTablet()
  await signIn(tablet.page, server.url, KAMEIDO)
  await tablet.page.getByRole('link', { name: '取組を記録' }).click()
  await tablet.page
    .getByRole('textbox', { name: '取組内容', exact: true })
    // As fast as people type.
    .pressSequentially('打ちかけの取組', { delay: 100 })
  await expect(tablet.page.getByText('書きかけを端末に残しました')).toBeVisible()
  await tablet.kill()
  const page = await tablet.reopen({ offline: true })
  await page.goto(`${server.url}/log`)
  await expect(page.getByText('書きかけを復元しました')).toBeVisible()
  await expect(page.getByRole('textbox', { name: '取組内容', exact: true })).toHaveValue(/^打ちかけの取/)
  await tablet.dispose()
})

test('a screen that is neither on the tablet nor in reach says so, and opens once it is', async ({
  browser,
  server,
}) => {
  const context = await browser.newContext({ locale: 'ja-JP', serviceWorkers: 'block' })
  const page = await context.newPage()
  await signInWith(page, server.url, { account: KAMEIDO, password: PASSWORD })
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await context.setOffline(true)
  await openInApp(page, '局一覧')
  await expect(page.getByText(/^画面を開けませんでした。書いたものは端末に残っています。/)).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: '亀戸事務所の取組' })).toBeVisible()
  await context.setOffline(false)
  await openInApp(page, '局一覧')
  await expect(page.getByRole('heading', { level: 1, name: '局一覧' })).toBeVisible()
  await context.close()
})
