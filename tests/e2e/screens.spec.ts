import { readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { violationsOf } from './axe.ts'
import { logInitiative, openInApp, signIn, syncStatus, test } from './support.ts'

test('the 32 rows of fiscal 2016 stand in No. order with 部所名 as in the source', async ({ openTablet }) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.setViewportSize({ width: 1180, height: 820 })
  await openInApp(page, '局一覧')
  await page.getByRole('combobox', { name: '年度' }).selectOption('2016')
  await expect(page.getByText('32件', { exact: true })).toBeVisible()
  const source = readFileSync('functions/demo/initiatives-fy2016.csv', 'utf8').trim().split(/\r?\n/).slice(1)
  const rows = await page
    .getByRole('row')
    .filter({ has: page.getByRole('link') })
    .allInnerTexts()
  expect(rows.length).toBe(32)
  for (const [index, line] of source.entries()) {
    const [no, title, unit] = [
      line.slice(0, line.indexOf(',')),
      line.slice(line.indexOf(',') + 1, line.lastIndexOf(',')),
      line.slice(line.lastIndexOf(',') + 1),
    ]
    const cells = (rows[index] ?? '').split(/[\t\n]+/)
    expect(cells.slice(0, 3)).toEqual([no, title, unit])
  }
})

test('search and filters narrow the list, whatever the letters', async ({ openTablet }) => {
  const page = await openTablet('labor-kameido@demo.example')
  await openInApp(page, '局一覧')
  await page.getByRole('searchbox', { name: '検索' }).fill('ﾋﾟｰｱｰﾙ')
  await expect(page.getByText('0件', { exact: true })).toBeVisible()
  await page.getByRole('searchbox', { name: '検索' }).fill('ｐｒ')
  await expect(page.getByText('3件', { exact: true })).toBeVisible()
  for (const [words, count] of [
    ['勞働法', '1件'],
    ['ろうどう', '0件'],
    ['｢労働法｣　ちめいど', '0件'],
    ['労働法 アップ', '1件'],
    ['龜戸', '1件'],
  ] as const) {
    await page.getByRole('searchbox', { name: '検索' }).fill(words)
    await expect(page.getByText(count, { exact: true }), words).toBeVisible()
  }
  await page.getByRole('searchbox', { name: '検索' }).fill('')
  await page.getByRole('combobox', { name: '部所' }).selectOption('leather')
  await expect(page.getByText('1件', { exact: true })).toBeVisible()
  await expect(page.getByText('台東分校 皮革技術センター 等')).toBeVisible()
})

test('an empty form says what to do and keeps the focus there', async ({ openTablet }) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.getByRole('link', { name: '取組を記録' }).click()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByRole('textbox', { name: '取組内容', exact: true })).toHaveAttribute(
    'aria-invalid',
    'true',
  )
  await expect(page.getByText('＊取組内容を入力してください。').first()).toBeVisible()
})

test('signing out refuses to lose unsent work, and empties the tablet once all is sent', async ({
  openTablet,
}) => {
  const page = await openTablet('labor-kameido@demo.example')
  await page.context().setOffline(true)
  await logInitiative(page, { title: '送る前の取組' })
  await openInApp(page, '設定')
  await page.getByRole('button', { name: 'ログアウト' }).click()
  await expect(page.getByRole('dialog')).toContainText('1件')
  await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).first().click()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: '今すぐ同期' }).first().click()
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await page.getByRole('button', { name: 'ログアウト' }).click()
  await expect(page.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  expect(names).toEqual(['kaizencho-device'])
})

for (const widths of [
  [820, 390],
  [1180, 1440],
]) {
  test(`no screen has an accessibility violation or overflows at ${widths.join(' and ')} px`, async ({
    page,
    server,
  }) => {
    const check = async (name: string): Promise<void> => {
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
        await checkAt(`${name}, ${width} px`)
      }
    }
    const checkAt = async (name: string): Promise<void> => {
      // Colours in the middle of a transition are nobody's to read.
      await page.evaluate(() =>
        Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
      )
      expect(await violationsOf(page), name).toEqual([])
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(wider, `${name} is wider than the screen`).toBeLessThanOrEqual(0)
    }
    await page.goto(server.url)
    await expect(page.getByRole('button', { name: 'ログイン', exact: true })).toBeVisible()
    await check('sign-in')
    await page.getByRole('button', { name: 'ログイン', exact: true }).click()
    await check('sign-in with errors')
    await signIn(page, server.url, 'lead-labor-kameido@demo.example')
    await check('ホーム, empty')
    await page.getByRole('link', { name: '取組を記録' }).click()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await check('記録 with errors')
    await page.getByRole('button', { name: /くわしく書く/ }).click()
    await check('記録, whole')
    const long = 'とても長い取組の名前で、見出しが折り返しても崩れないことを確かめるための取組です。'.repeat(
      2,
    )
    await logInitiative(page, { title: long, progress: '検討中', background: '一文目。\n二文目。' })
    await page.getByRole('button', { name: '経過を追加' }).click()
    await check('取組')
    await openInApp(page, 'ホーム')
    await check('ホーム')
    await openInApp(page, '局一覧')
    await expect(page.getByText('33件', { exact: true })).toBeVisible()
    await check('局一覧')
    await openInApp(page, '設定')
    await check('設定')
  })
}

test('every screen is named in the title, by the name of its own help', async ({ openTablet }) => {
  const page = await openTablet('hq@demo.example')
  const paths = [
    ...['', 'log', 'list', 'figures', 'changes', 'published', 'list/numbers', 'review', 'review/feedback'],
    ...['import', 'notices', 'welcome', 'members', 'units', 'units/labor-kameido', 'devices', 'reminders'],
    ...['quarantine', 'parked', 'cycle', 'meetings', 'settings', 'initiatives/import.fy2016.18'],
  ]
  const titles = new Set<string>()
  for (const path of paths) {
    await page.goto(new URL(`/${path}`, page.url()).href)
    await expect(page, path).toHaveTitle(/^.+｜改善帳$/)
    titles.add(await page.title())
  }
  expect(titles.size).toBe(paths.length)
  await page.getByRole('button', { name: '「取組」の使い方' }).click()
  await expect(page.getByRole('heading', { name: '「取組」の使い方' })).toBeVisible()
})

for (const width of [390, 1180]) {
  test(`no screen of headquarters has an accessibility violation at ${width} px`, async ({ openTablet }) => {
    const page = await openTablet('hq@demo.example')
    await page.setViewportSize({ width, height: width === 390 ? 844 : 820 })
    await openInApp(page, '職員')
    await expect(page.getByRole('button', { name: /亀戸事務所 担当/ })).toBeVisible()
    expect(await violationsOf(page), '職員').toEqual([])
    await page.getByRole('button', { name: /亀戸事務所 担当/ }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await violationsOf(page), '職員の登録内容').toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click()
    await page.goto(new URL('/initiatives/import.fy2016.18', page.url()).href)
    await page.getByRole('button', { name: 'フィードバックを送る' }).click()
    await page.getByRole('button', { name: '履歴を表示' }).click()
    await expect(page.getByText('作成', { exact: true })).toBeVisible()
    expect(await violationsOf(page), '取組').toEqual([])
    await openInApp(page, '設定')
    await page.getByRole('button', { name: 'パスワードを変える' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await violationsOf(page), 'パスワードの変更').toEqual([])
  })
}
