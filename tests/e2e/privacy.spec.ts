import { type Page, expect } from '@playwright/test'
import {
  editText,
  expectAccessible,
  logInitiative,
  openInApp,
  openRow,
  syncStatus,
  test,
  untilSent,
} from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'
/** Check digit computed; written in full width with a hyphen typed as a long vowel mark. */
const MY_NUMBER = '１２３４ー５６７８ー９０１８'

const dialog = (page: Page) => page.getByRole('dialog', { name: '個人情報が書かれていませんか' })
const saveButton = (page: Page) => page.getByRole('button', { name: '保存', exact: true })
const background = (page: Page) => page.getByRole('textbox', { name: '現状・課題', exact: true })

/** A new 取組 with a text in 現状・課題, not saved yet. */
async function writeNew(page: Page, { title, text }: { title: string; text: string }): Promise<void> {
  await openInApp(page, 'ホーム')
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('textbox', { name: '取組内容', exact: true }).fill(title)
  await page.getByRole('button', { name: 'くわしく書く' }).click()
  await background(page).fill(text)
}

test('[M12] offline: a マイナンバー in full width is shown with its sentence, masked, and saved masked', async ({
  openTablet,
}) => {
  const page = await openTablet(KAMEIDO)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  await page.context().setOffline(true)
  await page.reload()
  await writeNew(page, {
    title: '申請書の見直し',
    text: `窓口は混む。控えに${MY_NUMBER}が残っていた。減らしたい。`,
  })
  await saveButton(page).click()
  await expect(dialog(page).getByRole('heading', { name: '個人情報が書かれていませんか' })).toBeFocused()
  await expect(dialog(page).getByRole('heading', { level: 3 })).toHaveText(
    '「現状・課題」のマイナンバーらしきもの',
  )
  await expect(dialog(page).locator('mark')).toHaveText(MY_NUMBER)
  await expect(dialog(page).getByRole('blockquote')).toHaveText(`控えに${MY_NUMBER}が残っていた。`)
  await expect(dialog(page).getByRole('radio', { name: '伏せ字にする（●●）' })).toBeChecked()
  await dialog(page).getByRole('button', { name: 'この内容で保存' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '申請書の見直し' })).toBeVisible()
  await expect(page.getByText('窓口は混む。控えに●●が残っていた。減らしたい。')).toBeVisible()
  await untilSent(page, () => page.context().setOffline(false))
  await expect(page.getByText(MY_NUMBER)).toHaveCount(0)
})

test('[M12] what is kept has a reason, and headquarters sees it on the row', async ({ openTablet }) => {
  const page = await openTablet('lead-labor-kameido@demo.example')
  await writeNew(page, { title: '電話窓口の一本化', text: '案内は03-1234-5678に統一した。' })
  await page.getByRole('button', { name: '提出する', exact: true }).click()
  await dialog(page).getByRole('radio', { name: '残す', exact: true }).check()
  await dialog(page).getByRole('button', { name: 'この内容で保存' }).click()
  await expect(dialog(page).getByText('＊残す理由を選んでください。')).toBeVisible()
  await expect(dialog(page).getByRole('radiogroup', { name: '残す理由' })).toBeFocused()
  await dialog(page).getByRole('radio', { name: '公表されている情報' }).check()
  await dialog(page).getByRole('textbox', { name: '理由の補足' }).fill('局のホームページ')
  await untilSent(page, () => dialog(page).getByRole('button', { name: 'この内容で保存' }).click())

  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '局一覧')
  await hq.getByRole('link', { name: '電話窓口の一本化' }).click()
  await expect(hq.getByText('案内は03-1234-5678に統一した。')).toBeVisible()
  await expect(hq.getByText('「現状・課題」の電話番号：公表されている情報（局のホームページ）')).toBeVisible()

  await page.getByRole('link', { name: '編集', exact: true }).click()
  await background(page).fill('案内は03-1234-5678に統一した。夜間も同じ。')
  await saveButton(page).click()
  await expect(page.getByText('夜間も同じ。')).toBeVisible()
  await expect(page).toHaveURL(/\/initiatives\//)
})

