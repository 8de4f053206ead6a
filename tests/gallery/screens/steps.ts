/** What a screen is, and the steps that bring one up. */
import { type Page, expect as expectSoon } from '@playwright/test'
import { syncStatus } from '../../e2e/support.ts'

/** People whose tablet is kept from screen to screen. */
export const ACCOUNTS = {
  staff: 'labor-kameido@demo.example',
  lead: 'lead-labor-kameido@demo.example',
  newcomer: 'labor-osaki@demo.example',
  hq: 'hq@demo.example',
} as const

export interface Screen {
  readonly name: string
  /** Whose tablet; `nobody` is a new one, on which nobody has signed in. */
  readonly as: keyof typeof ACCOUNTS | 'nobody'
  /** Brings it up, from wherever the tablet is. */
  readonly open: (page: Page, url: string) => Promise<void>
  readonly media?: Parameters<Page['emulateMedia']>[0]
  /** It comes up on wide screens alone, and is seen in landscape. */
  readonly wide?: true
}

export type Open = Screen['open']

/** Other work may keep the machine busy. */
export const expect = expectSoon.configure({ timeout: 30_000 })

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** Of the open combobox; a select has options too. */
export const candidates = (page: Page) => page.getByRole('listbox').getByRole('option')

/** Goes to an address and waits for its heading. */
export const at =
  (path: string, ...then: readonly ((page: Page) => Promise<void>)[]): Open =>
  async (page, url) => {
    await page.goto(url + path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
    for (const step of then) await step(page)
  }

export const press =
  (name: string | RegExp) =>
  async (page: Page): Promise<void> =>
    button(page, name).first().click()

export const type =
  (name: string, text: string) =>
  async (page: Page): Promise<void> =>
    page.getByRole('textbox', { name, exact: true }).fill(text)

export const see =
  (text: string | RegExp) =>
  async (page: Page): Promise<void> =>
    expect(page.getByText(text).first()).toBeVisible()

export const goOffline = async (page: Page): Promise<void> => {
  await page.context().setOffline(true)
  await button(page, '今すぐ同期').first().click()
  await expect(syncStatus(page)).toHaveText(/^オフライン/)
}

export const row = (id: string): string => `/initiatives/${id}`

/** The sheet is made when the browser says that it prints. */
export async function printing(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
}
