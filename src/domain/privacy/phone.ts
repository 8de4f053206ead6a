/** Phone and fax numbers of Japan: area codes of the 電気通信番号計画, mobile, IP, free dial, +81, 内線. */
import { COUNTED, type DigitRun, type DigitWindow, digitRuns, windowsOf } from './digits.ts'
import type { Finding } from './finding.ts'

const TWO_DIGIT = /^0[346]/
const THREE_DIGIT = /^0(?:1[15789]|2[2-9]|4[2-9]|5[234589]|7[235-9]|8[2346-9]|9[235-9])/
/** Four and five digits (Hokkaido, the islands …) are nearly all given out behind these. */
const LONG = /^0(?:1[2-9]|2[2-9]|4[2-9]|5[3-9]|7[2-9]|8[2-9]|9[2-9])\d/
const MOBILE = /^0[5-9]0/
const FREE = /^0(?:120|570|990|180|170)/
const FREE_11 = /^0800/

function isAreaCode(code: string): boolean {
  if (code.length === 2) return TWO_DIGIT.test(code)
  if (code.length === 3) return THREE_DIGIT.test(code)
  return (code.length === 4 || code.length === 5) && LONG.test(code)
}

function startsWithAreaCode(digits: string): boolean {
  return TWO_DIGIT.test(digits) || THREE_DIGIT.test(digits) || LONG.test(digits)
}

/** True when the ten or eleven digits, grouped as written, are a number one can call. */
function isPhone({ digits, groups }: DigitWindow): boolean {
  const [first = 0] = groups
  const oneByOne = groups.length === digits.length
  if (digits.length === 11) {
    if (FREE_11.test(digits) && first === 4) return true
    return MOBILE.test(digits) && (oneByOne || (groups.length <= 4 && [3, 7, 11].includes(first)))
  }
  if (FREE.test(digits) && (first === 4 || groups.length === 1)) return groups.length <= 4
  if (oneByOne || groups.length === 1) return startsWithAreaCode(digits)
  if (groups.length > 3) return false
  if (first === 6) return startsWithAreaCode(digits)
  return isAreaCode(digits.slice(0, first)) && (groups.length === 2 || groups[2] === 4)
}

/** What is numbered here is no line: 管理番号 0312345678. */
const OTHER_NUMBER =
  /(?:(?:管理|整理|受付|受領|登録|製造|契約|伝票|職員|社員|会員|品|文書|起案|お客様|利用者|申請|台帳|備品|資産|図書|問合せ|追跡)番号|コード|ID|型番|型式|シリアル|S\/N)[ :はが=(]{0,3}$/

/** Part of a longer code (A-03-…, …-1111-2) and no number of its own. */
function isPartOfCode(text: string, { start, end, groups }: DigitWindow): boolean {
  const isSpelled = groups.every((length) => length === 1)
  if (
    isSpelled &&
    (/^ \d/.test(text.slice(end, end + 2)) || /\d $/.test(text.slice(Math.max(0, start - 2), start)))
  )
    return true
  if (/^-\d/.test(text.slice(end, end + 2))) return true
  const before = text.slice(Math.max(0, start - 12), start)
  if (OTHER_NUMBER.test(before)) return true
  if (/\d-$/.test(before)) return true
  const letters = /([A-Za-z]+)-$/.exec(before)
  return letters !== null && !/^(?:tel|fax|phone|mobile|ph|t|f)$/i.test(letters[1] ?? '')
}

const SEPARATORS = ' \n-.,、:;*=|→()[]〔〕【】・/_~〜の'
const OPENING = /[([〔【]/
const CLOSING = /[)\]〕】]/
/** 内線 right behind the number belongs to it. */
const EXTENSION = /^[ 、,(]{0,3}(?:内線|内)(?:番号)?[ :.-]{0,2}\d{2,6}(?:-\d{2,5})?\)?/

function placeOf(text: string, window: DigitWindow): Finding {
  const opened =
    OPENING.test(text.charAt(window.start - 1)) && CLOSING.test(text.slice(window.start, window.end))
  const start = opened ? window.start - 1 : window.start
  return { kind: 'phone', certainty: 'certain', start, end: window.end + extensionLength(text, window.end) }
}

function extensionLength(text: string, end: number): number {
  return EXTENSION.exec(text.slice(end, end + 24))?.[0].length ?? 0
}

function domesticIn(text: string, run: DigitRun): Finding[] {
  return windowsOf(run, { lengths: [10, 11], maxGroups: 4, oneByOne: true })
    .filter((window) => window.digits.startsWith('0') && isPhone(window) && !isPartOfCode(text, window))
    .map((window) => placeOf(text, window))
}

const INTERNATIONAL =
  /(?:(?:\+ ?|(?<!\d)(?:010-?|00))81[ -]{0,2}|(?<![\d-])81-)(?:\(0\)|0)?[ -]{0,2}\(?(\d(?:[ -]?\)?[ -]?\d){8,9})(?!\d)/g

function findInternational(text: string): Finding[] {
  return [...text.matchAll(INTERNATIONAL)]
    .filter((match) => {
      const digits = `0${(match[1] ?? '').replaceAll(/\D/g, '')}`
      return digits.length === 11 ? MOBILE.test(digits) : startsWithAreaCode(digits)
    })
    .map((match) => ({
      kind: 'phone',
      certainty: 'certain',
      start: match.index,
      end: match.index + match[0].length,
    }))
}

/** A number without area code, or an extension: only where the words before it say that it is called. */
const LABELLED =
  /(?:(?:TEL|Tel|tel|FAX|Fax|fax|電話|ファックス|ファクス|ファクシミリ|携帯|直通|☎|📞)(?:番号)?(?:\([^()\d\n]{1,4}\))?[ :.は、]{0,3}(?:0\d{1,4} ?の ?)?(\(?\d{2,4}\)?(?: ?- ?| )\d{4})(?![\d-])|内線(?:番号)?[ :.はが、(-]{0,3}(\d{3,6}|\d{2,3}-\d{2,5})(?![\d-]))/g

function findLabelled(text: string): Finding[] {
  return [...text.matchAll(LABELLED)].flatMap((match): Finding[] => {
    const number = match[1] ?? match[2] ?? ''
    const end = match.index + match[0].length
    if (COUNTED.test(text.slice(end, end + 5))) return []
    return [{ kind: 'phone', certainty: 'likely', start: end - number.length, end }]
  })
}

/** Phone numbers in a folded text. */
export function findPhones(text: string): Finding[] {
  const domestic = digitRuns(text, SEPARATORS).flatMap((run) => domesticIn(text, run))
  return [...domestic, ...findInternational(text), ...findLabelled(text)]
}
