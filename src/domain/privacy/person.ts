/** People's names: a known name before 様, さん, 氏 or a post, behind 氏名 or 担当, or as family and given name together. */
import type { Finding } from './finding.ts'
import { FOREIGN_NAMES, GIVEN_NAMES, RARELY_A_NAME, SURNAMES, SURNAME_READINGS } from './names.ts'

const HONORIFICS =
  '両名|両氏|(?<!王)様(?![式々子相態変])|さま(?!ざま)|さん(?![かがぽご]い)|氏(?![名族神子])|殿(?![堂様])|先生|君(?![主臨])|くん|ちゃん'
/** 様 and さん typed in katakana: only behind a known name, ヤマモトｻﾝ. */
const KATAKANA_HONORIFICS = '(?:サン|サマ)(?![ァ-ヴー])'
/** Posts of people; a place or a unit has none of these, so a name that is a place as well counts before them. */
const PERSONAL_POSTS =
  '社長|専務|常務|代表取締役|取締役|弁護士|税理士|社労士|社会保険労務士|行政書士|司書|医師|歯科医師|獣医師|獣医|薬剤師|看護師|保健師|助産師|栄養士|保育士|教諭|教頭|教授|准教授|主任|主査|主事|主幹|技師|技監|副主任|研究員|監視員|監督官|相談員|指導員|普及員|専門員|調査員|検査員|査察官|調査官|審査官|管理官|指導官|専門官|担当官|捜査員|巡査|運転手|調理師|棟梁|女史|夫妻|ドクター|シェフ|コーチ|記者|リーダー|マネージャー'
const POSTS =
  '統括課長代理|課長代理|課長補佐|係長|課長|副部長|部長|次長|局長|副所長|支所長|所長|支店長|室長|補佐|代理|参与|顧問|監査役|知事|館長|場長|校長|院長|園長|センター長|参事|店長|工場長|会長|理事長|理事|委員長|委員|診断士|班長|副校長|組合長|職員|係員|部長代理|支配人|議員|講師|会計年度任用職員'
const DEPUTY = '(?:代理|補佐|代行|心得|待遇)?'
const HONOURED = new RegExp(
  `(${HONORIFICS})|(${KATAKANA_HONORIFICS}|(?:${PERSONAL_POSTS})(?![一-龠々]))|(?:${POSTS})${DEPUTY}(?![一-龠々])`,
  'g',
)

/** Words a name may follow without a space: 担当鈴木様, 相談者の… */
const INTRODUCTION =
  /(?:担当|担当者|氏名|名前|申請者|相談者|来所者|来庁者|利用者|代表|代表者|講師|職員|主任|主事|係長|課長|部長|所長|室長|故|同|元|現|前|窓口|訓練生|受講生|応募者|事業主|農家|本人|相手方|記入者|作成者|連絡先|責任者|提案者|発案者|名義|係|兼|[者員主客人生士師]|[0-9]号)$/
const WORD = /[一-龠々ヶァ-ヴーA-Za-z]/
const KANJI = /[一-龠々]/
/** Given names are not made of what offices, shops and posts are called by. */
const NO_GIVEN =
  /[店社会所課部局省庁区市町村都県道府院校館業組者員長室係場園庫港橋線駅寺署班団体様氏殿君的用品産他等各同当該内外約第以及又方向別性化法制度令条例年月日時分件名数]/

/** What people write behind a name after a space, and is no name. */
const NO_NAME =
  /^(?:電話|携帯|内線|直通|外線|連絡|担当|宛|行|記|他|以下|完了|確認|対応|訪問|出張|休暇|欠席|出席|参加|予定|済|作成|承認|決裁|本人|代理|兼務|両|先生|夫妻|親子|宅|家|姓)$/

const POST = new RegExp(`^(?:${PERSONAL_POSTS}|${POSTS})$`)

const SURNAME_MAX = 4
const GIVEN_MAX = 3

/** The surname that begins at `start` and fits `accept`, with how long it is; the longest. */
function surnameLength(text: string, start: number): number {
  for (let length = SURNAME_MAX; length > 0; length -= 1) {
    if (SURNAMES.has(text.slice(start, start + length))) return length
  }
  return 0
}

const startsWord = (text: string, start: number): boolean =>
  start === 0 ||
  !WORD.test(text.charAt(start - 1)) ||
  INTRODUCTION.test(text.slice(Math.max(0, start - 6), start))

