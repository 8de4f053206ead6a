import { expect } from '@playwright/test'
import { expectAccessible, logInitiative, openInApp, syncStatus, test, untilSent } from './support.ts'

test('a 点検 reaches the offices, and a meeting that was held offline everybody afterwards', async ({
  openTablet,
}) => {
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await untilSent(lead, async () => {
    await logInitiative(lead, { title: '受付票を1枚にまとめる', submit: true })
  })
  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '点検')
  await hq.getByRole('button', { name: '点検を始める' }).click()
  await hq.getByLabel('提出期限').fill('2099-10-31')
  await untilSent(hq, () => hq.getByRole('dialog').getByRole('button', { name: '点検を始める' }).click())

  await test.step('the lead submits a check offline; it is sent later', async () => {
    await lead.getByRole('button', { name: '今すぐ同期' }).click()
    await openInApp(lead, '点検')
    await lead.getByRole('link', { name: '受付票を1枚にまとめる' }).click()
    await expect(lead.getByRole('radio', { name: '目標どおり' })).toBeVisible()
    await lead.context().setOffline(true)
    await lead.getByRole('button', { name: '提出する' }).click()
    await expect(lead.getByText('＊若手職員の意見を1人分以上入力してください。').first()).toBeVisible()
    await lead.getByRole('radio', { name: '目標どおり' }).check()
    await lead.getByRole('textbox', { name: '若手職員の意見' }).fill('記入例も1枚にしたい。')
    await expectAccessible(lead)
    await lead.getByRole('button', { name: '提出する' }).click()
    await expect(lead.getByRole('listitem').filter({ hasText: '受付票を1枚にまとめる' })).toContainText(
      '提出済',
    )
    await untilSent(lead, () => lead.context().setOffline(false))
  })

  await test.step('headquarters plans a meeting and goes offline with the tablet', async () => {
    await hq.getByRole('button', { name: '今すぐ同期' }).click()
    await expect(hq.getByRole('link', { name: /提出済 1件を見る/ }).first()).toBeVisible()
    await hq.getByRole('link', { name: '報告会・会議' }).click()
    await hq.getByRole('button', { name: '会議を作る' }).click()
    await hq.getByRole('textbox', { name: '会議名' }).fill('中間報告会')
    await hq.getByRole('dialog').getByRole('button', { name: '保存する' }).click()
    await hq.getByRole('button', { name: '取組を加える' }).click()
    await hq.getByRole('searchbox', { name: '取組をさがす' }).fill('受付票')
    await untilSent(hq, () => hq.getByRole('button', { name: /^加える ：受付票/ }).click())
    await hq.getByRole('dialog').getByRole('button', { name: '閉じる' }).last().click()
    await hq.context().setOffline(true)
    await hq.getByRole('link', { name: '会議モードで開く' }).click()
    await expect(hq.getByRole('heading', { level: 1, name: '受付票を1枚にまとめる' })).toBeVisible()
    await expect(hq.getByText('記入例も1枚にしたい。')).toBeVisible()
    await hq.getByRole('textbox', { name: '議事メモ' }).fill('他の事務所でも使えるか確かめる。')
    await hq.getByRole('button', { name: 'メモを保存' }).click()
    await hq.getByRole('button', { name: '対応事項', exact: true }).click()
    await hq.getByRole('textbox', { name: '対応事項の内容' }).fill('様式を各所に配る')
    await expectAccessible(hq)
    await hq.getByRole('button', { name: '対応事項を保存' }).click()
    await expect(hq.getByText('担当 亀戸事務所')).toBeVisible()
    await hq.getByRole('button', { name: /^直す.*様式を/ }).click()
    await expect(
      hq.getByRole('form', { name: '直す' }).getByRole('textbox', { name: '対応事項の内容' }),
    ).toBeFocused()
    await hq.keyboard.press('ControlOrMeta+End')
    // As fast as people type: the last letter may still be on its way to the database.
    await hq.keyboard.type('月末までに', { delay: 100 })
    await hq.reload()
    await hq.getByRole('button', { name: /^直す.*様式を/ }).click()
    const edited = hq.getByRole('form', { name: '直す' })
    await expect(edited.getByText('書きかけを復元しました。')).toBeVisible()
    await expectAccessible(hq)
    await edited.getByRole('button', { name: '保存する' }).click()
    await expect(hq.getByRole('button', { name: /^直す.*様式を各所に配る月末まで/ })).toBeFocused()
    await hq.getByRole('button', { name: '元に戻す' }).click()
    await expect(hq.getByRole('button', { name: /^直す.*様式を各所に配る$/ })).toBeVisible()
    await hq.getByRole('button', { name: '次の議題' }).click()
    await expect(hq.getByRole('heading', { level: 1, name: '会議全体' })).toBeFocused()
    await hq.keyboard.press('ArrowLeft')
    await expect(hq.getByRole('heading', { level: 1, name: '受付票を1枚にまとめる' })).toBeFocused()
    await untilSent(hq, () => hq.context().setOffline(false))
  })

  await test.step('the office sees the note, and what it is to do', async () => {
    await lead.getByRole('button', { name: '今すぐ同期' }).click()
    await openInApp(lead, 'ホーム')
    await lead.getByRole('link', { name: /様式を各所に配る/ }).click()
    await expect(lead.getByText('他の事務所でも使えるか確かめる。')).toBeVisible()
    await expect(lead.getByRole('button', { name: '取組を加える' })).toHaveCount(0)
    await untilSent(lead, () => lead.getByRole('button', { name: /^対応済にする/ }).click())
    await expect(syncStatus(lead)).toHaveText('すべて送信済み')
  })
})
