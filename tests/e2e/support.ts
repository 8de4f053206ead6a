/** How a person uses the app, by its accessible names. */
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import {
  type Browser,
  type BrowserContext,
  type Page,
  test as base,
  chromium,
  expect,
} from '@playwright/test'
import { BROWSER_ARGS, installedBrowser } from '../../scripts/browser.mjs'
import { type RunningServer, startServer } from '../support/server.ts'

export const PASSWORD = 'kaizen-demo'

/** Marks a test that runs on the Firebase emulators too: a journey through all that the two backends do differently. */
export const FIREBASE = { tag: '@firebase' } as const
const TABLET = { width: 820, height: 1180 } as const

interface Fixtures {
  /** A server of this test's own, with the demo data. */
  readonly server: RunningServer
  /** Opens a signed-in page in a browser context of its own: another tablet. */
  readonly openTablet: (account: string) => Promise<Page>
}

export const test = base.extend<Fixtures>({
  // Playwright reads the first argument's pattern, so it must stand there even when empty.
  server: async ({}, use) => {
    const server = await startServer({ demo: true })
    await use(server)
    await server.stop()
  },
  openTablet: async ({ browser, server }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (account) => {
      const context = await newTablet(browser)
      contexts.push(context)
      const page = await context.newPage()
      await signIn(page, server.url, account)
      return page
    })
    for (const context of contexts) await context.close()
  },
})

function newTablet(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo', viewport: TABLET })
}

export async function signIn(page: Page, url: string, account: string): Promise<void> {
  await signInWith(page, url, { account, password: PASSWORD })
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await untilOnTablet(page)
}

/** The whole app is on the tablet: from now on every screen opens offline. */
export async function untilOnTablet(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), { intervals: [100] })
    .toBe(true)
}

/** Fills the sign-in page and sends it. */
export async function signInWith(
  page: Page,
  url: string,
  { account, password }: { account: string; password: string },
): Promise<void> {
  await page.goto(`${url}/`)
  await page.getByLabel('メールアドレス', { exact: true }).fill(account)
  await page.getByLabel('パスワード', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'ログイン', exact: true }).click()
}

export const syncStatus = (page: Page) => page.getByRole('status', { name: '同期の状態' })

/** Does what saves something and waits until the server has it: the status alone may still be that of before. */
export async function untilSent(page: Page, act: () => Promise<void>): Promise<void> {
  const pushed = page.waitForResponse((response) => response.url().endsWith('/api/push') && response.ok())
  await act()
  await pushed
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
}

/** Logs an initiative and stays on its row. Answers the row's id. */
export async function logInitiative(
  page: Page,
  {
    title,
    progress,
    background,
    submit,
  }: { title: string; progress?: string; background?: string; submit?: boolean },
): Promise<string> {
  await openInApp(page, 'ホーム')
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('textbox', { name: '取組内容', exact: true }).fill(title)
  if (progress !== undefined) await page.getByRole('radio', { name: progress, exact: true }).check()
  if (background !== undefined) {
    await page.getByRole('button', { name: 'くわしく書く' }).click()
    await page.getByRole('textbox', { name: '現状・課題', exact: true }).fill(background)
  }
  await page.getByRole('button', { name: submit === true ? '提出する' : '保存', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  return new URL(page.url()).pathname.replace('/initiatives/', '')
}

/** Goes to a screen by the navigation, without reloading. */
export async function openInApp(
  page: Page,
  name: 'ホーム' | '局一覧' | '点検' | '職員' | '預かった記録' | '設定',
): Promise<void> {
  const press = (link: string): Promise<void> =>
    page.getByRole('navigation').getByRole('link', { name: link, exact: true }).click()
  if (name === '職員' || name === '預かった記録') await press('管理')
  await press(name)
}

/** Opens a row from ホーム. */
export async function openRow(page: Page, title: string): Promise<void> {
  await openInApp(page, 'ホーム')
  await page.getByRole('link', { name: title, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
}

/** Changes one long text of the open row and saves. */
export async function editText(page: Page, { field, text }: { field: string; text: string }): Promise<void> {
  await page.getByRole('link', { name: '編集', exact: true }).click()
  await page.getByRole('textbox', { name: field, exact: true }).fill(text)
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page).toHaveURL(/\/initiatives\//)
}

/** No violation of WCAG 2.2 A and AA on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  expect((await new AxeBuilder({ page }).withTags(tags).analyze()).violations).toEqual([])
}

/** A tablet whose browser process can be killed and started again on the same profile. */
export interface KillableTablet {
  page: Page
  context: BrowserContext
  /** SIGKILL to every process of this browser. */
  kill(): Promise<void>
  /** Starts the browser again, offline or not. */
  reopen(options: { offline: boolean }): Promise<Page>
  dispose(): Promise<void>
}

/** The browser's process, which leads a group of all it has started: its lock in the profile names it, `host-pid`. */
function browserPid(profile: string): number {
  return Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1))
}

export async function openKillableTablet(): Promise<KillableTablet> {
  const profile = mkdtempSync(join(tmpdir(), 'kaizencho-profile-'))
  const executablePath = installedBrowser()
  const launch = (offline: boolean): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, {
      args: BROWSER_ARGS,
      ...(executablePath === undefined ? {} : { executablePath }),
      locale: 'ja-JP',
      timezoneId: 'Asia/Tokyo',
      viewport: TABLET,
      offline,
    })
  const context = await launch(false)
  const tablet: KillableTablet = {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async kill() {
      const closed = new Promise((resolve) => tablet.context.once('close', resolve))
      process.kill(-browserPid(profile), 'SIGKILL')
      await closed
    },
    async reopen({ offline }) {
      tablet.context = await launch(offline)
      tablet.page = tablet.context.pages()[0] ?? (await tablet.context.newPage())
      return tablet.page
    },
    async dispose() {
      await tablet.context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
  return tablet
}
