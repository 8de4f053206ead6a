/** Rows of one office in every state the screens show, put in through the same requests a tablet makes. */
import { asClientId, asDeviceId, asUid } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { checkIdOf } from '../../src/domain/types/check.ts'
import { type RawTablet, type Write, rawTablet } from '../support/rawTablet.ts'

export const ROWS = {
  full: 'gallery-full',
  conflicted: 'gallery-conflicted',
  returned: 'gallery-returned',
  draft: 'gallery-draft',
} as const

export const CYCLE = 'gallery-cycle'
/** 結果まとめ of last year, of which one row is concluded. */
export const CONCLUDED = 'gallery-concluded-cycle'
export const MEETING = 'gallery-meeting'

const DAY_MS = 24 * 60 * 60 * 1000
const SENTENCES = {
  background:
    '窓口の受付から相談開始までの待ち時間が平均40分あり、昼休みに来所した方が手続を終えられない。受付票は紙で、順番を呼ぶまで窓口を離れられない。',
  detail:
    '発券機を入口に置き、呼び出しを画面に表示する。相談の内容を受付で聞き、書類の不足をその場で伝える。\n昼の時間帯は職員の配置を1人増やす。',
  plan: '12月に発券機を試し、1月から本番とする。2月に利用者の声を聞いて直す。',
}

/** Fills the office's notebook. Today by the server's clock decides the fiscal year and the deadlines. */
export async function seed(url: string, fiscalYear: number): Promise<void> {
  const [staff, lead, hq] = await Promise.all([
    rawTablet(url, 'labor-kameido'),
    rawTablet(url, 'lead-labor-kameido'),
    rawTablet(url, 'hq'),
  ])
  const row = (id: string, title: string, more: Readonly<Record<string, Json>> = {}): Write => ({
    op: 'create',
    type: 'initiative',
    id,
    set: { stage: 'draft', title, leadUnit: 'labor-kameido', unitLabel: '亀戸事務所', fiscalYear, ...more },
  })
  await staff.write([
    row(ROWS.full, '窓口の待ち時間を短くする', {
      ...{ ...SENTENCES, progress: 'planned', goal: '待ち時間を短くする。', goalIndicator: '平均の待ち時間' },
      ...{ goalUnit: '分', goalBaseline: 40, goalTarget: 20, lifeWorkBalance: true },
      viewpoints: ['citizenFirst', 'wiseSpending'],
    }),
    row(ROWS.conflicted, '電話の取り次ぎを1回で済ませる', {
      progress: 'doing',
      background: '取り次ぎは平均3回です。相手を待たせています。担当表は紙です。',
    }),
    row(ROWS.returned, '庁用車の予約を1つの表にまとめる', { progress: 'considering' }),
    row(
      ROWS.draft,
      '雨の日に来所する高齢の方が、入口の傘立てから窓口まで手すりを使って歩けるように案内を見直す',
      {
        progress: 'partial',
      },
    ),
    row('gallery-done', '古い掲示物を月に一度はがす', { progress: 'done' }),
    row('gallery-later', '会議の資料を前日までに配る', { progress: 'later' }),
  ])
  const submit = (id: string): Write => ({
    ...{ op: 'edit', type: 'initiative', id, rev: 1, stage: 'draft' },
    ...{ set: { stage: 'submitted' }, from: { stage: 'draft' } },
  })
  await lead.write([submit(ROWS.full), submit(ROWS.returned), submit('gallery-done')])
  const note = (id: string, set: Readonly<Record<string, Json>>): Write => ({
    ...{ op: 'create', type: 'note', id },
    set: { stage: 'posted', initiative: ROWS.full, ...set },
  })
  await staff.write([
    note('gallery-note-1', { text: '発券機の見積りを3社からとりました。' }),
    note('gallery-note-2', {
      ...{ text: '入口に発券機を置き、案内を始めました。', progressFrom: 'planned', progressTo: 'doing' },
    }),
  ])
  await hq.write([
    {
      ...{ op: 'edit', type: 'initiative', id: ROWS.returned, rev: 2, stage: 'submitted' },
      set: { stage: 'returned', returnReason: '目標の数値と、いつまでに行うかを書き足してください。' },
      from: { stage: 'submitted' },
    },
    feedback('gallery-request', ROWS.full, {
      ...{ kind: 'request', text: '待ち時間の数字を、月ごとに書いてください。' },
      dueDate: localDate(Date.now() - 2 * DAY_MS),
    }),
    feedback('gallery-praise', ROWS.full, {
      ...{ kind: 'praise', text: 'ほかの事務所でもすぐに使える工夫です。' },
    }),
    feedback('gallery-advice', 'gallery-done', {
      ...{ kind: 'advice', text: '掲示の期限を紙の隅に書いておくと、はがし忘れがなくなります。' },
      dueDate: localDate(Date.now() + 5 * DAY_MS),
    }),
  ])
  await hq.write(reviewYear(fiscalYear))
  await concludeLastYear({ staff, lead, hq }, row, fiscalYear - 1)
  await makeConflict(staff, lead)
  await holdAnOutbox(hq, fiscalYear)
}