test('[M12] 「書き直す」 goes back to the field with the words marked, and 「入力に戻る」 loses nothing', async ({
  openTablet,
}) => {
  const page = await openTablet(KAMEIDO)
  const text = '苦情は山田太郎様から。連絡先は090-0000-1234。'
  await writeNew(page, { title: '苦情の記録', text })
  await saveButton(page).click()
  await expect(dialog(page).getByRole('heading', { level: 2 })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  await expect(background(page)).toHaveValue(text)

  await saveButton(page).click()
  await dialog(page).getByRole('button', { name: '「現状・課題」の電話番号を書き直す' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(background(page)).toBeFocused()
  const marked = await background(page).evaluate((area) =>
    area instanceof HTMLTextAreaElement ? area.value.slice(area.selectionStart, area.selectionEnd) : '',
  )
  expect(marked).toBe('090-0000-1234')
  await expect(
    page.getByText('＊選ばれている部分を書き直してから、もう一度保存してください。').last(),
  ).toBeVisible()
  await page.keyboard.type('控えの番号')
  await saveButton(page).click()
  await expect(dialog(page).getByRole('heading', { level: 3 })).toHaveText('「現状・課題」の氏名らしきもの')
  await dialog(page).getByRole('button', { name: 'この内容で保存' }).click()
  await expect(page.getByText('苦情は●●様から。連絡先は控えの番号。')).toBeVisible()
})

test('[M12] 経過, feedback, its reply and 差戻し ask too; a company’s name is told and stops nobody', async ({
  openTablet,
}) => {
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await logInitiative(lead, { title: '点検表の改善', submit: true })
  await expect(syncStatus(lead)).toHaveText('すべて送信済み')
  await lead.getByRole('button', { name: '経過を追加' }).click()
  await lead.getByRole('textbox', { name: '経過の内容' }).fill('株式会社山川製作所と佐藤花子さんに見せた。')
  await lead.getByRole('button', { name: '経過を保存' }).click()
  await expect(dialog(lead).getByText('「株式会社山川製作所」は会社・団体の名前です。')).toBeVisible()
  await untilSent(lead, () => dialog(lead).getByRole('button', { name: 'この内容で保存' }).click())
  await expect(lead.getByText('株式会社山川製作所と●●さんに見せた。')).toBeVisible()

  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '局一覧')
  await hq.getByRole('link', { name: '点検表の改善' }).click()
  await hq.getByRole('button', { name: 'フィードバックを送る' }).click()
  await hq.getByRole('textbox', { name: 'フィードバックの内容' }).fill('tanaka@example.jpへ送ってください。')
  await hq.getByRole('button', { name: '送る', exact: true }).click()
  await dialog(hq).getByRole('radio', { name: '残す', exact: true }).check()
  await dialog(hq).getByRole('radio', { name: '業務上必要' }).check()
  await untilSent(hq, () => dialog(hq).getByRole('button', { name: 'この内容で保存' }).click())
  await expect(hq.getByText('「内容」のメールアドレス：業務上必要')).toBeVisible()
  await hq.getByRole('button', { name: '差し戻す', exact: true }).click()
  await hq.getByRole('textbox', { name: '差戻しの理由' }).fill('鈴木課長に確かめてください。')
  await hq.getByRole('dialog').getByRole('button', { name: '差し戻す', exact: true }).click()
  await expect(dialog(hq)).toBeVisible()
  await untilSent(hq, () => dialog(hq).getByRole('button', { name: 'この内容で保存' }).click())
  await expect(hq.getByText('●●課長に確かめてください。')).toBeVisible()

  await lead.getByRole('button', { name: '今すぐ同期' }).click()
  await lead.getByRole('textbox', { name: '回答' }).fill('㈱みなと商会に頼みました。')
  await untilSent(lead, () => lead.getByRole('button', { name: '回答を送る' }).click())
  await expect(lead.getByText('「㈱みなと商会」は会社・団体の名前です。')).toBeVisible()
})

test('[M12] an earlier text is asked about when it is put back', async ({ openTablet }) => {
  const page = await openTablet(KAMEIDO)
  await writeNew(page, { title: '当番表の見直し', text: '当番の電話は03-1234-5678。' })
  await saveButton(page).click()
  await dialog(page).getByRole('radio', { name: '残す', exact: true }).check()
  await dialog(page).getByRole('radio', { name: '業務上必要' }).check()
  await untilSent(page, () => dialog(page).getByRole('button', { name: 'この内容で保存' }).click())
  const reasons = page.getByText('「現状・課題」の電話番号：業務上必要')
  await expect(reasons).toBeVisible()
  await page.getByRole('link', { name: '編集', exact: true }).click()
  await background(page).fill('当番の電話は内線表による。')
  await untilSent(page, () => saveButton(page).click())
  await expect(page.getByText('当番の電話は内線表による。')).toBeVisible()
  await expect(reasons).toBeHidden()

  await page.getByRole('button', { name: '履歴を表示' }).click()
  await page
    .getByRole('button', { name: /現状・課題.*戻す/ })
    .last()
    .click()
  await page.getByRole('button', { name: 'この文章に戻す' }).click()
  await expect(dialog(page).locator('mark')).toHaveText('03-1234-5678')
  await expect(dialog(page).getByRole('button', { name: /書き直す/ })).toHaveCount(0)
  await dialog(page).getByRole('button', { name: 'この内容で保存' }).click()
  await expect(page.getByRole('article').first()).toContainText('当番の電話は●●。')
})

test('[M12] a text combined of two versions is asked about, less what both of them held', async ({
  openTablet,
}) => {
  const staff = await openTablet(KAMEIDO)
  await untilSent(staff, async () => {
    await logInitiative(staff, { title: '連絡の改善', background: '受付は紙です。' })
  })
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await openRow(lead, '連絡の改善')
  for (const page of [staff, lead]) await page.context().setOffline(true)
  await editText(staff, { field: '現状・課題', text: '受付は電話です。' })
  await editText(lead, { field: '現状・課題', text: '受付はFAXです。' })
  for (const page of [staff, lead]) await untilSent(page, () => page.context().setOffline(false))

  const panel = lead.getByRole('region', { name: /現状・課題.*書きかえられました/ })
  await panel.getByRole('button', { name: '組み合わせて直す' }).click()
  await panel.getByRole('textbox').fill('受付は電話かFAXです。鈴木課長（03-1234-5678）に聞きました。')
  await panel.getByRole('button', { name: 'この文章で決める' }).click()
  await expect(dialog(lead).locator('mark')).toHaveText(['鈴木', '03-1234-5678'])
  await dialog(lead).getByRole('button', { name: '「現状・課題」の氏名を書き直す' }).click()
  await expect(panel.getByRole('textbox')).toBeFocused()
  await lead.keyboard.type('担当')
  await panel.getByRole('button', { name: 'この文章で決める' }).click()
  await expect(dialog(lead).locator('mark')).toHaveText(['03-1234-5678'])
  await dialog(lead).getByRole('button', { name: 'この内容で保存' }).click()
  await expect(panel).toHaveCount(0)
  await expect(lead.getByRole('article').first()).toContainText(
    '受付は電話かFAXです。担当課長（●●）に聞きました。',
  )
})

test('[M12] what is pasted is looked at where it is pasted, and nothing is stopped', async ({
  openTablet,
}) => {
  const page = await openTablet(KAMEIDO)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await writeNew(page, { title: '名簿の整理', text: '' })
  await page.evaluate(() => navigator.clipboard.writeText('名簿：090-0000-1234'))
  await background(page).focus()
  await page.keyboard.press('ControlOrMeta+V')
  const hint = page.getByText('貼り付けた文に、電話番号らしきものがあります。')
  await expect(hint).toBeVisible()
  await expect(background(page)).toHaveValue('名簿：090-0000-1234')
  await background(page).fill('名簿は廃止する。')
  await expect(hint).toBeHidden()
})

test('[M12] while a conversion goes on, Enter in the dialog saves nothing', async ({ openTablet }) => {
  const page = await openTablet(KAMEIDO)
  await writeNew(page, { title: '変換中の確定', text: '電話は03-1234-5678。' })
  await saveButton(page).click()
  await dialog(page).getByRole('radio', { name: '残す', exact: true }).check()
  await dialog(page).getByRole('radio', { name: '本人の同意がある' }).check()
  await dialog(page).getByRole('textbox', { name: '理由の補足' }).focus()
  const input = await page.context().newCDPSession(page)
  await input.send('Input.imeSetComposition', { text: 'しょめん', selectionStart: 4, selectionEnd: 4 })
  await page.keyboard.press('Enter')
  await input.send('Input.insertText', { text: '書面' })
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toBeVisible()
  await expect(dialog(page).getByRole('textbox', { name: '理由の補足' })).toHaveValue('書面')
})

for (const width of [390, 820, 1180, 1440]) {
  test(`[M12] the question has no accessibility violation and does not overflow at ${width} px`, async ({
    openTablet,
  }) => {
    const page = await openTablet(KAMEIDO)
    await page.setViewportSize({ width, height: width === 820 ? 1180 : 844 })
    await writeNew(page, {
      title: '振込先の転記をなくす',
      text: '株式会社山川製作所の山田太郎様（東京都江東区亀戸２－１９－１、090-0000-1234）から、普通 1234567への振込を頼まれた。',
    })
    await saveButton(page).click()
    await dialog(page).getByRole('radio', { name: '残す', exact: true }).first().check()
    await expectAccessible(page)
    const overflow = await dialog(page).evaluate((element) => element.scrollWidth > element.clientWidth)
    expect(overflow).toBe(false)
  })
}
