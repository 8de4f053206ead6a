import { readFileSync } from 'node:fs'
import { type Page, expect } from '@playwright/test'
import { countOf, parseOutboxFile } from '../../src/domain/outboxFile.ts'
import { editText, logInitiative, openInApp, openRow, syncStatus, test, untilSent } from './support.ts'

const STAFF = 'labor-kameido@demo.example'
const DAY_MS = 24 * 60 * 60 * 1000

const banner = (page: Page) => page.getByText(/24時間以上送れていない記録が\d+件あります/)

test('[S27] what waits for more than a day is told on every screen, whatever the clock says, and goes into a file', async ({
  openTablet,
}) => {
  const page = await openTablet(STAFF)
  await page.clock.install()
  await page.context().setOffline(true)
  await logInitiative(page, { title: '圏外で書いた取組', background: '電波がありません。' })
  await expect(syncStatus(page)).toHaveText('オフライン 未送信 1件')
  await page.clock.fastForward(DAY_MS - 5 * 60_000)
  await openInApp(page, 'ホーム')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(banner(page)).toHaveCount(0)

  await page.clock.fastForward(10 * 60_000)
  for (const screen of ['局一覧', '設定', 'ホーム'] as const) {
    await openInApp(page, screen)
    await expect(banner(page)).toHaveText('24時間以上送れていない記録が1件あります')
  }
  await page.clock.setSystemTime(Date.now() - 30 * DAY_MS)
  await page.clock.fastForward(3 * 60_000)
  await expect(banner(page)).toBeVisible()

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'ファイルに保存' }).click()
  const file = parseOutboxFile(readFileSync(await (await download).path(), 'utf8'))
  expect(file.ok && countOf(file.value)).toBe(1)
  expect(JSON.stringify(file)).toContain('電波がありません。')

  await untilSent(page, async () => {
    await page.context().setOffline(false)
    await page.getByRole('button', { name: '今すぐ同期' }).last().click()
  })
  await expect(banner(page)).toHaveCount(0)
})

test('[S27] a photo that stays behind after its record is told too', async ({ openTablet }) => {
  const page = await openTablet(STAFF)
  await page.clock.install()
  await page.route('**/api/blobs/**', (route) => route.abort())
  await untilSent(page, async () => {
    await page.getByRole('link', { name: '取組を記録' }).click()
    await page.getByRole('textbox', { name: '取組内容', exact: true }).fill('写真のある取組')
    await page.locator('input[type=file][multiple]').setInputFiles('public/icons/icon-512.png')
    await expect(page.getByRole('button', { name: '写真 1を外す' })).toBeVisible()
    await page.getByRole('button', { name: '保存', exact: true }).click()
  })
  await page.clock.fastForward(DAY_MS + 60_000)
  await expect(page.getByText('24時間以上送れていない写真が1枚あります')).toBeVisible()
  await page.getByRole('button', { name: '同期のくわしい状態' }).click()
  await expect(page.getByRole('dialog').getByRole('definition').filter({ hasText: '1枚' })).toBeVisible()
})

test('the sync bar tells what waits, when the server was met, and what can be done', async ({
  openTablet,
}) => {
  const page = await openTablet(STAFF)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '待っている取組' })
  await page.getByRole('button', { name: '同期のくわしい状態' }).click()
  const dialog = page.getByRole('dialog', { name: '同期の状態' })
  await expect(dialog).toContainText('オフライン 未送信 1件')
  await expect(dialog.getByRole('definition').first()).toHaveText('1件')
  await expect(dialog).toContainText(/最後にサーバーとつながった時刻\s*令和/)
  await expect(dialog.getByRole('button', { name: 'ファイルに保存' })).toBeVisible()
  await untilSent(page, async () => {
    await page.context().setOffline(false)
    await dialog.getByRole('button', { name: '今すぐ同期' }).click()
  })
  await expect(dialog).toContainText('すべて送信済み')
})

/** Headquarters gives 亀戸事務所 担当 exactly this role. */
async function setRole(hq: Page, role: '事業所職員' | '本部長・本部員'): Promise<void> {
  await openInApp(hq, '職員')
  await hq.getByRole('button', { name: /亀戸事務所 担当/ }).click()
  const dialog = hq.getByRole('dialog')
  for (const name of ['事業所職員', '本部長・本部員'])
    await dialog.getByRole('checkbox', { name, exact: true }).setChecked(name === role)
  await untilSent(hq, () => dialog.getByRole('button', { name: '変更を保存' }).click())
  await expect(dialog).toHaveCount(0)
}

const parkedTask = (page: Page) => page.getByRole('main').locator('a[href="/parked"]')

test('[S12] what the server refuses is told with its reason, mended on the row as it is now, and sent', async ({
  openTablet,
}) => {
  const staff = await openTablet(STAFF)
  await untilSent(staff, async () => {
    await logInitiative(staff, { title: '受付の改善', background: '紙です。遅い。' })
  })
  await staff.context().setOffline(true)
  await openRow(staff, '受付の改善')
  await editText(staff, { field: '現状・課題', text: '紙とFAXです。遅い。' })

  const hq = await openTablet('hq@demo.example')
  await setRole(hq, '本部長・本部員')
  await staff.context().setOffline(false)
  await staff.getByRole('button', { name: '今すぐ同期' }).click()
  // The row has left this tablet with the role; what was written has not.
  await openInApp(staff, 'ホーム')
  await expect(parkedTask(staff)).toBeVisible()
  await setRole(hq, '事業所職員')

  const lead = await openTablet(`lead-${STAFF}`)
  await openRow(lead, '受付の改善')
  await untilSent(lead, () => editText(lead, { field: '現状・課題', text: '紙です。とても遅い。' }))
  const pulled = staff.waitForResponse((response) => response.url().includes('/api/pull') && response.ok())
  await staff.getByRole('button', { name: '今すぐ同期' }).click()
  await pulled

  await expect(parkedTask(staff)).toHaveAccessibleName(/受付の改善/)
  await parkedTask(staff).click()
  await expect(staff.getByRole('heading', { level: 1, name: '保留の記録' })).toBeVisible()
  const entry = staff.getByRole('listitem', { name: '受付の改善' })
  await expect(entry).toContainText('この操作をする権限がありません')
  await entry.getByRole('button', { name: '書いた内容を見る' }).click()
  await expect(entry.locator('ins')).toContainText('紙とFAXです。')
  await entry.getByRole('button', { name: '直して送る' }).click()
  await expect(staff.getByText('保留の内容を直しています')).toBeVisible()
  await expect(staff.getByRole('textbox', { name: '現状・課題', exact: true })).toHaveValue(
    '紙とFAXです。とても遅い。',
  )
  await untilSent(staff, () => staff.getByRole('button', { name: '保存', exact: true }).click())
  await expect(staff.getByRole('article').first()).toContainText('紙とFAXです。とても遅い。')
  await openInApp(staff, '設定')
  await expect(staff.getByRole('link', { name: '保留の記録を見る' })).toHaveCount(0)
})
