import { type Page, expect } from '@playwright/test'
import { logInitiative, openInApp, test } from './support.ts'

/** Pages of the PDF the browser prints now; each page object names its type. */
async function pagesOf(page: Page): Promise<number> {
  // The sheet is made when the browser says that it prints; page.pdf says nothing.
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  const pdf = await page.pdf({ preferCSSPageSize: true })
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
}

const SENTENCES =
  '窓口の受付から相談開始までの待ち時間が平均四十分あり、昼休みの来所者が手続を終えられない。受付の手順を変える。'

async function writeRest(page: Page, detail: string): Promise<void> {
  await page.getByRole('link', { name: '編集', exact: true }).click()
  const more = page.getByRole('button', { name: /くわしく書く/ })
  if ((await more.getAttribute('aria-expanded')) === 'false') await more.click()
  await page.getByRole('textbox', { name: '具体的な取組内容', exact: true }).fill(detail)
  for (const name of ['目標', '今後の予定', '結果'])
    await page.getByRole('textbox', { name, exact: true }).fill(SENTENCES)
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByRole('article').getByText(SENTENCES).last()).toBeVisible()
}

test('a normal row with all its texts and 経過 prints on one A4 sheet, a long one on several', async ({
  openTablet,
}) => {
  const page = await openTablet('labor-kameido@demo.example')
  await logInitiative(page, {
    title: '職業相談の待ち時間を短くする',
    progress: '実施中',
    background: SENTENCES.repeat(2),
  })
  await writeRest(page, SENTENCES.repeat(3))
  for (const text of ['発券機を置いた。', '案内を直した。', '掲示を増やした。']) {
    await page.getByRole('button', { name: '経過を追加' }).click()
    await page.getByRole('textbox', { name: '経過の内容' }).fill(text)
    await page.getByRole('button', { name: '経過を保存' }).click()
    await expect(page.getByText(text)).toBeVisible()
  }
  expect(await pagesOf(page)).toBe(1)

  await page.emulateMedia({ media: 'print' })
  const sheet = page.locator('.initiative-sheet')
  await expect(sheet).toContainText('掲示を増やした。')
  await expect(sheet).toContainText(/受領番号[0-9A-Z]+-labor-kameido-\d+|受領番号（送信後に付きます）/)
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByRole('button')).toHaveCount(0)
  await page.emulateMedia({ media: 'screen' })

  await writeRest(page, SENTENCES.repeat(60))
  expect(await pagesOf(page)).toBeGreaterThan(1)
})

test('局一覧 prints without anything of the screen', async ({ openTablet }) => {
  const page = await openTablet('labor-kameido@demo.example')
  await openInApp(page, '局一覧')
  await expect(page.getByText('32件', { exact: true })).toBeVisible()
  expect(await pagesOf(page)).toBeGreaterThan(0)
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('本文へ移動')).toBeHidden()
  await expect(page.getByRole('navigation')).toBeHidden()
})
