/** 局一覧 and its pages, 取込 with them. */
import { type Page } from '@playwright/test'
import { ROWS } from '../seed.ts'
import { type Screen, at, press, printing, see, type } from './steps.ts'

const MANY_CONDITIONS =
  'year=2016&unit=leather,labor-kameido,vsdc-ota&progress=unset&scope=listed&q=の&sort=unit,-title'

const search =
  (text: string) =>
  async (page: Page): Promise<void> =>
    page.getByRole('searchbox', { name: '検索' }).fill(text)

export const LIST_SCREENS: readonly Screen[] = [
  { name: '局一覧', as: 'lead', open: at('/list?year=2016', see('32件')) },
  { name: '局一覧、該当なし', as: 'lead', open: at('/list', search('該当しない言葉'), see('0件')) },
  { name: '局一覧、絞り込み', as: 'lead', open: at('/list?year=2016', search('ＰＲ'), see('3件')) },
  { name: '局一覧、条件と並べ替え', as: 'hq', open: at(`/list?${MANY_CONDITIONS}`, see('1件')) },
  { name: '局一覧、くわしい条件', as: 'lead', open: at('/list?year=2016', press('くわしい条件')) },
  {
    name: '局一覧、並べ替え',
    as: 'lead',
    open: at('/list?sort=unit,-title', press(/並べ替え/), see('3番目')),
  },
  { name: '局一覧、保存した条件', as: 'hq', open: at('/list?year=2016', press('保存した条件'), keepView) },
  { name: '局一覧、行を開く', as: 'hq', open: at(`/list?row=${ROWS.full}`, see('現状・課題')), wide: true },
  { name: '番号を付ける', as: 'hq', open: at('/list/numbers?year=2016', press('部所の順に付け直す')) },
  { name: '番号を付ける、同じ番号', as: 'hq', open: at('/list/numbers?year=2016', sameNumber) },
  {
    name: '局一覧、書き出す',
    as: 'lead',
    open: at('/list?year=2016', press('書き出す'), see('ファイルを作る')),
  },
  { name: '取込、列', as: 'hq', open: at('/import', chooseList, see('内容を確かめる')) },
  {
    name: '取込、確認',
    as: 'hq',
    open: at('/import', chooseList, press('内容を確かめる'), see('表示する行')),
  },
  { name: '局一覧、印刷', as: 'lead', open: at('/list', printing), media: { media: 'print' } },
  { name: '集計', as: 'lead', open: at('/figures?year=2016', see('32件')) },
  { name: '集計、部ごと', as: 'hq', open: at('/figures?year=2016', press('部ごとの計だけにする')) },
  {
    name: '集計、行を開く',
    as: 'lead',
    open: at('/figures?year=2016&kind=office', press(/^合計 未設定/), see(/^No\./)),
  },
  { name: '集計、過去の日', as: 'hq', open: at('/figures?year=2016&asOf=2020-04-01', see('0件')) },
  {
    name: '集計、公表する',
    as: 'hq',
    open: at('/figures?year=2016', press('この集計を公表する'), see(/32件$/)),
  },
  { name: '集計、印刷', as: 'lead', open: at('/figures?year=2016', see('32件')), media: { media: 'print' } },
  { name: '変更点、選ぶ前', as: 'lead', open: at('/changes') },
  { name: '変更点', as: 'lead', open: at('/changes?since=2020-04-01&year=all', see(/^新規/)) },
  { name: '公表、なし', as: 'lead', open: at('/published', see('まだありません')) },
  { name: '公表', as: 'hq', open: at('/figures?year=2016', press('この集計を公表する'), publish) },
  { name: '公表、1件', as: 'hq', open: at('/published', openPublished) },
]

/** A list with a new row, one that is there, one that differs and one that cannot be read. */
async function chooseList(page: Page): Promise<void> {
  const rows = [
    'No,取組内容,部所名,進捗状況,現状・課題',
    '4,職場環境の改善,家畜保健衛生所,,',
    '7,少人数職場の防火,池袋事務所,実施中,',
    '40,電話の取り次ぎを減らす,大崎事務所,検討中,担当は03-1234-5678です。',
    '41,,目黒事務所,たぶん,',
  ]
  const buffer = Buffer.from(['取組一覧表（平成28年度）,,,,', ...rows].join('\r\n'))
  await page.getByLabel('取り込むファイル').setInputFiles({ name: '一覧.csv', mimeType: 'text/csv', buffer })
}

async function keepView(page: Page): Promise<void> {
  await type('名前', '報告会で見る一覧')(page)
  await press('名前を付けて保存')(page)
  await see('報告会で見る一覧')(page)
}

async function publish(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: '公表する', exact: true }).click()
  await page.getByRole('link', { name: '公表', exact: true }).click()
  await see(/^公表 /)(page)
}

async function openPublished(page: Page): Promise<void> {
  await page.getByRole('link', { name: /取組の集計/ }).click()
  await page.getByLabel('比べる相手').selectOption('今の集計')
  await see('2つの集計に違いはありません。')(page)
}

async function sameNumber(page: Page): Promise<void> {
  const numbers = page.getByRole('textbox', { name: /の番号$/ })
  await numbers.nth(0).fill('2')
  await numbers.nth(0).blur()
  await see('同じ番号が付いています：2')(page)
}
