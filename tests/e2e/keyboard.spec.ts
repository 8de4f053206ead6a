import { type Page, expect } from '@playwright/test'
import { syncStatus, test } from './support.ts'

/** Presses Tab until the element of that name has the focus, as a person who sees the ring would. */
async function tabTo(page: Page, name: string | RegExp, { back = false } = {}): Promise<void> {
  const named = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text))
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
    if (named(await focusedName(page))) return
  }
  throw new Error(`Tab does not lead to ${String(name)}.`)
}

/** Name of the focused element: what labels it, or its words. */
async function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return ''
    const labels =
      element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null
    const text = element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent
    return text.trim()
  })
}

/** The focused element has the ring of the design: black, at least 4 px, on itself or on the chip it fills. */
async function expectRing(page: Page): Promise<void> {
  const width = await page.evaluate(() => {
    const own = document.activeElement
    const candidates = [own, own?.closest('.focus-within-ring')]
    const widths = candidates.flatMap((element) =>
      element instanceof Element
        ? [getComputedStyle(element), getComputedStyle(element, '::after')]
            .filter(({ outlineStyle }) => outlineStyle === 'solid')
            .map(({ outlineWidth }) => Number.parseFloat(outlineWidth))
        : [],
    )
    return Math.max(0, ...widths)
  })
  expect(width).toBeGreaterThanOrEqual(4)
}

test('a whole journey by keyboard alone: skip, log, save, note, help, list and back', async ({
  openTablet,
}) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.setViewportSize({ width: 1180, height: 820 })
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: '亀戸事務所の取組' })).toBeVisible()

  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: '本文へ移動' })).toBeFocused()
  await expectRing(page)
  await page.keyboard.press('Enter')
  await tabTo(page, '取組を記録')
  await expectRing(page)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '取組を記録' })).toBeVisible()

  await tabTo(page, '取組内容')
  await page.keyboard.type('キーボードで書いた取組')
  // Enter in a field saves nothing.
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '取組を記録' })).toBeVisible()
  await tabTo(page, '実施済')
  await expectRing(page)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: '実施中', exact: true })).toBeChecked()
  await tabTo(page, '保存')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'キーボードで書いた取組' })).toBeVisible()

  await tabTo(page, '経過を追加')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: '経過の内容' })).toBeFocused()
  await page.keyboard.type('一つ進めた。')
  await tabTo(page, '経過を保存')
  await page.keyboard.press('Space')
  await expect(page.getByText('一つ進めた。')).toBeVisible()
  await expect(syncStatus(page)).toHaveText('すべて送信済み')

  await tabTo(page, '「取組」の使い方', { back: true })
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: '「取組」の使い方' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('button', { name: '「取組」の使い方' })).toBeFocused()

  await tabTo(page, '局一覧')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '局一覧' })).toBeVisible()
  await expect(page).toHaveTitle('局一覧｜改善帳')
  await tabTo(page, '検索')
  await page.keyboard.type('労働法')
  await expect(page.getByText('1件', { exact: true })).toBeVisible()
  await tabTo(page, /知名度アップ/)
  await expectRing(page)
  await page.keyboard.press('Enter')
  const beside = page.getByRole('region', { name: '開いている取組' })
  await expect(beside.getByRole('heading', { level: 2, name: /知名度アップ/ })).toBeVisible()
})