/** True when `rest` (what stands between surname and 様) can be a given name. */
function isGivenName(rest: string): boolean {
  const spaced = /^[ ・]/.test(rest)
  const name = rest.trim().replace(/^・/, '')
  if (GIVEN_NAMES.has(name)) return true
  if (/^[一-龠々]{1,3}$/.test(name)) return ![NO_GIVEN, NO_NAME, POST].some((words) => words.test(name))
  return spaced && /^(?:[ぁ-ん]{2,4}|[ァ-ヴー]{2,6})$/.test(name)
}

/** 東 with an unknown word behind it is 東京, not Ms Higashi. */
const isWordToo = (surname: string): boolean => surname.length === 1 && RARELY_A_NAME.has(surname)

interface Before {
  readonly text: string
  /** Where the 様 or the post begins, less the spaces before it. */
  readonly end: number
  /** Before a post only known names count; before 様 what looks like one does. */
  readonly isPost: boolean
  /** The post is one that offices have too: 大島所長 is the head of Oshima. */
  readonly isOffice: boolean
}

/** Begin of a name in kanji that ends at `end`; undefined when there is none. */
function kanjiNameStart({ text, end, isPost, isOffice }: Before): number | undefined {
  for (let start = Math.max(0, end - SURNAME_MAX - GIVEN_MAX - 2); start < end; start += 1) {
    const length = surnameLength(text, start)
    if (length === 0 || start + length > end || !startsWord(text, start)) continue
    const surname = text.slice(start, start + length)
    const rest = text.slice(start + length, end)
    if (rest === '' && !(isOffice && RARELY_A_NAME.has(surname))) return start
    const isStrict = isPost || isWordToo(surname)
    if (rest !== '' && (isStrict ? GIVEN_NAMES.has(rest.trim()) : isGivenName(rest))) return start
  }
  return undefined
}

/** A name in kanji whose family name is rare, but whose given name is known. */
function rareNameStart({ text, end, isPost }: Before): number | undefined {
  const [name = '', surname = '', given = ''] =
    /([一-龠々ヶ]{1,3}) ?([一-龠々]{1,3})$/.exec(text.slice(Math.max(0, end - 7), end)) ?? []
  const start = end - name.length
  if (isPost || name === '' || NO_GIVEN.test(surname) || !startsWord(text, start)) return undefined
  return longestGivenAtEnd(surname + given) > 0 ? start : undefined
}

/** What family names end in, and common words that end so too and are nobody's name. */
const SURNAME_END =
  /[田村山川井沢澤原島嶋崎﨑藤森橋谷岡尾塚瀬浦池畑坂岩松杉梅宮津関辺邉邊野本木沼倉垣永柳嶺峰峯葉吉股渕淵枝斎磯]$/
const NO_SURNAME =
  /水田|油田|棚田|農村|漁村|登山|鉱山|火山|河川|天井|草原|高原|半島|[離諸全本]島|三宅島|八丈島|[利新父母]島|神津島|御蔵島|青ヶ島|青梅|[陸架]橋|峡谷|[電溜]池|田畑|登坂|溶岩|[近周身水]辺|[機玄税相]関|津々浦々|[分視平原在荒]野|[日見手資基根絵台標製謄抄脚配]本|[樹土材植大苗庭原流草低高中]木|湖沼|生垣|[言紅枝落]葉|[一二三四五六七八九十数何]本/

/** A family name that no list has, by how it ends: 大工原さん. */
function unlistedNameStart({ text, end, isPost }: Before): number | undefined {
  const name = /[一-龠々ヶ]{2,3}$/.exec(text.slice(Math.max(0, end - 3), end))?.[0] ?? ''
  const start = end - name.length
  if (isPost || name.startsWith('号') || !SURNAME_END.test(name) || NO_SURNAME.test(name)) return undefined
  return startsWord(text, start) ? start : undefined
}

/** Length of the known given name of two or three characters that ends `name` and leaves a family name before it. */
function longestGivenAtEnd(name: string): number {
  return [3, 2].find((length) => name.length > length && GIVEN_NAMES.has(name.slice(-length))) ?? 0
}

/** Begin of a name in Latin letters (Taro Yamada) that ends at `end`; a single word may be any brand. */
function latinNameStart({ text, end }: Before): number | undefined {
  const name = /(?<![A-Za-z])[A-Z][A-Za-z'-]{1,15}\.? [A-Z][A-Za-z'-]{1,15}$/.exec(
    text.slice(Math.max(0, end - 34), end),
  )
  return name === null ? undefined : end - name[0].length
}

