/** Every screen in every state worth looking at. One more screen is one more line. */
import { type Page, expect as expectSoon } from '@playwright/test'
import { LEASE_MS } from '../../src/domain/lease.ts'
import { syncTroubleText } from '../../src/text/syncTrouble.ts'
import { logInitiative, openInApp, signIn, signInWith, syncStatus } from '../e2e/support.ts'
import { CYCLE, MEETING, ROWS } from './seed.ts'

/** People whose tablet is kept from screen to screen. */
export const ACCOUNTS = {
  staff: 'labor-kameido@demo.example',
  lead: 'lead-labor-kameido@demo.example',
  newcomer: 'labor-osaki@demo.example',
  hq: 'hq@demo.example',
} as const

export interface Screen {
  readonly name: string
  /** Whose tablet; `nobody` is a new one, on which nobody has signed in. */
  readonly as: keyof typeof ACCOUNTS | 'nobody'
  /** Brings it up, from wherever the tablet is. */
  readonly open: (page: Page, url: string) => Promise<void>
  readonly media?: Parameters<Page['emulateMedia']>[0]
}

type Open = Screen['open']

/** Other work may keep the machine busy. */
const expect = expectSoon.configure({ timeout: 30_000 })

const DAY_MS = 24 * 60 * 60 * 1000
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
/** Of the open combobox; a select has options too. */
const candidates = (page: Page) => page.getByRole('listbox').getByRole('option')

