import { expect } from '@playwright/test'
import { logInitiative, openInApp, test } from './support.ts'

const STAFF = 'labor-kameido@demo.example'

test('a new 取組 begins from a ひな形, which can be taken back, and keeps figures and 時期', async ({
  openTablet,
}) => {
  const page = await openTablet(STAFF)
  await page.getByRole('link', { name: '取組を記録' }).click()
  const title = page.getByRole('textbox', { name: '取組内容', exact: true })
  await title.fill('自分で書いた題')

  await page.getByRole('button', { name: 'ひな形から' }).click()
  await page.getByRole('button', { name: /会議を短くする/ }).click()
  await expect(title).toHaveValue('○○会議の進め方を見直す')
  await page.getByRole('button', { name: '元に戻す' }).click()
  await expect(title).toHaveValue('自分で書いた題')

  await page.getByRole('button', { name: 'くわしく書く' }).click()
  await page.getByRole('textbox', { name: '目標値', exact: true }).fill('十分')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByRole('link', { name: /目標値は数字で入力してください/ })).toBeVisible()
  await page.getByRole('textbox', { name: '目標値', exact: true }).fill('１，２００')
  await page.getByRole('textbox', { name: '単位', exact: true }).fill('件')
  // By keyboard: one tab stop, arrows move.
  await page.getByRole('button', { name: '9月上旬', exact: true }).press('Enter')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('button', { name: '10月上旬', exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '保存', exact: true }).click()

  await expect(page.getByRole('heading', { level: 1, name: '自分で書いた題' })).toBeVisible()
  await expect(page.getByText('目標値 1,200件')).toBeVisible()
  await expect(page.getByText(/年9月上旬から.*年10月上旬まで/)).toBeVisible()
})

test('a new 取組 goes on from an earlier one; what came of that stays behind', async ({ openTablet }) => {
  const page = await openTablet(STAFF)
  const earlier = await logInitiative(page, {
    title: '受付を早くする',
    progress: '実施済',
    background: '列が長い。',
  })
  await openInApp(page, 'ホーム')
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('button', { name: '前の取組から' }).click()
  await page.getByRole('searchbox', { name: '取組をさがす' }).fill('うけつけ')
  await expect(page.getByText('この部所の取組は見つかりません。')).toBeVisible()
  await page.getByRole('searchbox', { name: '取組をさがす' }).fill('受付')
  await page.getByRole('button', { name: /受付を早くする/ }).click()
  await expect(page.getByRole('textbox', { name: '現状・課題', exact: true })).toHaveValue('列が長い。')
  await expect(page.getByRole('radio', { name: '実施済', exact: true })).not.toBeChecked()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('link', { name: '開く', exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`/initiatives/${earlier}$`))
})

test('a form that was thrown away can be taken back', async ({ openTablet }) => {
  const page = await openTablet(STAFF)
  await page.getByRole('link', { name: '取組を記録' }).click()
  const title = page.getByRole('textbox', { name: '取組内容', exact: true })
  await title.fill('捨ててはいけない題')
  await expect(page.getByText('書きかけを端末に残しました')).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: '書きかけを捨てる' }).click()
  await expect(title).toHaveValue('')
  await page.getByRole('button', { name: '元に戻す' }).click()
  await expect(title).toHaveValue('捨ててはいけない題')
  await page.reload()
  await expect(title).toHaveValue('捨ててはいけない題')
})
