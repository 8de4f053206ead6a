import { expect } from '@playwright/test'
import { logInitiative, openInApp, openRow, syncStatus, test } from './support.ts'

test('a row with many 経過 opens, offline and after they were sent', async ({ openTablet }) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.context().setOffline(true)
  await logInitiative(page, { title: '経過の多い取組', progress: '実施中' })
  const texts = ['一回目の打合せ。', '二回目の打合せ。', '三回目の打合せ。']
  for (const text of texts) {
    await page.getByRole('button', { name: '経過を追加' }).click()
    await page.getByRole('textbox', { name: '経過の内容' }).fill(text)
    await page.getByRole('button', { name: '経過を保存' }).click()
    await expect(page.getByText(text)).toBeVisible()
  }
  await openRow(page, '経過の多い取組')
  for (const text of texts) await expect(page.getByText(text)).toBeVisible()
  await page.context().setOffline(false)
  await expect(syncStatus(page)).toHaveText('すべて送信済み')

  const other = await openTablet('lead-labor-kameido@demo.example')
  await openRow(other, '経過の多い取組')
  for (const text of texts) await expect(other.getByText(text)).toBeVisible()
  await openInApp(other, 'ホーム')
  await expect(other.getByRole('listitem').filter({ hasText: '経過の多い取組' })).toContainText('経過 3件')
})