/** Goes to an address and waits for its heading. */
const at =
  (path: string, ...then: readonly ((page: Page) => Promise<void>)[]): Open =>
  async (page, url) => {
    await page.goto(url + path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    await expect(syncStatus(page)).toHaveText('すべて送信済み')
    for (const step of then) await step(page)
  }
const press =
  (name: string | RegExp) =>
  async (page: Page): Promise<void> =>
    button(page, name).first().click()
const type =
  (name: string, text: string) =>
  async (page: Page): Promise<void> =>
    page.getByRole('textbox', { name, exact: true }).fill(text)
const see =
  (text: string | RegExp) =>
  async (page: Page): Promise<void> =>
    expect(page.getByText(text).first()).toBeVisible()
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
const search =
  (text: string) =>
  async (page: Page): Promise<void> =>
    page.getByRole('searchbox', { name: '検索' }).fill(text)
const transfer = async (page: Page): Promise<void> => {
  await press('まとめて異動')(page)
  await press(/すべて選ぶ/)(page)
  await press(/人を異動する/)(page)
  await page.getByRole('combobox', { name: '異動先の部所' }).fill('大崎')
  await candidates(page).filter({ hasText: '大崎事務所' }).click()
}
const goOffline = async (page: Page): Promise<void> => {
  await page.context().setOffline(true)
  await button(page, '今すぐ同期').first().click()
  await expect(syncStatus(page)).toHaveText(/^オフライン/)
}
const row = (id: string): string => `/initiatives/${id}`

const MANY_CONDITIONS =
  'year=2016&unit=leather,labor-kameido,vsdc-ota&progress=unset&scope=listed&q=の&sort=unit,-title'

export const SCREENS: readonly Screen[] = [
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
  { name: '同期の状態', as: 'lead', open: at('/', press('同期のくわしい状態')) },
  { name: '同期の状態、オフライン', as: 'lead', open: at('/', goOffline, press('同期のくわしい状態')) },
  {
    name: '同期できない、ログイン切れ',
    as: 'nobody',
    open: troubled('signInNeeded', refusal(401, 'unauthenticated')),
  },
  {
    name: '同期できない、古い版',
    as: 'nobody',
    open: troubled('updateNeeded', refusal(426, 'protocolTooOld')),
  },
  { name: '同期できない、停止', as: 'nobody', open: troubled('revoked', stopped) },
  { name: '同期できない、受け付けない', as: 'nobody', open: troubled('refused', refusal(400, 'invalid')) },
  { name: '同期できない、読めない応答', as: 'nobody', open: troubled('malformed', refusal(200, 'nonsense')) },
  { name: '同期できない、容量不足', as: 'nobody', open: troubled('storageFull', fullStorage) },
  { name: '同期できない、保存領域', as: 'nobody', open: troubled('database', deadStorage) },
  { name: '同期できない、進まない', as: 'nobody', open: stalled },
  { name: '端末の利用の終わり', as: 'nobody', open: ended },
  { name: '新しい版', as: 'nobody', open: newRelease },
  { name: '24時間送れていない', as: 'nobody', open: overdue },
  { name: '保留、なし', as: 'lead', open: at('/parked') },
  { name: '保留', as: 'nobody', open: parked },
  { name: '設定', as: 'lead', open: at('/settings') },
  { name: '設定、パスワード', as: 'lead', open: at('/settings', press('パスワードを変える')) },
  { name: '設定、PIN', as: 'lead', open: at('/settings', press('PINを決める')) },
  { name: '設定、ログアウトできない', as: 'nobody', open: unsentSignOut },
  { name: '交代する', as: 'lead', open: at('/', press('交代する')) },
  { name: 'だれが使いますか', as: 'nobody', open: people },
  { name: 'PIN、誤り', as: 'nobody', open: wrongPin },
  { name: '30日の期限', as: 'nobody', open: locked },
  { name: '保存できない端末', as: 'nobody', open: noStorage },
  { name: '点検', as: 'lead', open: at('/cycle', see('窓口の待ち時間を短くする')) },
  { name: '点検票', as: 'lead', open: at(`/cycle/${CYCLE}/${ROWS.full}`, press('提出する'), see(/^＊/)) },
  { name: '点検、本部', as: 'hq', open: at(`/cycle?cycle=${CYCLE}&unit=labor-kameido`) },
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
  { name: '督促、送る', as: 'hq', open: at('/reminders', press(/すべて選ぶ/), press(/件に督促する/)) },
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
  { name: '部品', as: 'newcomer', open: parts },
  { name: '部品、候補と知らせ', as: 'newcomer', open: partsAtWork },
  { name: '部品、確認', as: 'newcomer', open: partsDialog },
  { name: '部品、強制カラー', as: 'newcomer', open: parts, media: { forcedColors: 'active' } },
  { name: '部品、動きを減らす', as: 'newcomer', open: parts, media: { reducedMotion: 'reduce' } },
]

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

/** The sheet is made when the browser says that it prints. */
async function printing(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
}

async function notFound(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/initiatives/no-such-row`)
  await expect(page.getByText('この取組は見つかりません')).toBeVisible()
}

/** Signed in on a new tablet, whose service worker holds the app. */
async function onNewTablet(page: Page, url: string): Promise<void> {
  await signIn(page, url, ACCOUNTS.newcomer)
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
}

/** The server answers every pull with this. */
function refusal(status: number, type: string) {
  return async (page: Page): Promise<void> => {
    await page.route('**/api/pull*', (route) => route.fulfill({ status, json: { type } }))
  }
}

/** The tablet may not sync any more, and what it holds cannot be handed over yet. */
async function stopped(page: Page): Promise<void> {
  await refusal(403, 'revoked')(page)
  await page.route(/\/api\/(?:push|quarantine)/, (route) =>
    route.fulfill({ status: 403, json: { type: 'revoked' } }),
  )
  await logInitiative(page, { title: '預かりを待つ取組' })
}

async function fullStorage(page: Page): Promise<void> {
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('Full.', 'QuotaExceededError')
    }
  })
}

/** The browser has closed the connections and opens none any more. */
async function deadStorage(page: Page): Promise<void> {
  await page.addInitScript(`
    window.connections = []
    const open = IDBFactory.prototype.open
    IDBFactory.prototype.open = function (...args) {
      if (window.broken) throw new DOMException('Broken.', 'UnknownError')
      const request = open.apply(this, args)
      request.addEventListener('success', () => window.connections.push(request.result))
      return request
    }
  `)
  await page.reload()
  await expect(syncStatus(page)).toHaveText('すべて送信済み')
  await page.evaluate('window.broken = true; window.connections.forEach((each) => each.close())')
}

/** ホーム on a new tablet that cannot sync from here on, and says why. */
function troubled(
  trouble: Exclude<keyof typeof syncTroubleText, 'action'>,
  begin: (page: Page) => Promise<void>,
): Open {
  return async (page, url) => {
    await onNewTablet(page, url)
    await begin(page)
    await button(page, '今すぐ同期').first().click()
    await see(syncTroubleText[trouble].body)(page)
  }
}

async function stalled(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.clock.install()
  await page.route('**/api/push', (route) => route.fulfill({ status: 503, json: { type: 'busy' } }))
  await logInitiative(page, { title: '送信を待つ取組' })
  await page.clock.fastForward(DAY_MS / 24)
  await see(syncTroubleText.stalled.body)(page)
}

async function ended(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await refusal(403, 'revoked')(page)
  await button(page, '今すぐ同期').first().click()
  await expect(page.getByRole('heading', { name: 'この端末での利用は終わりました' })).toBeVisible()
}

/** A release waits, as the browser would say. */
async function newRelease(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.addInitScript(`
    navigator.serviceWorker.register = async () =>
      ({ waiting: {}, addEventListener() {}, update: async () => undefined })
  `)
  await page.reload()
  await see('新しい版があります')(page)
}

async function overdue(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.clock.install()
  await page.context().setOffline(true)
  await logInitiative(page, { title: '圏外で書いた取組' })
  await page.clock.fastForward(DAY_MS + 60_000)
  await openInApp(page, 'ホーム')
  await see(/24時間以上送れていない記録/)(page)
}

/** The server's answer is changed on its way, as if it had refused. */
async function parked(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.route('**/api/push', async (route) => {
    const response = await route.fetch()
    const text = await response.text()
    const reason = '"reason":{"type":"notAllowed"},"outcome":"parked"'
    await route.fulfill({ response, body: text.replaceAll('"outcome":"accepted"', reason) })
  })
  await logInitiative(page, { title: '掲示板を入口の右に移す', background: '入口で人が立ち止まる。' })
  await page.goto(`${url}/parked`)
  await button(page, '書いた内容を見る').click()
}

async function unsentSignOut(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '送る前の取組' })
  await openInApp(page, '設定')
  await button(page, 'ログアウト').click()
  await expect(page.getByRole('dialog')).toContainText('1件')
}

/** One has left with a PIN and unsent work, one without. */
async function people(page: Page, url: string): Promise<void> {
  await onNewTablet(page, url)
  await openInApp(page, '設定')
  await button(page, 'PINを決める').last().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('新しいPIN', { exact: true }).fill('482917')
  await dialog.getByLabel('新しいPIN（もう一度）').fill('482917')
  await dialog.getByRole('button', { name: 'PINを決める' }).click()
  await expect(dialog).toHaveCount(0)
  await page.context().setOffline(true)
  await logInitiative(page, { title: '交代の前に書いた取組' })
  await button(page, '交代する').click()
  await expect(page.getByRole('heading', { name: 'だれが使いますか' })).toBeVisible()
  await page.context().setOffline(false)
}

async function wrongPin(page: Page, url: string): Promise<void> {
  await people(page, url)
  await button(page, /大崎事務所 担当/).click()
  await page.getByLabel('PIN（数字6けた）').fill('135791')
  await button(page, '開く').click()
  await see(/あと9回まちがえると/)(page)
}

async function locked(page: Page, url: string): Promise<void> {
  await page.clock.install({ time: new Date() })
  await onNewTablet(page, url)
  await page.context().setOffline(true)
  await page.clock.setSystemTime(Date.now() + LEASE_MS + 60_000)
  await page.clock.runFor(61_000)
  await expect(page.getByRole('heading', { name: /サーバーで確かめるまで/ })).toBeVisible()
}

async function noStorage(page: Page, url: string): Promise<void> {
  await page.addInitScript(`
    IDBFactory.prototype.open = () => { throw new DOMException('Blocked.', 'SecurityError') }
  `)
  await page.goto(`${url}/`)
  await expect(page.getByRole('heading', { name: 'この端末に記録を保存できません' })).toBeVisible()
}

async function parts(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/_ui`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

async function partsAtWork(page: Page, url: string): Promise<void> {
  await parts(page, url)
  await page.getByRole('button', { name: '表示する', exact: true }).click()
  await page.getByRole('combobox', { name: '部所' }).nth(2).fill('セン')
  await expect(candidates(page)).toHaveCount(2)
}

async function partsDialog(page: Page, url: string): Promise<void> {
  await parts(page, url)
  await button(page, '下書きを削除しますか').click()
}
