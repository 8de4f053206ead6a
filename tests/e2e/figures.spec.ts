import { type Page, expect } from '@playwright/test'
import { violationsOf } from './axe.ts'
import { logInitiative, openInApp, syncStatus, test, untilSent } from './support.ts'

const go = async (page: Page, name: '一覧' | '集計' | '変更点' | '公表'): Promise<void> => {
  await page
    .getByRole('navigation', { name: '局一覧のページ' })
    .getByRole('link', { name, exact: true })
    .click()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

test('[M4-18] a figure opens exactly its rows; what was published stays while the list goes on, and is compared with it', async ({
  openTablet,
}) => {
  const lead = await openTablet('lead-labor-kameido@demo.example')
  const log = (title: string, progress: string) =>
    untilSent(lead, () => logInitiative(lead, { title, progress, submit: true }).then(() => undefined))
  await log('待ち時間の短縮', '実施中')

  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '局一覧')
  await go(hq, '集計')
  await hq.getByRole('link', { name: '亀戸事務所 実施中 1件' }).click()
  await expect(hq).toHaveURL(/\/list\?.*scope=listed/)
  await expect(hq.getByRole('status').filter({ hasText: /^1件$/ })).toBeVisible()
  await expect(hq.getByRole('link', { name: '待ち時間の短縮' })).toBeVisible()

  await go(hq, '集計')
  await hq.getByRole('button', { name: 'この集計を公表する' }).click()
  await hq.getByRole('textbox', { name: '名称' }).fill('第1回の集計')
  await expect(hq.getByRole('dialog').getByText(/時点.*年度.*1件$/)).toBeVisible()
  await untilSent(hq, () => hq.getByRole('button', { name: '公表する', exact: true }).click())

  await log('会議の短縮', '実施済')
  await hq.getByRole('button', { name: '今すぐ同期' }).click()
  await hq.getByRole('link', { name: '第1回の集計' }).click()
  await expect(hq.getByRole('button', { name: '合計 計 1件' }).first()).toBeVisible()
  await hq.getByLabel('比べる相手').selectOption({ label: '今の集計' })
  await expect(hq.getByRole('row', { name: /^合計 1 ＋1 1 0 0 0 0 0 2 ＋1$/ })).toBeVisible()
  await hq.getByRole('button', { name: '亀戸事務所 実施中 1件' }).click()
  await expect(hq.getByRole('dialog').getByRole('link', { name: '待ち時間の短縮' })).toBeVisible()
  expect(await violationsOf(hq)).toEqual([])
  await hq.getByRole('button', { name: '閉じる', exact: true }).click()

  await go(hq, '変更点')
  await hq.getByLabel('いつから').selectOption({ label: '1週間前から' })
  await expect(hq.getByRole('heading', { name: '新規（2件）' })).toBeVisible()
})

test('[M4-18] a past day needs the network once, says so without, and is there offline afterwards', async ({
  openTablet,
}) => {
  const page = await openTablet('exec@demo.example')
  await openInApp(page, '局一覧')
  await go(page, '集計')
  await expect(page.getByText('32件')).toBeVisible()
  await page.context().setOffline(true)
  await page.getByLabel('時点').fill('2020-04-01')
  await expect(page.getByRole('status').filter({ hasText: '通信が必要です' })).toBeVisible()
  await expect(page.getByRole('table')).toHaveCount(0)

  await page.context().setOffline(false)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await page.getByRole('button', { name: '読み込み直す' }).click()
  await expect(page.getByText('令和2年4月1日 時点　0件')).toBeVisible()
  await page.context().setOffline(true)
  await page.getByLabel('時点').fill('')
  await expect(page.getByText('32件')).toBeVisible()
  await page.getByLabel('時点').fill('2020-04-01')
  await expect(page.getByText('令和2年4月1日 時点　0件')).toBeVisible()
})