/** Katakana before さん that names nobody in particular. */
const KATAKANA_WORD =
  /(?:ー|スタッフ|ボランティア|アルバイト|パート|ゲスト|テナント|クライアント|タント|シスタント|グループ|チーム|クラブ|サークル|ユーザ|ベンダ|メーカ|オペレータ|ドライバ|ビル|ホテル|デパート|スーパー|コンビニ|マスコミ|メディア|ショップ|ストア|マンション|マン|ウーマン|スト|シニア|ベテラン|ママ|パパ|ビジネス|ネット|サイト|ハローワーク|シルバー|エンジニア|デザイナ|プログラマ|インストラクタ|モニタ|カメラ|システム|ロボット|ミシン|ペット|キャラ|アイドル|タレント|ファン|シェフ|オーナ|ホスト|カフェ|レストラン|サロン|ジム|スクール|ハウス|オフィス|クリニック|サービス|カード|コース|イベント|タクシ|トラック|ホーム|ルーム|カンパニー|コミュニティ|ファミリ|トップ|リピータ|テレワーク|ネパール|ベトナム|インド|ブラジル|アメリカ|フランス|ドイツ|イタリア|タイ|モンゴル|フィリピン)$/

/** Begin of a name in katakana or hiragana that ends at `end`. */
function kanaNameStart({ text, end, isPost }: Before): number | undefined {
  const before = text.slice(Math.max(0, end - 24), end)
  const katakana = /(?:[ァ-ヴー]{1,9}[ ・=]){0,3}[ァ-ヴー]{2,9}$/.exec(before)?.[0] ?? ''
  if (katakana !== '') {
    const start = end - katakana.length
    const parts = katakana.split(/[ ・=]/)
    const known = parts.some((part) => SURNAME_READINGS.has(part) || FOREIGN_NAMES.has(part))
    const isName = known || (!isPost && parts.every((part) => !KATAKANA_WORD.test(part)))
    return isName && startsWord(text, start) ? start : undefined
  }
  const hiragana = /[ぁ-ん]{2,6}(?: [ぁ-ん]{2,4})?$/.exec(before)?.[0] ?? ''
  const isReading = SURNAME_READINGS.has(toKatakana(hiragana.split(' ')[0] ?? ''))
  return hiragana !== '' && isReading ? end - hiragana.length : undefined
}

const toKatakana = (text: string): string =>
  text.replaceAll(/[ぁ-ん]/g, (char) => String.fromCodePoint((char.codePointAt(0) ?? 0) + 0x60))

function findHonoured(text: string): Finding[] {
  return [...text.matchAll(HONOURED)].flatMap((match): Finding[] => {
    let end = match.index
    while (end > match.index - 2 && text.charAt(end - 1) === ' ') end -= 1
    const [, honorific, personal] = match
    const isPost = honorific === undefined
    const before: Before = { text, end, isPost, isOffice: isPost && personal === undefined }
    const start =
      kanjiNameStart(before) ??
      rareNameStart(before) ??
      kanaNameStart(before) ??
      latinNameStart(before) ??
      unlistedNameStart(before)
    return start === undefined ? [] : [{ kind: 'person', certainty: 'likely', start, end }]
  })
}

const LABEL = new RegExp(
  '(?:氏名|名前|担当者?名?|代表者?|講師|窓口|連絡先|名義人?|受講生|訓練生|受付|フリガナ|ふりがな|カナ|[一-龠](?:者|人|主|責|役|員)名?|' +
    `${PERSONAL_POSTS}|${POSTS})(?:の|は|が| ?[:(、] ?| )[「 ]?`,
  'g',
)
/** Any word with a colon behind it may be a label, but for those of places and dates. */
const COLON_LABEL =
  /[一-龠々ぁ-んァ-ヴー](?<![所場先駅地区町村市県国局部科院校園館線路道橋川店日時象内考])[:] ?/g
/** 由美子, or after a space さやか. */
const GIVEN_BEHIND =
  /^ ?[一-龠々]{1,3}(?![一-龠々])|^ (?!まで|より|から|です|など|ほか|あて|さん|さま|ほか)[ぁ-ん]{2,4}(?![ぁ-ん一-龠々])/
/** What may follow a surname that stands alone behind a label. */
const NAME_END =
  /^(?:$|[\n 、。,.()」/・→]|が|は|まで|です|より|へ|に(?![一-龠])|と(?![一-龠])|を|も|の(?=電話|連絡先|携帯))/

