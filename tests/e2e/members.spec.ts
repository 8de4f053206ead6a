import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'
import { openInApp, syncStatus, test } from './support.ts'

test('headquarters registers a person, who signs in with the one-time password and changes it', async ({
  openTablet,
  browser,
  server,
}) => {
  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '職員')
  await expect(hq.getByRole('heading', { level: 1, name: '職員' })).toBeVisible()
  await hq.getByRole('button', { name: '職員を追加' }).click()
  const dialog = hq.getByRole('dialog')
  await dialog.getByRole('button', { name: '登録してパスワードを発行' }).click()
  await expect(dialog).toContainText('＊氏名を入力してください。')
  await dialog.getByLabel('氏名', { exact: true }).fill('新任 見本')
  await dialog.getByLabel('メールアドレス', { exact: true }).fill('shinnin@demo.example')
  await dialog.getByRole('combobox', { name: '部所' }).selectOption({ label: '大崎事務所' })
  expect(
    (await new AxeBuilder({ page: hq }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze()).violations,
  ).toEqual([])
  await dialog.getByRole('button', { name: '登録してパスワードを発行' }).click()
  await expect(dialog).toContainText('二度と表示されません')
  const password = (await dialog.locator('p.font-mono').innerText()).trim()
  await dialog.getByRole('button', { name: '閉じる' }).click()

  const context = await browser.newContext({ locale: 'ja-JP' })
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByLabel('メールアドレス', { exact: true }).fill('shinnin@demo.example')
  await page.getByLabel('パスワード', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'ログイン', exact: true }).click()
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  // The one-time password is to be replaced at once; closing the dialog leaves a reminder.
  await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click()
  await expect(page.getByText('1回限りのパスワードのままです')).toBeVisible()
  await page.getByRole('button', { name: 'パスワードを変える' }).click()
  const change = page.getByRole('dialog')
  await change.getByLabel('今のパスワード', { exact: true }).fill(password)
  await change.getByLabel('新しいパスワード', { exact: true }).fill('みじかい')
  await change.getByRole('button', { name: '変更する' }).click()
  await expect(change).toContainText('12文字以上')
  await change.getByLabel('新しいパスワード', { exact: true }).fill('大崎の窓口で毎朝お茶を飲む')
  await change.getByRole('button', { name: '変更する' }).click()
  await expect(page.getByText('パスワードを変更しました')).toBeVisible()
  await expect(page.getByText('1回限りのパスワードのままです')).toHaveCount(0)

  await hq.getByRole('searchbox', { name: '検索' }).fill('新任')
  await hq.getByRole('button', { name: /新任 見本/ }).click()
  await hq.getByRole('dialog').getByRole('button', { name: '利用を止める' }).click()
  await hq.getByRole('dialog').getByRole('button', { name: '利用を止める' }).click()
  await expect(hq.getByText('停止中')).toBeVisible()
  await page.getByRole('button', { name: '今すぐ同期' }).first().click()
  await expect(syncStatus(page)).toHaveText('送信できません')
  await context.close()
})

test('staff see no tools of headquarters', async ({ openTablet }) => {
  const page = await openTablet('labor-osaki@demo.example')
  await expect(page.getByRole('navigation').getByRole('link', { name: '職員' })).toHaveCount(0)
  await page.goto(new URL('/members', page.url()).href)
  await expect(page.getByText('この画面は本部事務局とシステム管理者が使います。')).toBeVisible()
})
