/** 点検 and meetings, and what headquarters manages and reviews. */
import { type Page } from '@playwright/test'
import { CYCLE, CONCLUDED, MEETING, ROWS } from '../seed.ts'
import { type Screen, candidates, at, press, see, printing } from './steps.ts'

const transfer = async (page: Page): Promise<void> => {
  await press('まとめて異動')(page)
  await press(/すべて選ぶ/)(page)
  await press(/人を異動する/)(page)
  await page.getByRole('combobox', { name: '異動先の部所' }).fill('大崎')
  await candidates(page).filter({ hasText: '大崎事務所' }).click()
}

/** There is nothing earlier than what it says now. */
async function openPurge(page: Page): Promise<void> {
  await press('個人情報を消す')(page)
  await page.getByRole('checkbox', { name: '結果', exact: true }).check()
  await see(/^消えるものはありません/)(page)
}

export const BUREAU_SCREENS: readonly Screen[] = [
  { name: '点検', as: 'lead', open: at('/cycle', see('窓口の待ち時間を短くする')) },
  { name: '点検票', as: 'lead', open: at(`/cycle/${CYCLE}/${ROWS.full}`, press('提出する'), see(/^＊/)) },
  { name: '点検、本部', as: 'hq', open: at(`/cycle?cycle=${CYCLE}&unit=labor-kameido`) },
  { name: '点検票、個人情報を消す', as: 'hq', open: at(`/cycle/${CONCLUDED}/gallery-concluded`, openPurge) },
  { name: '点検、次年度へ', as: 'lead', open: at(`/cycle?cycle=${CONCLUDED}`, press(/次年度へ引き継ぐ$/)) },
  { name: '点検、期限を変える', as: 'hq', open: at('/cycle', press('期限などを変える')) },
  { name: '会議の一覧', as: 'hq', open: at('/meetings', see('中間報告会')) },
  { name: '会議', as: 'hq', open: at(`/meetings/${MEETING}`, see('様式を各所に配る')) },
  { name: '会議、取組を加える', as: 'hq', open: at(`/meetings/${MEETING}`, press('取組を加える')) },
  { name: '会議、部所', as: 'lead', open: at(`/meetings/${MEETING}`, see('様式を各所に配る')) },
  { name: '会議モード', as: 'hq', open: at(`/meetings/${MEETING}/live`, press('対応事項')) },
  {
    ...{ name: '会議、印刷', as: 'hq', media: { media: 'print' } },
    open: at(`/meetings/${MEETING}`, see('様式を各所に配る'), printing),
  },
  { name: '職員', as: 'hq', open: at('/members', see('亀戸事務所 担当')) },
  { name: '職員、登録内容と端末', as: 'hq', open: at('/members', press(/亀戸事務所 担当/), see('登録日')) },
  { name: '職員、追加', as: 'hq', open: at('/members', press('職員を追加')) },
  { name: '職員、異動', as: 'hq', open: at('/members?unit=labor-kameido', transfer) },
  { name: '部所', as: 'hq', open: at('/units', see('総務部')) },
  { name: '部所、追加', as: 'hq', open: at('/units', press('部所を追加'), press('追加する')) },
  { name: '部所、取込', as: 'hq', open: at('/units', press('CSVから取り込む')) },
  { name: '部所、1件', as: 'hq', open: at('/units/koyo', press('履歴を表示'), see('順')) },
  { name: '部所、廃止', as: 'hq', open: at('/units/koyo', press('この部所を廃止する')) },
  { name: '端末', as: 'hq', open: at('/devices', see('見本の取込')) },
  { name: '端末、失効', as: 'hq', open: at('/devices', press(/すべて選ぶ/), press(/台を失効する/)) },
  { name: '督促', as: 'hq', open: at('/reminders', see('提出された取組が1件もない')) },
  { name: '督促、送る', as: 'hq', open: at('/reminders', press(/すべて選ぶ/), press(/部所に督促する/)) },
  { name: '預かった記録', as: 'hq', open: at('/quarantine', see('鍵の置き場所を1か所にまとめる')) },
  { name: '預かった記録、取り込む', as: 'hq', open: at('/quarantine', press(/すべて取り込む/)) },
  { name: '預かった記録、ファイル', as: 'hq', open: at('/quarantine', press('ファイルから取り込む')) },
  { name: '本部レビュー', as: 'hq', open: at('/review', see('確認待ち')) },
  { name: '本部レビュー、条件に合うものなし', as: 'hq', open: at('/review?year=1999') },
  {
    name: '本部レビュー、1件',
    as: 'hq',
    open: at('/review', press(/職場環境の改善/), see('経過はまだありません。')),
  },
  { name: '本部レビュー、選択', as: 'hq', open: at('/review', press('すべて選ぶ'), see(/件を選択中/)) },
  {
    name: '本部レビュー、まとめてフィードバック',
    as: 'hq',
    open: at('/review', press('すべて選ぶ'), press(/件にフィードバック/)),
  },
  { name: '本部レビュー、送ったもの', as: 'hq', open: at('/review/feedback', see('回答期限')) },
]
