/** The design system. */
import { type Page } from '@playwright/test'
import { type Screen, expect, button, candidates } from './steps.ts'

export const PART_SCREENS: readonly Screen[] = [
  { name: '部品', as: 'newcomer', open: parts },
  { name: '部品、候補と知らせ', as: 'newcomer', open: partsAtWork },
  { name: '部品、確認', as: 'newcomer', open: partsDialog },
  { name: '部品、強制カラー', as: 'newcomer', open: parts, media: { forcedColors: 'active' } },
  { name: '部品、動きを減らす', as: 'newcomer', open: parts, media: { reducedMotion: 'reduce' } },
]

async function parts(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/_ui`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

async function partsAtWork(page: Page, url: string): Promise<void> {
  await parts(page, url)
  await page.getByRole('button', { name: '表示する', exact: true }).click()
  await page.getByRole('combobox', { name: '部所' }).nth(2).fill('セン')
  await expect(candidates(page)).toHaveCount(2)
}

async function partsDialog(page: Page, url: string): Promise<void> {
  await parts(page, url)
  await button(page, '下書きを削除しますか').click()
}
