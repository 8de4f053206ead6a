/** [S1] A browser killed at any moment: what was said to be saved is there, nothing is on the server twice. */
import { type Page, expect } from '@playwright/test'
import { type KillableTablet, openInApp, openKillableTablet, signIn, syncStatus, test } from './support.ts'

const KAMEIDO = 'labor-kameido@demo.example'

/** When the kill comes, after 保存 was pressed. */
const MOMENTS: readonly {
  readonly name: string
  readonly wait: (page: Page, title: string) => Promise<unknown>
}[] = [
  { name: '保存を押したとき', wait: () => Promise.resolve() },
  {
    name: '端末に保存したと出たとき',
    wait: (page, title) => page.getByRole('heading', { level: 1, name: title }).waitFor(),
  },
  { name: '送信が始まったとき', wait: (page) => page.waitForRequest('**/api/push') },
  { name: '受領の答えが届いたとき', wait: (page) => page.waitForResponse('**/api/push') },
]

async function saveAndKill(
  { page, kill }: KillableTablet,
  title: string,
  wait: (page: Page, title: string) => Promise<unknown>,
): Promise<boolean> {
  await openInApp(page, 'ホーム')
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('textbox', { name: '取組内容', exact: true }).fill(title)
  await expect(page.getByText('書きかけを端末に残しました')).toBeVisible()
  const moment = wait(page, title)
  await page.getByRole('button', { name: '保存', exact: true }).click({ noWaitAfter: true })
  await moment
  const saved = page.getByRole('heading', { level: 1, name: title })
  const wasTold = await saved.isVisible().catch(() => false)
  await kill()
  return wasTold
}

test('[S1][S9][S10] killed during save and during push: nothing said to be saved is lost, nothing is doubled', async ({
  server,
  openTablet,
}) => {
  const tablet = await openKillableTablet()
  await signIn(tablet.page, server.url, KAMEIDO)
  const told: string[] = []
  const titles: string[] = []
  for (const { name, wait } of MOMENTS) {
    titles.push(name)
    if (await saveAndKill(tablet, name, wait)) told.push(name)
    const page = await tablet.reopen({ offline: false })
    await page.goto(`${server.url}/`)
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
    // What was not said to be saved is at least still being written.
    await expect(page.getByText(name).first()).toBeVisible()
  }
  const { page } = tablet
  for (const name of told) await expect(page.getByRole('link', { name, exact: true })).toHaveCount(1)
  expect(told).toContain('端末に保存したと出たとき')

  const lead = await openTablet('lead-labor-kameido@demo.example')
  for (const name of told) await expect(lead.getByRole('link', { name, exact: true })).toHaveCount(1)
  for (const name of titles)
    expect(await lead.getByRole('link', { name, exact: true }).count()).toBeLessThanOrEqual(1)
  await tablet.dispose()
})
