/** Postal addresses with a house number, and postal codes. A place without a house number is nobody's address. */
import { COUNTED } from './digits.ts'
import type { Finding } from './finding.ts'

const N = '(?:[0-9]{1,5}|[〇零一二三四五六七八九十百]{1,5})'
const JOIN = ' ?[-のノ之] ?'
/** 二丁目8番1号, 2丁目8-1, 2丁目8番地 */
/** 北3条西6丁目, 北8条西5丁目1-2 */
const GRID = `[北南] ?${N} ?条 ?[東西] ?${N} ?丁目(?: ?${N}(?: ?番地? ?(?:${N})?|${JOIN}${N})?)?`
const BLOCK = `${GRID}|${N} ?丁目\\n ?${N} ?番地? ?${N}(?: ?号)?|${N} ?丁目 ?の? ?${N}(?: ?番地? ?(?:[のノ-]? ?${N}(?: ?号)?)?(?: ?[-のノ] ?${N})?|(?:${JOIN}${N}){1,2}(?: ?号)?)?`
/** 123番地, 123番地の4, 大字…45番地 */
const LOT = `${N} ?番地(?: ?[-のノ]? ?${N}){0,2}(?: ?号)?`
/** 8番1号 */
const NUMBERED = `${N} ?番 ?${N}(?: ?号)?`
/** 2-8-1, 2の8の1, 467-1 */
const HYPHENED = `${N}(?:${JOIN}${N}){1,3}(?: ?号室?)?`
/** 350, as 地番 are written without 番地 */
const SINGLE = '(?<![0-9-])[0-9]{1,5}(?![0-9,.])'
const TAIL = new RegExp(
  `(?<block>${BLOCK})|(?<lot>${LOT})|(?<numbered>${NUMBERED})|(?<hyphened>${HYPHENED})|(?<single>${SINGLE})`,
  'g',
)

const PREFECTURE =
  '北海道|東京都|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県'
const WARD =
  '千代田区|中央区|港区|新宿区|文京区|台東区|墨田区|江東区|品川区|目黒区|大田区|世田谷区|渋谷区|中野区|杉並区|豊島区|北区|荒川区|板橋区|練馬区|足立区|葛飾区|江戸川区'
const KANA_CITY =
  'さいたま市|つくばみらい市|つくば市|いわき市|ひたちなか市|あきる野市|ふじみ野市|いすみ市|うきは市|みどり市|みやま市|むつ市|にかほ市|つがる市|さくら市|かほく市|あわら市|いなべ市|たつの市|えびの市|うるま市|南あわじ市|南アルプス市'
const ISLAND_TOWN =
  '瑞穂町|日の出町|檜原村|奥多摩町|大島町|利島村|新島村|神津島村|三宅村|御蔵島村|八丈町|青ヶ島村|小笠原村'
const CITY = `${WARD}|${KANA_CITY}|${ISLAND_TOWN}|[一-龠々ヶケ]{1,5}?[市郡]`
const LOCALITY = new RegExp(`(?:(${PREFECTURE}) {0,2})?(${CITY})|(${PREFECTURE})`, 'g')
/** Words that end in 市 or 郡 and name no place. */
const NO_CITY = /(?:(?<!京)都|同|各|当|全|朝|見本|政令|指定|両|他|市|近隣|近郊)市$/
const LABEL =
  /(?:住所|所在地|所在|自宅|居所|転居先|引越先|送付先|送り先|宛先|お住まい|本籍|勤務先|実家)[はがを: 、,(]{0,3}$/
/** Between city and number stand names alone: these are words of a sentence, or of an office. */
const NO_TOWN =
  /^の|[はをにでへも]|から|まで|より|です|ます|した|して|する|など|役所|役場|庁舎|会議室|条例|規則|様式|議案|第|内の|平成|令和|昭和|西暦|時点|計画|事業|予算|版|号館|窓口|国道|都道|線/
const UNUSUAL_TOWN =
  /みなとみらい|にしき|はるひ野|ときわ|もみじ|はなみずき|ひばり|におの浜|[北南東西]?[0-9]{1,2}条[東西南北]?/g
/** A number behind these counts something or names an office. */
const NO_TOWN_BEFORE_SINGLE =
  /在住|在勤|在学|[市区都県]立|[市区都県]営|[市区]民|[市区]内|^内|全域|周辺|地区|支部|委託|人口|面積|平均|合計|[約計等会部課係局所館校園店社者員費額数量率線号型式年区市]$/
/** A town as it ends: what 1-2-3 follows without a city is a house number, not a figure or a form. */
const TOWN_ENDING = /[一-龠々ヶ]{1,5}[町台丘谷山川田島橋崎原沢塚戸井野宿木坂森寺浜岡津池袋窪江松砂]$/
const TOWN_CHARS = /[一-龠々ヶケノァ-ヴーぁ-んA-Za-z]/
const BUILDING =
  /^ {0,2}(?:(?![をがはにでともへやの])[一-龠々ァ-ヴーA-Za-z0-9・' ぁ-ん-](?:(?![をがはにでともへやの])[一-龠々ァ-ヴーA-Za-z0-9・' ぁ-ん-]){0,19}?(?:マンション|ハイツ|コーポ|アパート|荘|ビルディング|ビル|タワー|ハイム|メゾン|レジデンス|コート|ハウス|プラザ|団地|寮|号館|号棟|棟)(?:[一-龠ァ-ヴーA-Z]{0,8}) {0,2})?(?:[0-9]{1,5} ?(?:号室|号|階|F(?![A-Za-z]))){0,2}(?<=[^ ])/