function findLabelled(text: string): Finding[] {
  return [...text.matchAll(LABEL), ...text.matchAll(COLON_LABEL)].flatMap((match): Finding[] => {
    const start = match.index + match[0].length
    const length = surnameLength(text, start)
    const named = (end: number): Finding[] => [{ kind: 'person', certainty: 'likely', start, end }]
    if (length === 0) {
      const isNameLabel = /名義|氏名|名前|ナ/.test(match[0])
      const kana = isNameLabel
        ? /^(?!カタカナ|ローマ|フリガナ|ヒラガナ|アルファ)(?:[ァ-ヴー]{2,8} ?[ァ-ヴー]{2,8}(?![ァ-ヴー一-龠])|[A-Z][A-Za-z]+ [A-Z][A-Za-z]+)/.exec(
            text.slice(start, start + 32),
          )
        : null
      return kana === null ? [] : named(start + kana[0].length)
    }
    const given = GIVEN_BEHIND.exec(text.slice(start + length, start + length + 7))?.[0] ?? ''
    const surname = text.slice(start, start + length)
    const isGiven = isWordToo(surname) ? GIVEN_NAMES.has(given.trim()) : isGivenName(given)
    if (given !== '' && isGiven) return named(start + length + given.length)
    const standsAlone = NAME_END.test(text.slice(start + length, start + length + 4))
    return standsAlone && !RARELY_A_NAME.has(surname) ? named(start + length) : []
  })
}

/** Family and given name, both known, with nothing of a longer word around them. */
function findFullNames(text: string): Finding[] {
  const found: Finding[] = []
  for (let start = 0; start < text.length; start += 1) {
    if (!KANJI.test(text.charAt(start))) continue
    const length = surnameLength(text, start)
    if (length === 0 || !startsWord(text, start)) continue
    const gap = text.charAt(start + length) === ' ' ? 1 : 0
    for (let given = GIVEN_MAX; given > 0; given -= 1) {
      const end = start + length + gap + given
      const name = text.slice(start + length + gap, end)
      if (length + given < 3 || !GIVEN_NAMES.has(name) || KANJI.test(text.charAt(end))) continue
      found.push({ kind: 'person', certainty: 'likely', start, end })
      break
    }
  }
  return found
}

/** 和田です, 和田と申します at the beginning of what somebody says. */
const SAID = /(?:^|[。「\n、] ?)([一-龠々ヶ]{1,4})(?=です|と申し|でござい|と名乗)/g
/** 阿部・横山が: two family names side by side. */
const PAIR =
  /(?<![一-龠々ヶァ-ヴー・])([一-龠々ヶ]{2,4})・([一-龠々ヶ]{2,4})(?=が|は|で|と|の(?:両|二)|両|[ \n、。)]|$)/g

function findSpoken(text: string): Finding[] {
  const isSurname = (name = ''): boolean => SURNAMES.has(name) && !RARELY_A_NAME.has(name)
  const found = (name: string, end: number): Finding => ({
    kind: 'person',
    certainty: 'likely',
    start: end - name.length,
    end,
  })
  const said = [...text.matchAll(SAID)].flatMap((match): Finding[] => {
    const [whole, name = ''] = match
    return isSurname(name) ? [found(name, match.index + whole.length)] : []
  })
  const pairs = [...text.matchAll(PAIR)].flatMap((match): Finding[] => {
    const [whole, first = '', second = ''] = match
    const end = match.index + whole.length
    return isSurname(first) && isSurname(second)
      ? [found(first, match.index + first.length), found(second, end)]
      : []
  })
  return [...said, ...pairs]
}

/** People's names in a folded text, without 様 and posts. */
export function findPeople(text: string): Finding[] {
  const found = [...findHonoured(text), ...findLabelled(text), ...findFullNames(text), ...findSpoken(text)]
  return found.map((name) => ({ ...name, end: name.end + readingLength(text, name.end) }))
}

/** 山田太郎(やまだたろう): the reading says the name once more. */
const READING = /^ ?\((?:[ぁ-んー]{2,8}[ ・]?[ぁ-んー]{2,8}|[ァ-ヴー]{2,8}[ ・]?[ァ-ヴー]{2,8})\)/
const readingLength = (text: string, end: number): number =>
  READING.exec(text.slice(end, end + 24))?.[0].length ?? 0
