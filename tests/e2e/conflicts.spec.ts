import { type Page, expect } from '@playwright/test'
import { editText, logInitiative, openRow, syncStatus, test, untilSent } from './support.ts'

const STAFF = 'labor-kameido@demo.example'
const LEAD = 'lead-labor-kameido@demo.example'

async function pullNow(page: Page): Promise<void> {
  await page.context().setOffline(false)
  const pulled = page.waitForResponse((response) => response.url().includes('/api/pull') && response.ok())
  await page.getByRole('button', { name: '今すぐ同期' }).click()
  await pulled
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
}

/** A row of one unit on two tablets, both of them offline. */
async function onTwoTablets(
  openTablet: (account: string) => Promise<Page>,
  background: string,
): Promise<{ staff: Page; lead: Page }> {
  const staff = await openTablet(STAFF)
  await untilSent(staff, async () => {
    await logInitiative(staff, { title: '受付の改善', background })
  })
  const lead = await openTablet(LEAD)
  await openRow(lead, '受付の改善')
  for (const page of [staff, lead]) await page.context().setOffline(true)
  return { staff, lead }
}

test('[S16] 要確認 shows what each side changed, starts the combined text from both, and the history keeps both', async ({
  openTablet,
}) => {
  const field = '現状・課題'
  const { staff, lead } = await onTwoTablets(openTablet, '受付は紙です。検索が遅い。人手が要る。')
  await editText(staff, { field, text: '受付は紙とFAXです。検索が遅い。人手が要る。' })
  await editText(lead, { field, text: '受付は電話です。検索が遅い。人手が足りない。' })
  await pullNow(staff)
  await pullNow(lead)

  const panel = lead.getByRole('region', { name: /現状・課題.*書きかえられました/ })
  const [server, mine] = [
    panel.getByRole('region', { name: 'サーバーの内容' }),
    panel.getByRole('region', { name: /亀戸事務所.*の内容/ }),
  ]
  await expect(server.locator('ins')).toContainText('受付は紙とFAXです。')
  await expect(server.locator('del')).toHaveCount(0)
  await expect(mine.locator('ins')).toHaveCount(2)
  await expect(mine.locator('del')).toContainText('人手が要る。')

  await panel.getByRole('button', { name: '組み合わせて直す' }).click()
  await expect(panel.getByRole('textbox')).toHaveValue(
    '受付は紙とFAXです。受付は電話です。検索が遅い。人手が足りない。',
  )
  await panel.getByRole('button', { name: 'やめる' }).click()
  await mine.getByRole('button', { name: 'この内容にする' }).click()
  const dialog = lead.getByRole('dialog')
  await expect(dialog).toContainText('受付は電話です。検索が遅い。人手が足りない。')
  await untilSent(lead, () => dialog.getByRole('button', { name: 'この内容に決める' }).click())
  await expect(panel).toHaveCount(0)

  await lead.getByRole('button', { name: '履歴を表示' }).click()
  await lead.getByRole('button', { name: 'そのときの2つの内容' }).click()
  const versions = lead.getByRole('list').filter({ hasText: 'サーバーにあった内容' }).last()
  await expect(versions).toContainText('受付は紙とFAXです。検索が遅い。人手が要る。')
  await expect(versions).toContainText('受付は電話です。検索が遅い。人手が足りない。')
})

test('[S15] the history tells what a text was merged from; an earlier text is put back; offline it shows what was read', async ({
  openTablet,
}) => {
  const field = '現状・課題'
  const { staff, lead } = await onTwoTablets(openTablet, '受付は紙です。\n検索が遅い。')
  await editText(staff, { field, text: '受付は紙とFAXです。\n検索が遅い。' })
  await editText(lead, { field, text: '受付は紙です。\n検索に一日かかります。' })
  await pullNow(staff)
  await pullNow(lead)

  await lead.getByRole('button', { name: '履歴を表示' }).click()
  const merged = lead.getByRole('listitem').filter({ hasText: '自動で合わせました' })
  await expect(merged.locator('ins')).toContainText('検索に一日かかります。')
  await merged.getByRole('button', { name: '合わせる前の2つの内容' }).click()
  await expect(merged.getByRole('list')).toContainText('受付は紙とFAXです。\n検索が遅い。')
  await expect(merged.getByRole('list')).toContainText('受付は紙です。\n検索に一日かかります。')

  await lead.getByRole('combobox', { name: '項目で絞り込む' }).selectOption({ label: field })
  await lead
    .getByRole('button', { name: /現状・課題.*戻す/ })
    .last()
    .click()
  const dialog = lead.getByRole('dialog')
  await expect(dialog.locator('del')).toHaveCount(2)
  await untilSent(lead, () => dialog.getByRole('button', { name: 'この文章に戻す' }).click())
  await expect(lead.getByRole('article').first()).toContainText('受付は紙です。\n検索が遅い。')
  await expect(lead.getByRole('listitem').filter({ hasText: '変更' })).toHaveCount(3)

  await lead.context().setOffline(true)
  await openRow(lead, '受付の改善')
  await lead.getByRole('button', { name: '履歴を表示' }).click()
  await expect(lead.getByText(/に読み込んだ履歴を表示しています/)).toBeVisible()
  await expect(lead.getByRole('listitem').filter({ hasText: '自動で合わせました' })).toBeVisible()
  await staff.context().setOffline(true)
  await staff.getByRole('button', { name: '履歴を表示' }).click()
  await expect(staff.getByText(/履歴を見るには、通信が必要です/)).toBeVisible()
})

test('[S18] a draft removed by one and edited by the other stands until a person decides', async ({
  openTablet,
}) => {
  const { staff, lead } = await onTwoTablets(openTablet, '元の文。')
  await lead.getByRole('button', { name: '下書きを削除' }).click()
  await lead.getByRole('dialog').getByRole('button', { name: '下書きを削除' }).click()
  await expect(lead.getByRole('heading', { level: 1, name: '受付の改善' })).toHaveCount(0)
  await editText(staff, { field: '現状・課題', text: '書き足した文。' })
  await pullNow(lead)
  await pullNow(staff)
  const panel = staff.getByRole('region', { name: '削除と編集が重なりました' })
  await expect(staff.getByRole('article').first()).toContainText('書き足した文。')
  await panel.getByRole('button', { name: 'この内容にする' }).first().click()
  await expect(staff.getByRole('dialog')).toContainText('端末から削除されます')
  await untilSent(staff, () =>
    staff.getByRole('dialog').getByRole('button', { name: 'この内容に決める' }).click(),
  )
  await pullNow(lead)
  for (const page of [staff, lead])
    await expect(page.getByRole('link', { name: '受付の改善', exact: true })).toHaveCount(0)
})