const BUILDING_ROOM = /^-?[0-9]{1,4}(?![\d-])/

const LOOK_BACK = 36

/** Where the address begins whose house number begins at `tail`; undefined when there is none. */
function startOf(text: string, tail: number, form: Form): number | undefined {
  const from = Math.max(lineOf(text, tail, form), tail - LOOK_BACK)
  const before = text.slice(from, tail).replace('\n', ' ')
  const locality = localityIn(
    before,
    form,
    form === 'single' ? (/^\d*/.exec(text.slice(tail, tail + 5))?.[0] ?? '') : '',
  )
  if (locality !== undefined) return from + locality
  if (form === 'single') return undefined
  if (LABEL.test(before)) return form === 'numbered' ? undefined : tail
  const town = townLength(before)
  const isLabelled = LABEL.test(before.slice(0, before.length - town))
  const name = before.slice(before.length - town)
  const isTriple = form === 'hyphened' && TRIPLE.test(text.slice(tail, tail + 16)) && TOWN_ENDING.test(name)
  if (form === 'block' || isTriple || (town > 0 && isLabelled)) return tail - town
  const isVillage = /(?:大字|字)[一-龠々ヶぁ-ん]{1,10}$/.test(name)
  return isVillage && form !== 'hyphened' ? tail - town : undefined
}

/** Where the line of the address begins: a house number at the beginning of a line may go on from the line before. */
function lineOf(text: string, tail: number, form: Form): number {
  const line = text.lastIndexOf('\n', tail - 1) + 1
  const isWhole = form !== 'single' && (form !== 'hyphened' || TRIPLE.test(text.slice(tail, tail + 16)))
  return line > 0 && text.slice(line, tail).trim() === '' && isWhole
    ? text.lastIndexOf('\n', line - 2) + 1
    : line
}

/** What a house number is written as; the less it says by itself, the more must stand before it. */
type Form = 'block' | 'lot' | 'numbered' | 'hyphened' | 'single'
const FORMS: readonly Form[] = ['block', 'lot', 'numbered', 'hyphened', 'single']
const TRIPLE = /^[0-9]{1,2} ?- ?[0-9]{1,3} ?- ?[0-9]{1,3}(?![0-9])/

/** Without one of these there is no locality. */
const LOCALITY_SIGN = /[道都府県市区町村郡]/

/** 904, but no year. */
const LOT_NUMBER = /^(?!(?:19|20)\d\d$)\d{3,5}$/

/** `single` is the number where the form is that. */
function localityIn(before: string, form: Form, single: string): number | undefined {
  if (!LOCALITY_SIGN.test(before)) return undefined
  for (const match of before.matchAll(LOCALITY)) {
    const [whole, , city, prefectureAlone] = match
    if (city !== undefined && NO_CITY.test(city)) continue
    const town = before.slice(match.index + whole.length).replaceAll(UNUSUAL_TOWN, '町')
    if (NO_TOWN.test(town) || !/^[一-龠々ヶケノァ-ヴーぁ-ん ]{0,16}$/.test(town)) continue
    const isBare = town.trim() === ''
    const isVillageLot = isBare && /[町村]$/.test(city ?? '') && LOT_NUMBER.test(single)
    if (form === 'single' && !isVillageLot && !isTownOfLot(town, prefectureAlone)) continue
    if (single.length === 1 && !/[町通台丘]$/.test(town)) continue
    if (form === 'hyphened' && isBare && !/[町村]$/.test(city ?? '')) continue
    if (prefectureAlone !== undefined && (form === 'hyphened' || isBare)) continue
    return match.index
  }
  return undefined
}

/** True when a number right behind these words is a 地番. */
function isTownOfLot(town: string, prefectureAlone: string | undefined): boolean {
  return (
    prefectureAlone === undefined &&
    /^[一-龠々ヶケノァ-ヴー]{1,8}$|^[一-龠々]{1,3}[がのつ][一-龠々]{1,4}$/.test(town) &&
    town.length > 1 &&
    !NO_TOWN_BEFORE_SINGLE.test(town)
  )
}
const LOT_END = /^(?:$|[\n 、。)」(]|の(?=[一-龠々])|番|に|へ|から|まで|です|である|と)/

