/** 記録, ホーム and 取組, as the people of an office see them. */
import { type Page } from '@playwright/test'
import { signInWith } from '../../e2e/support.ts'
import { ROWS } from '../seed.ts'
import {
  type Screen,
  type Open,
  expect,
  button,
  at,
  press,
  type,
  see,
  goOffline,
  row,
  printing,
} from './steps.ts'

export const OFFICE_SCREENS: readonly Screen[] = [
  { name: 'ログイン', as: 'nobody', open: signInPage() },
  { name: 'ログイン、未入力', as: 'nobody', open: signInPage(press('ログイン'), see(/入力してください/)) },
  { name: 'ログイン、誤り', as: 'nobody', open: wrongPassword },
  { name: 'ホーム、はじめて', as: 'newcomer', open: at('/', see('今年度の取組はまだありません')) },
  { name: 'ホーム、オフライン', as: 'newcomer', open: at('/', goOffline) },
  { name: '記録、空', as: 'newcomer', open: at('/log') },
  { name: '記録、未入力で保存', as: 'newcomer', open: at('/log', press('保存'), see(/^＊/)) },
  { name: '記録、くわしく書く', as: 'newcomer', open: at('/log', press(/くわしく書く/)) },
  { name: '記録、記入中', as: 'newcomer', open: at('/log', fillIn) },
  { name: '記録、書きかけの復元', as: 'newcomer', open: at('/log', see('書きかけを復元しました')) },
  { name: '記録、前の取組から', as: 'newcomer', open: at('/log', press('前の取組から')) },
  { name: '記録、ひな形から', as: 'newcomer', open: at('/log', press('ひな形から')) },
  { name: '記録、写真', as: 'newcomer', open: at('/log', addPhoto) },
  { name: '記録、個人情報の確認', as: 'newcomer', open: at('/log', personalData) },
  { name: 'はじめに', as: 'newcomer', open: at('/welcome') },
  { name: 'お知らせ、なし', as: 'newcomer', open: at('/notices') },
  { name: 'お知らせ', as: 'lead', open: at('/notices', see('差戻しになりました')) },
  { name: '使い方', as: 'lead', open: at('/', press(/の使い方$/), press('キーボードでの操作')) },
  { name: '取組を編集', as: 'lead', open: at(`/log?id=${ROWS.full}`) },
  { name: 'ホーム、いま必要なこと', as: 'lead', open: at('/', see('いま必要なこと')) },
  { name: 'ホーム、経過を書く', as: 'lead', open: at('/', press(/^経過を書く/)) },
  { name: 'ホーム、本部', as: 'hq', open: at('/') },
  { name: '取組', as: 'lead', open: at(row(ROWS.full), see('発券機の見積り')) },
  { name: '取組、経過を書く', as: 'lead', open: at(row(ROWS.full), press('経過を追加')) },
  { name: '取組、履歴', as: 'lead', open: at(row(ROWS.full), press('履歴を表示'), see('作成')) },
  { name: '取組、要確認', as: 'lead', open: at(row(ROWS.conflicted), see(/書きかえられました/)) },
  { name: '取組、組み合わせる', as: 'lead', open: at(row(ROWS.conflicted), press('組み合わせて直す')) },
  { name: '取組、要確認の確認', as: 'lead', open: at(row(ROWS.conflicted), press('この内容にする')) },
  { name: '取組、差戻し', as: 'lead', open: at(row(ROWS.returned), see('差戻し')) },
  { name: '取組、下書きの削除', as: 'staff', open: at(row(ROWS.draft), press('下書きを削除')) },
  { name: '取組、本部', as: 'hq', open: at(row(ROWS.full), press('フィードバックを送る')) },
  { name: '取組、個人情報を消す', as: 'hq', open: at(row(ROWS.full), openPurge) },
  { name: '取組、個人情報を消す、確認', as: 'hq', open: at(row(ROWS.full), openPurge, confirmPurge) },
  { name: '取組、印刷', as: 'lead', open: at(row(ROWS.full), printing), media: { media: 'print' } },
  { name: '取組、なし', as: 'lead', open: notFound },
]

/** What goes is counted by the server. */
async function openPurge(page: Page): Promise<void> {
  await press('個人情報を消す')(page)
  await page.getByRole('checkbox', { name: '現状・課題', exact: true }).check()
  await see('残るもの')(page)
}
async function confirmPurge(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: '消す記録' }).selectOption({ index: 1 })
  await see(/^経過 1件/)(page)
  await type('消す理由', '利用者の氏名が書かれていたため')(page)
  await press('次へ')(page)
  await see('本当に消しますか')(page)
}

function signInPage(...then: readonly ((page: Page) => Promise<void>)[]): Open {
  return async (page, url) => {
    await page.goto(`${url}/`)
    await expect(button(page, 'ログイン')).toBeVisible()
    for (const step of then) await step(page)
  }
}

async function wrongPassword(page: Page, url: string): Promise<void> {
  await signInWith(page, url, { account: 'nobody@demo.example', password: 'chigau' })
  await expect(page.getByRole('alert')).toBeVisible()
}

async function fillIn(page: Page): Promise<void> {
  await type('取組内容', '受付票の記入例を3つの言語で置く')(page)
  await page.getByRole('radio', { name: '実施中', exact: true }).check()
  const more = button(page, /くわしく書く/)
  if ((await more.getAttribute('aria-expanded')) === 'false') await more.click()
  await type('現状・課題', '外国の方が記入のしかたを窓口で尋ね、そのたびに列が止まる。')(page)
}

async function addPhoto(page: Page): Promise<void> {
  await page.locator('input[type=file][multiple]').setInputFiles('public/icons/icon-512.png')
  await expect(button(page, '写真 1を外す')).toBeVisible()
}

async function personalData(page: Page): Promise<void> {
  await fillIn(page)
  await type('現状・課題', '窓口は混む。案内は03-1234-5678に統一した。連絡は山田太郎様から受ける。')(page)
  await press('保存')(page)
  await expect(page.getByRole('dialog', { name: '個人情報が書かれていませんか' })).toBeVisible()
}

async function notFound(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/initiatives/no-such-row`)
  await expect(page.getByText('この取組は見つかりません')).toBeVisible()
}
