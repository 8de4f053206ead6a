/** Japanese input in a real browser: what is composed is neither lost nor sent by the Enter that commits it. */
import { type CDPSession, type Page, expect } from '@playwright/test'
import { openInApp, test } from './support.ts'

const STAFF = 'labor-kameido@demo.example'

/** Types as an IME does: the composition grows, then Enter (keyCode 229) commits it. */
async function compose(ime: CDPSession, steps: readonly string[]): Promise<void> {
  for (const text of steps)
    await ime.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    })
}
async function commit(ime: CDPSession, text: string): Promise<void> {
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await ime.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter })
  await ime.send('Input.insertText', { text })
  await ime.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter })
}

async function openLog(page: Page): Promise<void> {
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('textbox', { name: '取組内容', exact: true }).click()
}

test('composing, converting, Backspace and the committing Enter neither lose nor send anything', async ({
  openTablet,
}) => {
  const page = await openTablet(STAFF)
  const ime = await page.context().newCDPSession(page)
  await openLog(page)
  const title = page.getByRole('textbox', { name: '取組内容', exact: true })

  await compose(ime, ['ｍ', 'ま', 'まd', 'まど', 'まどぐ', 'まどぐち', '窓口'])
  await commit(ime, '窓口')
  await expect(title).toHaveValue('窓口')
  await expect(page).toHaveURL(/\/log/)

  await compose(ime, ['の', 'のか', 'のかい', 'のかいぜ'])
  // Backspace inside the composition shortens the reading alone.
  await compose(ime, ['のかい', 'のかいぜん', 'の改善'])
  await commit(ime, 'の改善')
  await expect(title).toHaveValue('窓口の改善')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page).toHaveURL(/\/log/)

  // A composition that is left by going to the next field stays as it stood.
  await page.getByRole('button', { name: 'くわしく書く' }).click()
  const background = page.getByRole('textbox', { name: '現状・課題', exact: true })
  await background.click()
  await compose(ime, ['れ', 'れつ', '列'])
  await page.getByRole('textbox', { name: '具体的な取組内容', exact: true }).click()
  await expect(background).toHaveValue('列')
  await expect(page.getByText('書きかけを端末に残しました')).toBeVisible()
  await page.reload()
  await expect(title).toHaveValue('窓口の改善')
  await expect(background).toHaveValue('列')
})

test('a search filters by finished words alone, and Enter commits the conversion', async ({ openTablet }) => {
  const page = await openTablet(STAFF)
  const ime = await page.context().newCDPSession(page)
  await openInApp(page, '局一覧')
  await expect(page.getByText('32件', { exact: true })).toBeVisible()
  const search = page.getByRole('searchbox', { name: '検索' })
  await search.click()
  await compose(ime, ['ひ', 'ひか', 'ひかk'])
  await expect(page.getByText('32件', { exact: true })).toBeVisible()
  await compose(ime, ['ひかく', '皮革'])
  await commit(ime, '皮革')
  await expect(search).toHaveValue('皮革')
  await expect(page.getByText('32件', { exact: true })).toHaveCount(0)
})

test('a 経過 half composed is not saved by Enter', async ({ openTablet }) => {
  const page = await openTablet(STAFF)
  const ime = await page.context().newCDPSession(page)
  await openLog(page)
  await page.keyboard.insertText('経過を書く取組')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: '経過を追加' }).click()
  const note = page.getByRole('textbox', { name: '経過の内容', exact: true })
  await note.click()
  await compose(ime, ['し', 'しよ', 'しよう', '試用'])
  await commit(ime, '試用')
  await expect(note).toHaveValue('試用')
  await expect(page.getByText('経過はまだありません。')).toBeVisible()
})