const feedback = (id: string, initiative: string, set: Readonly<Record<string, Json>>): Write => ({
  ...{ op: 'create', type: 'feedback', id },
  set: { stage: 'open', initiative, ...set },
})

const localDate = (ms: number): string => new Date(ms + 9 * 60 * 60 * 1000).toISOString().slice(0, 10)

/** A cycle that is open, and a meeting with a note and an action. */
function reviewYear(fiscalYear: number): Write[] {
  const create = (type: string, id: string, set: Readonly<Record<string, Json>>): Write => ({
    ...{ op: 'create', type, id, set },
  })
  const opens = localDate(Date.now() - 20 * DAY_MS)
  const dueDate = localDate(Date.now() + 5 * DAY_MS)
  return [
    create('cycle', CYCLE, {
      ...{ stage: 'open', fiscalYear, kind: 'interim', opens, dueDate },
      note: '数字で書けるところは数字で書いてください。',
    }),
    create('meeting', MEETING, {
      ...{ stage: 'planned', kind: 'briefing', title: '中間報告会', date: dueDate, place: '大会議室' },
      agenda: [
        { initiative: ROWS.full, minutes: 10, order: 1 },
        { initiative: 'gallery-done', minutes: 5, order: 2 },
      ],
    }),
    create('minute', 'gallery-minute', {
      ...{ stage: 'posted', meeting: MEETING, initiative: ROWS.full },
      text: '他の事務所でも使えるか、総務部で確かめる。',
    }),
    create('action', 'gallery-action', {
      ...{ stage: 'open', meeting: MEETING, initiative: ROWS.full, owner: 'labor-kameido' },
      ...{ text: '様式を各所に配る', dueDate },
    }),
  ]
}

/** A row of last year that can go on into this one. */
async function concludeLastYear(
  { staff, lead, hq }: Readonly<Record<'staff' | 'lead' | 'hq', RawTablet>>,
  row: (id: string, title: string, more: Readonly<Record<string, Json>>) => Write,
  fiscalYear: number,
): Promise<void> {
  const id = 'gallery-concluded'
  const check = checkIdOf(CONCLUDED, id)
  const move = (type: string, of: string, rev: number, stages: readonly [string, string]): Write => ({
    ...{ op: 'edit', type, id: of, rev, stage: stages[0] },
    ...{ set: { stage: stages[1] }, from: { stage: stages[0] } },
  })
  const days = { opens: localDate(Date.now() - 90 * DAY_MS), dueDate: localDate(Date.now() - 60 * DAY_MS) }
  await staff.write([row(id, '朝の電話当番を2人にする', { progress: 'done', fiscalYear })])
  await lead.write([move('initiative', id, 1, ['draft', 'submitted'])])
  await hq.write([
    {
      ...{ op: 'create', type: 'cycle', id: CONCLUDED },
      set: { stage: 'open', fiscalYear, kind: 'result', ...days },
    },
  ])
  await lead.write([
    {
      ...{ op: 'create', type: 'check', id: check },
      set: {
        ...{ stage: 'draft', initiative: id, cycle: CONCLUDED, kind: 'result', achievement: 'achieved' },
        ...{ result: '取りこぼしが月に2件になった。', learnt: '当番の前日に声をかけると忘れない。' },
      },
    },
    move('check', check, 1, ['draft', 'concluded']),
    move('initiative', id, 2, ['submitted', 'concluded']),
  ])
  await hq.write([move('cycle', CONCLUDED, 1, ['open', 'closed'])])
}

/** Both change the same sentence of the same revision. */
async function makeConflict(staff: RawTablet, lead: RawTablet): Promise<void> {
  const before = '取り次ぎは平均3回です。相手を待たせています。担当表は紙です。'
  const edit = (background: string): Write => ({
    ...{ op: 'edit', type: 'initiative', id: ROWS.conflicted, rev: 1, stage: 'draft' },
    ...{ set: { background }, from: { background: before } },
  })
  await staff.write([edit('取り次ぎは平均3.2回です。相手を待たせています。担当表は紙です。')])
  await lead.write([
    edit('取り次ぎは多いと5回になります。相手を待たせています。担当表を共有フォルダーに置きます。'),
  ])
}

/** Two saves of a tablet that was stopped, as a file brought them [S27]. */
async function holdAnOutbox(hq: RawTablet, fiscalYear: number): Promise<void> {
  const clientId = asClientId('gallery-outbox')
  const at = new Date().toISOString()
  const mutations = ['鍵の置き場所を1か所にまとめる', '朝礼の連絡を1枚の紙にまとめる'].map(
    (title, index) => ({
      ...{ mid: index + 1, v: 2, op: 'create' as const, type: 'initiative', stage: null, base: { rev: 0 } },
      ...{ id: `gallery-held-${index}`, blobs: [], at },
      set: Object.fromEntries(
        Object.entries({
          ...{ stage: 'draft', title, leadUnit: 'labor-osaki', unitLabel: '大崎事務所', fiscalYear },
        }).map(([field, to]) => [field, { from: null, to }]),
      ),
    }),
  )
  const whose = { uid: asUid('demo-labor-osaki'), deviceId: asDeviceId('gallery-tablet') }
  await hq.post('/api/quarantine/import', { ...whose, clientId, mutations })
}
