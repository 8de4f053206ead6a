/** 管理: what headquarters decides about 部所, and how it reaches the offices' tablets. */
import { expect } from '@playwright/test'
import { violationsOf } from './axe.ts'
import { logInitiative, openInApp, syncStatus, test, untilSent } from './support.ts'

test('a unit that is reminded sees it offline, and it goes once a row is submitted; ended, it takes no more rows', async ({
  openTablet,
}) => {
  const hq = await openTablet('hq@demo.example')
  await hq.getByRole('navigation').getByRole('link', { name: '管理' }).click()
  for (const page of ['部所', '端末', '督促']) {
    await hq.getByRole('navigation').getByRole('link', { name: page, exact: true }).click()
    await expect(hq.getByRole('heading', { level: 1, name: page })).toBeVisible()
    await expect(hq.getByRole('checkbox').first()).toBeVisible()
    expect(await violationsOf(hq)).toEqual([])
  }
  await hq.getByRole('checkbox', { name: '亀戸事務所', exact: true }).check()
  await hq.getByRole('button', { name: '選んだ1部所に督促する' }).click()
  await expect(hq.getByRole('dialog')).toContainText('取組がまだ提出されていません')
  expect(await violationsOf(hq)).toEqual([])
  await untilSent(hq, () => hq.getByRole('button', { name: '1部所にお知らせを送る' }).click())

  const lead = await openTablet('lead-labor-kameido@demo.example')
  await expect(lead.getByText('督促（取組が登録されていません）')).toBeVisible()
  await lead.context().setOffline(true)
  await logInitiative(lead, { title: '窓口の案内を絵で示す', submit: true })
  await openInApp(lead, 'ホーム')
  await expect(lead.getByText('督促（取組が登録されていません）')).toBeHidden()
  await untilSent(lead, () => lead.context().setOffline(false))

  await hq.getByRole('navigation').getByRole('link', { name: '部所', exact: true }).click()
  await hq.getByRole('link', { name: '労働相談情報センター亀戸事務所', exact: true }).click()
  await hq.getByRole('button', { name: 'この部所を廃止する' }).click()
  await expect(hq.getByRole('dialog')).toContainText('結果まとめが済んでいない取組')
  await untilSent(hq, () => hq.getByRole('button', { name: '廃止する', exact: true }).click())
  await expect(hq.getByText('廃止した部所です')).toBeVisible()

  await lead.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(syncStatus(lead)).toHaveText('すべて送信済み')
  await lead.getByRole('link', { name: '取組を記録' }).click()
  await lead.getByRole('textbox', { name: '取組内容', exact: true }).fill('もう1つの取組')
  await lead.getByRole('button', { name: '保存', exact: true }).click()
  await expect(lead.getByText(/この部所は廃止されているため/)).toBeVisible()
})
