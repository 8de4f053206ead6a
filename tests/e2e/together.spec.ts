import { type Page, expect } from '@playwright/test'
import { FIREBASE, editText, logInitiative, openRow, syncStatus, test, untilSent } from './support.ts'

const TEXT = '受付は紙です。\n検索に時間がかかります。'

async function sync(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await page.context().setOffline(false)
    const pulled = page.waitForResponse((response) => response.url().includes('/api/pull') && response.ok())
    await page.getByRole('button', { name: '今すぐ同期' }).click()
    await pulled
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
  }
}

test('two tablets of one unit edit one row offline', FIREBASE, async ({ openTablet }) => {
  const staff = await openTablet('labor-kameido@demo.example')
  await untilSent(staff, async () => {
    await logInitiative(staff, { title: '受付の改善', background: TEXT })
  })
  const lead = await openTablet('lead-labor-kameido@demo.example')
  await openRow(lead, '受付の改善')

  await test.step('different fields both land, different sentences merge', async () => {
    for (const page of [staff, lead]) await page.context().setOffline(true)
    await editText(staff, { field: '現状・課題', text: '受付は紙とFAXです。\n検索に時間がかかります。' })
    await editText(staff, { field: '具体的な取組内容', text: '様式をまとめます。' })
    await editText(lead, { field: '現状・課題', text: '受付は紙です。\n検索に一日かかります。' })
    await sync(staff, lead, staff)
    for (const page of [staff, lead]) {
      await expect(page.getByText('受付は紙とFAXです。')).toBeVisible()
      await expect(page.getByText('検索に一日かかります。')).toBeVisible()
      await expect(page.getByText('様式をまとめます。')).toBeVisible()
      await expect(page.getByText('要確認', { exact: true })).toHaveCount(0)
    }
  })

  await test.step('the same sentence becomes 要確認 with both versions, and a person resolves it', async () => {
    for (const page of [staff, lead]) await page.context().setOffline(true)
    await editText(staff, { field: '具体的な取組内容', text: '様式を一つにまとめます。' })
    await editText(lead, { field: '具体的な取組内容', text: '様式を二つに分けます。' })
    await sync(staff, lead, staff)
    for (const page of [staff, lead]) {
      await expect(page.getByText('要確認', { exact: true })).toBeVisible()
      const panel = page.getByRole('region', { name: /具体的な取組内容/ })
      await expect(panel).toContainText('様式を一つにまとめます。')
      await expect(panel).toContainText('様式を二つに分けます。')
    }
    const panel = lead.getByRole('region', { name: /具体的な取組内容/ })
    await panel.getByRole('button', { name: '組み合わせて直す' }).click()
    await panel.getByRole('textbox').fill('様式を一つにまとめ、記入例を二つに分けます。')
    await panel.getByRole('button', { name: 'この文章で決める' }).click()
    await expect(lead.getByText('要確認', { exact: true })).toHaveCount(0)
    await sync(lead, staff)
    await expect(staff.getByText('様式を一つにまとめ、記入例を二つに分けます。')).toBeVisible()
    await expect(staff.getByText('要確認', { exact: true })).toHaveCount(0)
  })
})

test('feedback of headquarters reaches the row, and the reply returns', FIREBASE, async ({ openTablet }) => {
  const lead = await openTablet('lead-labor-kameido@demo.example')
  let id = ''
  await untilSent(lead, async () => {
    id = await logInitiative(lead, { title: '相談の待ち時間', submit: true })
  })
  const hq = await openTablet('hq@demo.example')
  await hq.goto(new URL(`/initiatives/${id}`, hq.url()).href)
  await hq.getByRole('button', { name: 'フィードバックを送る' }).click()
  await hq.getByRole('radio', { name: '依頼' }).check()
  await hq.getByRole('textbox', { name: 'フィードバックの内容' }).fill('目標を数字で書いてください。')
  await untilSent(hq, () => hq.getByRole('button', { name: '送る', exact: true }).click())
  await lead.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(lead.getByText('目標を数字で書いてください。')).toBeVisible()
  await lead.getByRole('textbox', { name: '回答', exact: true }).fill('一人10分以内とします。')
  await untilSent(lead, () => lead.getByRole('button', { name: '回答を送る' }).click())
  await hq.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(hq.getByText('一人10分以内とします。')).toBeVisible()
})
