/**
 * An invented bureau of any size, the same for every run: 取組 of about 6.7 kB of JSON with four long texts. The words are ours; how
 * they are strung together was tuned until brotli needs about as many bytes a character as for real Japanese prose (0.7).
 */

/** Numbers from a seed, 0 ≤ x < 1 (mulberry32). */
export function numbersFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const LETTERS = [
  ...'窓口案内掲示受付相談申請審査交付通知台帳保管整理点検清掃修繕設備機器車両倉庫備品消耗購入契約検収支払予算執行会計監査研修講師資料配布録画共有会議日程調整議事要約連絡訪問巡回現場測量図面記録写真報告集計分析改善提案試行評価見直廃止統合簡素標準手順様式電子押印回覧決裁保存検索公開広報催事募集応募選考育成引継交代当番休暇残業削減安全衛生防災避難訓練備蓄緑化省力節電再生利用搬送回収',
]
const PARTICLES = [
  'を',
  'に',
  'の',
  'が',
  'は',
  'で',
  'と',
  'から',
  'まで',
  'により',
  'について',
  'のため',
  'ごとに',
  'として',
]
const ENDINGS = [
  '始めた',
  '見直す',
  'まとめた',
  '減らす',
  '試している',
  '続ける',
  '確かめた',
  '伝える',
  '整えた',
  '予定である',
  '課題である',
  '求められる',
]
const STOPS = ['。', '。', '。', '。また、', '。ただし、', '。そのため、']
const WORD_COUNT = 5000

const WORDS = (() => {
  const next = numbersFrom(11)
  const letter = () => LETTERS[Math.floor(next() * LETTERS.length)]
  return Array.from({ length: WORD_COUNT }, () => letter() + letter() + (next() < 0.2 ? letter() : ''))
})()

/** Small places more often than great ones, as words are. */
const place = (next, count, power) => Math.min(count - 1, Math.floor(count * next() ** power))
const one = (next, list, power = 1) => list[place(next, list.length, power)]

function prose(next, length) {
  let text = ''
  while (text.length < length) {
    const phrases = 3 + Math.floor(next() * 4)
    for (let phrase = 0; phrase < phrases; phrase += 1) text += one(next, WORDS, 6) + one(next, PARTICLES, 2)
    if (next() < 0.1) text += `${1 + Math.floor(next() * 400)}件`
    text += one(next, ENDINGS, 1.3) + one(next, STOPS)
  }
  return text.slice(0, length)
}

const PROGRESSES = ['done', 'doing', 'partial', 'planned', 'considering', 'later']
const THEMES = [
  '会議の見直し',
  '電子化',
  '窓口改善',
  '安全',
  '研修',
  '省エネルギー',
  '広報',
  '休暇の取得',
  '',
]

/** Id of a row that the server has from the beginning. */
export const rowId = (index) => `bench0.${String(index).padStart(6, '0')}`

/** Values of row `index`; texts differ with `salt`. */
export function initiativeFields(index, { units, salt = 0 }) {
  const next = numbersFrom(index * 7919 + salt * 104729 + 3)
  const long = () => prose(next, 200 + Math.floor(next() * 601))
  return {
    title: prose(next, 14 + Math.floor(next() * 26)).replace(/。.*$/s, ''),
    leadUnit: units[index % units.length],
    unitLabel: units[index % units.length],
    fiscalYear: 2022 + Math.floor(next() * 5),
    progress: one(next, PROGRESSES),
    theme: one(next, THEMES),
    background: long(),
    detail: long(),
    plan: long(),
    result: long(),
    goal: prose(next, 40),
    goalIndicator: '件数',
    goalUnit: '件',
    goalBaseline: Math.floor(next() * 500),
    goalTarget: Math.floor(next() * 900),
    importKey: `bench.${salt}.${index}`,
  }
}

/** What a person changes in row `index`: one long text and the progress. */
export function initiativeEdit(index, salt) {
  const next = numbersFrom(index * 31 + salt * 101 + 5)
  return { result: prose(next, 200 + Math.floor(next() * 601)), progress: one(next, PROGRESSES) }
}

/** Search terms from frequent to absent. */
export const TERMS = [
  WORDS[3],
  WORDS[40],
  WORDS[400],
  WORDS[2000],
  WORDS[4500],
  'を始めた。また',
  'ごとに',
  '該当なし語',
  '40件',
]

/** Digest of rows that does not depend on their order: what all replicas must agree on. */
export function digestOf(rows) {
  let [sum, xor, count] = [0, 0, 0]
  for (const { id, rev, fields } of rows) {
    let hash = 2166136261
    for (const char of `${id}|${rev}|${fields.title}|${fields.progress}|${fields.result}`)
      hash = Math.imul(hash ^ char.codePointAt(0), 16777619) >>> 0
    sum = (sum + hash) >>> 0
    xor = (xor ^ hash) >>> 0
    count += 1
  }
  return `${count}:${sum.toString(16)}:${xor.toString(16)}`
}