/** Characters of the town's name just before the number, 0 when it is no name. */
function townLength(before: string): number {
  let start = before.length
  while (start > 0 && before.length - start < 10 && TOWN_CHARS.test(before.charAt(start - 1))) start -= 1
  const words = before.slice(start)
  const name =
    /[一-龠々ヶケ][一-龠々ヶケノァ-ヴー]{0,9}$|[一-龠々]{1,3}[がのつヶ][一-龠々]{1,3}$/.exec(words)?.[0] ?? ''
  return NO_TOWN.test(name) ? 0 : name.length
}

/** 2025-2026 and the like are years, whatever stands before them. */
const YEARS = /^(?:19|20)\d\d ?- ?(?:(?:19|20)\d\d|\d{1,2}(?:$| ?- ?\d{1,2}$))/

/** A block and a house, or a block behind 住所: enough of an address without a town. */
function isWholeAlone(text: string, start: number, whole: string): boolean {
  const numbers = whole.match(/[0-9]+|[〇零一二三四五六七八九十百]+/g) ?? []
  return numbers.length > 2 || LABEL.test(text.slice(Math.max(0, start - LOOK_BACK), start))
}

function findHouses(text: string): Finding[] {
  return [...text.matchAll(TAIL)].flatMap((match): Finding[] => {
    const [whole] = match
    const form = FORMS.find((name) => match.groups?.[name] !== undefined) ?? 'single'
    const end = match.index + whole.length
    if (!/[0-9一二三四五六七八九十百]/.test(whole)) return []
    const isWhole = /番|号|-|の|ノ/.test(whole.slice(whole.indexOf('目') + 1)) || /条/.test(whole)
    const mayBeCount =
      form === 'hyphened' || form === 'single' || form === 'numbered' || (form === 'block' && !isWhole)
    if (mayBeCount && COUNTED.test(text.slice(end, end + 6))) return []
    if (form === 'single' && !LOT_END.test(text.slice(end, end + 4))) return []
    if (form === 'hyphened' && (YEARS.test(whole) || /^[0-9]/.test(text.slice(end, end + 1)))) return []
    const start = startOf(text, match.index, form)
    if (
      start === undefined ||
      (form === 'block' && start === match.index && !isWholeAlone(text, match.index, whole))
    )
      return []
    return [{ kind: 'address', certainty: 'likely', start, end: end + buildingLength(text, end) }]
  })
}

function buildingLength(text: string, end: number): number {
  const after = text.slice(end, end + 48)
  const room = BUILDING_ROOM.exec(after)
  if (room !== null && after.startsWith('-')) return room[0].length
  const building = BUILDING.exec(after)?.[0] ?? ''
  const number =
    building === '' ? null : /^ ?[0-9]{1,4}(?![\d年月日時人件名])/.exec(after.slice(building.length))
  return building.length + (number?.[0].length ?? 0)
}

const POSTAL_CODE = /(?:〒 ?|郵便番号[ :は]{0,3})(\d{3} ?-? ?\d{4})(?!\d)/g

function findPostalCodes(text: string): Finding[] {
  return [...text.matchAll(POSTAL_CODE)].map((match) => ({
    kind: 'address',
    certainty: 'likely',
    start:
      text.charAt(match.index) === '〒'
        ? match.index
        : match.index + match[0].length - (match[1] ?? '').length,
    end: match.index + match[0].length,
  }))
}

/** (136-0071) right before an address, without a word that says what it is. */
const BARE_CODE = /\(?(?<!\d|\d-)\d{3} ?- ?\d{4}\)?[ \n]{0,2}$/

function withBareCode(text: string, address: Finding): Finding {
  const code = BARE_CODE.exec(text.slice(Math.max(0, address.start - 16), address.start))
  return code === null ? address : { ...address, start: address.start - code[0].length }
}

/** Addresses in a folded text; a postal code and the address behind it are one. */
export function findAddresses(text: string): Finding[] {
  const houses = findHouses(text).map((house) => withBareCode(text, house))
  const found = [...findPostalCodes(text), ...houses].sort((a, b) => a.start - b.start)
  const joined: Finding[] = []
  for (const next of found) {
    const last = joined.at(-1)
    const gap = last === undefined ? '' : text.slice(last.end, next.start)
    if (last !== undefined && last.end <= next.start && /^[ \n]{0,3}$/.test(gap))
      joined[joined.length - 1] = { ...last, end: next.end }
    else joined.push(next)
  }
  return joined
}
