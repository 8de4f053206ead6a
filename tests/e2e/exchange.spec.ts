/** 書き出しと取込 in a real browser: the worker, the file, and the rows of both sides. */
import { expect } from '@playwright/test'
import { expectAccessible, openInApp, test, untilSent } from './support.ts'

const CSV = [
  '自律改革の取組（令和8年度）,,,',
  'No.,取組事項,部所名,進捗状況,現状・課題',
  '1,窓口の待ち時間を短くする,亀戸事務所,実施中,受付は紙です。',
  '2,"=HYPERLINK(""x"")の名前の取組",亀戸事務所,検討中,',
  '3,紙の様式を減らす,亀戸労働事務所,今後実施,担当は03-1234-5678です。',
  '4,,亀戸事務所,たぶん,',
].join('\r\n')

test('M2-11, M2-12: headquarters imports a list, the office sees it; the list written out reads back as it was', async ({
  openTablet,
}) => {
  const staff = await openTablet('labor-kameido@demo.example')
  await openInApp(staff, '局一覧')
  await expect(staff.getByRole('link', { name: '取り込む' })).toBeHidden()
  await staff.goto(new URL('/import', staff.url()).href)
  await expect(staff.getByText('この画面は本部事務局が使います。')).toBeVisible()

  const hq = await openTablet('hq@demo.example')
  await openInApp(hq, '局一覧')
  await hq.getByRole('link', { name: '取り込む' }).click()
  const file = hq.getByLabel('取り込むファイル')
  await file.setInputFiles({
    name: 'マクロ.xlsm',
    mimeType: '',
    buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]),
  })
  await expect(hq.getByText('取組は何も変わっていません。')).toBeVisible()

  await file.setInputFiles({ name: '一覧.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) })
  await expect(hq.getByLabel('一覧の年度')).toHaveValue('2026')
  await hq.getByRole('button', { name: '内容を確かめる' }).click()
  await expect(hq.getByText('「進捗状況」の「たぶん」は読み取れません。')).toBeVisible()
  await hq.getByLabel(/「亀戸労働事務所」/).selectOption({ label: '亀戸事務所（近い名前）' })
  await expect(hq.getByRole('radio', { name: '新しい取組 3' })).toBeVisible()
  await hq.getByRole('button', { name: '3件を取り込む' }).click()
  await expect(hq.getByText(/直すところのある行が1件あります/)).toBeVisible()
  await expectAccessible(hq)
  await hq.getByLabel('直すところのある1件を除いて取り込む').check()
  await hq.getByLabel('個人情報の注意がある1件を確かめました').check()
  await untilSent(hq, () => hq.getByRole('button', { name: '3件を取り込む' }).click())
  await expect(hq.getByText('3件を取り込みました')).toBeVisible()

  await openInApp(staff, '局一覧')
  await staff.getByRole('button', { name: '今すぐ同期' }).click()
  await expect(staff.getByText('=HYPERLINK("x")の名前の取組')).toBeVisible()
  await expect(staff.getByText('紙の様式を減らす')).toBeVisible()

  await hq.getByRole('link', { name: '局一覧へ', exact: true }).click()
  for (const layout of ['集計用（Excel）', '集計用（CSV）']) {
    await openInApp(hq, '局一覧')
    await hq.getByRole('button', { name: '書き出す' }).click()
    await hq.getByRole('radio', { name: layout }).check()
    const downloading = hq.waitForEvent('download')
    await hq.getByRole('button', { name: 'ファイルを作る' }).click()
    const download = await downloading
    await hq.getByRole('button', { name: '閉じる', exact: true }).first().click()
    await hq.getByRole('link', { name: '取り込む' }).click()
    await hq.getByLabel('取り込むファイル').setInputFiles(await download.path())
    await hq.getByRole('button', { name: '内容を確かめる' }).click()
    await expect(hq.getByRole('radio', { name: '変わらない 35' })).toBeVisible()
    await expect(hq.getByText('取り込むものはありません。')).toBeVisible()
  }
})
