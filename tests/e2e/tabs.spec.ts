import { expect } from '@playwright/test'
import {
  editText,
  logInitiative,
  openInApp,
  openRow,
  signIn,
  syncStatus,
  test,
  untilSent,
} from './support.ts'

const LEAD = 'lead-labor-kameido@demo.example'

test('signing out in one tab signs the other out and leaves no database behind', async ({ openTablet }) => {
  const first = await openTablet(LEAD)
  const second = await first.context().newPage()
  await second.goto(new URL('/', first.url()).href)
  await expect(syncStatus(second)).toHaveText('すべて送信済み')
  await openInApp(first, '設定')
  await first.getByRole('button', { name: 'ログアウト' }).click()
  await expect(first.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
  await expect(second.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
  const names = await second.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  expect(names).toEqual(['kaizencho-device'])
})

test('two tabs that log at the same time make two rows', async ({ openTablet }) => {
  const first = await openTablet(LEAD)
  await first.getByRole('link', { name: '取組を記録' }).click()
  await first.getByRole('textbox', { name: '取組内容', exact: true }).fill('一つめの取組')
  const second = await first.context().newPage()
  await second.goto(new URL('/log', first.url()).href)
  await expect(second.getByRole('textbox', { name: '取組内容', exact: true })).toHaveValue('')
  await second.getByRole('textbox', { name: '取組内容', exact: true }).fill('二つめの取組')
  for (const [page, title] of [
    [first, '一つめの取組'],
    [second, '二つめの取組'],
  ] as const) {
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  }
  await openInApp(first, 'ホーム')
  for (const title of ['一つめの取組', '二つめの取組']) {
    await expect(first.getByRole('link', { name: title, exact: true })).toBeVisible()
  }
})

test('a conflict resolved offline is settled at once, and stays settled', async ({ openTablet }) => {
  const staff = await openTablet('labor-kameido@demo.example')
  await untilSent(staff, async () => {
    await logInitiative(staff, { title: '受付の改善', background: '紙です。' })
  })
  const lead = await openTablet(LEAD)
  await openRow(lead, '受付の改善')
  for (const page of [staff, lead]) await page.context().setOffline(true)
  await editText(staff, { field: '現状・課題', text: '紙とFAXです。' })
  await editText(lead, { field: '現状・課題', text: '電話です。' })
  for (const page of [staff, lead]) {
    await page.context().setOffline(false)
    await page.getByRole('button', { name: '今すぐ同期' }).click()
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
  }
  await expect(lead.getByText('要確認', { exact: true })).toBeVisible()
  await lead.context().setOffline(true)
  await lead.getByRole('button', { name: 'この内容にする' }).nth(1).click()
  await lead.getByRole('dialog').getByRole('button', { name: 'この内容に決める' }).click()
  await expect(lead.getByText('要確認', { exact: true })).toHaveCount(0)
  await expect(lead.getByText('端末に保存', { exact: true })).toBeVisible()
  await lead.context().setOffline(false)
  await expect(syncStatus(lead)).toHaveText('すべて送信済み')
  await expect(lead.getByText('受領済', { exact: true })).toBeVisible()
})

test('a person who signs out and in again is on the same enrolled tablet', async ({ page, server }) => {
  const deviceOf = (): Promise<unknown> =>
    page.evaluate(async () => {
      const open = indexedDB.open('kaizencho-device')
      const db = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)))
      const all = db.transaction('sessions').objectStore('sessions').getAll()
      const rows = await new Promise<{ deviceId: string }[]>(
        (resolve) => (all.onsuccess = () => resolve(all.result)),
      )
      db.close()
      return rows.map(({ deviceId }) => deviceId)
    })
  await signIn(page, server.url, LEAD)
  const before = await deviceOf()
  await openInApp(page, '設定')
  await page.getByRole('button', { name: 'ログアウト' }).click()
  await expect(page.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
  await signIn(page, server.url, LEAD)
  expect(await deviceOf()).toEqual(before)
})

test('typing goes on as 要確認 when the row was submitted meanwhile', async ({ openTablet }) => {
  const staff = await openTablet('labor-kameido@demo.example')
  let id = ''
  await untilSent(staff, async () => {
    id = await logInitiative(staff, { title: '動く取組', background: '元の文。' })
  })
  await staff.getByRole('link', { name: '編集', exact: true }).click()
  await staff.getByRole('textbox', { name: '現状・課題', exact: true }).fill('打ちかけの文。')
  await expect(staff.getByText('書きかけを端末に残しました')).toBeVisible()
  const lead = await openTablet(LEAD)
  await openRow(lead, '動く取組')
  await lead.getByRole('button', { name: '提出する', exact: true }).click()
  await untilSent(lead, () =>
    lead.getByRole('dialog').getByRole('button', { name: '提出する', exact: true }).click(),
  )
  await staff.goto(new URL('/', staff.url()).href)
  await expect(staff.getByRole('heading', { name: '書きかけ' })).toBeVisible()
  await staff.getByRole('link', { name: '続きを書く' }).click()
  await expect(staff.getByRole('textbox', { name: '現状・課題', exact: true })).toHaveValue('打ちかけの文。')
  await staff.getByRole('button', { name: '保存', exact: true }).click()
  await expect(staff).toHaveURL(new RegExp(`/initiatives/${id}`))
  await expect(syncStatus(staff)).toHaveText('すべて送信済み')
  await expect(staff.getByRole('region', { name: /現状・課題/ })).toContainText('打ちかけの文。')
})

test('[S5] a frozen tab that was syncing does not keep the other from it', async ({ openTablet }) => {
  const frozen = await openTablet(LEAD)
  const other = await frozen.context().newPage()
  await other.clock.install()
  // As long as it syncs itself the first tab waits.
  const pulled = other.waitForResponse((response) => response.url().includes('/api/pull'))
  await other.goto(new URL('/', frozen.url()).href)
  await pulled
  await expect(syncStatus(other)).toHaveText('すべて送信済み')
  // The first tab is frozen by the browser while it waits for an answer: it holds the lock and does nothing.
  await frozen.route('**/api/pull*', () => undefined)
  const asked = frozen.waitForRequest('**/api/pull*')
  await frozen.getByRole('button', { name: '今すぐ同期' }).click()
  await asked
  const devtools = await frozen.context().newCDPSession(frozen)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })

  await logInitiative(other, { title: '凍ったタブの隣の取組' })
  await expect(syncStatus(other)).toHaveText('未送信 1件')
  const pushed = other.waitForResponse((response) => response.url().endsWith('/api/push') && response.ok())
  // The lock is taken over after the third; a fourth could be the end of the request.
  for (let minute = 0; minute < 3; minute += 1) {
    await other.clock.fastForward('01:00')
    await other.getByRole('button', { name: '今すぐ同期' }).click()
  }
  await pushed
  await expect(syncStatus(other)).toHaveText('すべて送信済み')
  await expect(other.getByText('受領済', { exact: true })).toBeVisible()
})
