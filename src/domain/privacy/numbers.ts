/** マイナンバー, 法人番号 and card numbers: digits that carry their own proof. */
import { type DigitRun, type DigitWindow, digitRuns, windowsOf } from './digits.ts'
import type { Finding } from './finding.ts'

/** Sum of the digits, each weighed by its place counted from the end (0 = the last one). */
function weighed(digits: string, weigh: (digit: number, place: number) => number): number {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1)
    sum += weigh(digits.charCodeAt(index) - 48, digits.length - 1 - index)
  return sum
}

/** Check digit of an 個人番号 (番号利用法施行令・総務省令第85号 第5条). `digits` = 12 of them. */
export function isMyNumber(digits: string): boolean {
  if (!/^\d{12}$/.test(digits)) return false
  const rest =
    weighed(digits.slice(0, -1), (digit, place) => digit * (place < 6 ? place + 2 : place - 4)) % 11
  return Number(digits.at(-1)) === (rest <= 1 ? 0 : 11 - rest)
}

/** Check digit of a 法人番号 (法人番号の指定等に関する省令 第2条): the first of 13. */
export function isCorporateNumber(digits: string): boolean {
  if (!/^[1-9]\d{12}$/.test(digits)) return false
  const sum = weighed(digits.slice(1), (digit, place) => digit * (place % 2 === 0 ? 1 : 2))
  return Number(digits.charAt(0)) === 9 - (sum % 9)
}

/** Issuer's first digits and the lengths it gives out. */
const ISSUERS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { prefix: /^3(?:0[0-59]|[689])/, lengths: [14, 16] },
  { prefix: /^6(?:011|22|4[4-9]|5)/, lengths: [16, 19] },
  { prefix: /^62/, lengths: [16, 17, 18, 19] },
]
const CARD_LENGTHS = [13, 14, 15, 16, 17, 18, 19]

/** A card number: an issuer's prefix and length, and the Luhn check (ISO/IEC 7812-1). */
export function isCardNumber(digits: string): boolean {
  if (!ISSUERS.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)))
    return false
  const sum = weighed(digits, (digit, place) => {
    const value = place % 2 === 0 ? digit : digit * 2
    return value > 9 ? value - 9 : value
  })
  return sum % 10 === 0
}

/** An article number (JAN, ISBN-13) also has 13 digits; its own check digit tells it apart. */
function isArticleNumber(digits: string): boolean {
  if (!/^(?:45|49|978|979)/.test(digits)) return false
  return weighed(digits, (digit, place) => digit * (place % 2 === 0 ? 1 : 3)) % 10 === 0
}

const SEPARATORS = ' \n-'
const CORPORATE_LABEL = /(?:法人番号|登録番号|インボイス)[^\d]{0,8}$|(?<![A-Za-z])T ?-?$/

/** Groups all alike (4-4-4, 1-1-1 …) or a single one: how a number is written when it is one number. */
const isEven = ({ groups }: DigitWindow): boolean => groups.every((length) => length === groups[0])

/** 1-01-123456-000 out of 13-1-01-123456-000: groups of a longer code, whatever they add up to. */
function isCutFromCode({ start, end }: DigitWindow, text: string): boolean {
  return /\d-$/.test(text.slice(Math.max(0, start - 2), start)) || /^-\d/.test(text.slice(end, end + 2))
}

function myNumbersIn(run: DigitRun, text: string): Finding[] {
  return windowsOf(run, { lengths: [12], maxGroups: 12 })
    .filter((window) => isMyNumber(window.digits) && (isEven(window) || !isCutFromCode(window, text)))
    .map((window) => ({
      kind: 'myNumber',
      certainty: isEven(window) ? 'certain' : 'likely',
      start: window.start,
      end: window.end,
    }))
}

/** Numbers standing in a row make many groups; one number of these kinds is written in few. */
const MAX_GROUPS = 5

function corporateOrCard(
  { digits, start }: DigitWindow,
  text: string,
): Pick<Finding, 'kind' | 'certainty'> | undefined {
  if (isCorporateNumber(digits)) {
    const isLabelled = CORPORATE_LABEL.test(text.slice(Math.max(0, start - 16), start))
    if (isLabelled) return { kind: 'corporateNumber', certainty: 'certain' }
    if (!isArticleNumber(digits)) return { kind: 'corporateNumber', certainty: 'likely' }
  }
  const isCard = isCardNumber(digits) && !isArticleNumber(digits)
  return isCard ? { kind: 'card', certainty: 'certain' } : undefined
}

function longNumbersIn(run: DigitRun, text: string): Finding[] {
  return windowsOf(run, { lengths: CARD_LENGTHS, maxGroups: MAX_GROUPS }).flatMap((window) => {
    const named = corporateOrCard(window, text)
    return named === undefined ? [] : [{ ...named, start: window.start, end: window.end }]
  })
}

/** Marks and brackets join a number only where it is written in fours: elsewhere they are dates, versions and amounts. */
const MARK = '(?: ?[\\p{P}\\p{S}の]{1,2} ?)'
const MARKED = new RegExp(
  `(?<!\\d|\\d[\\p{P}\\p{S}])(?:\\d${MARK})?\\d{4}${MARK}\\d{4}${MARK}\\d{4}(?:${MARK}\\d{4})?(?!\\d|[\\p{P}\\p{S}]\\d)`,
  'gu',
)

/** Numbers with a check digit in a folded text. */
export function findNumbers(text: string): Finding[] {
  const spaced = digitRuns(text, SEPARATORS).flatMap((run) => [
    ...myNumbersIn(run, text),
    ...longNumbersIn(run, text),
  ])
  const marked = [...text.matchAll(MARKED)].flatMap((match): Finding[] => {
    const place = { start: match.index, end: match.index + match[0].length }
    const digits = match[0].replaceAll(/\D/g, '')
    if (isMyNumber(digits)) return [{ kind: 'myNumber', certainty: 'certain', ...place }]
    const isLabelled = CORPORATE_LABEL.test(text.slice(Math.max(0, place.start - 16), place.start))
    if (isLabelled && isCorporateNumber(digits))
      return [{ kind: 'corporateNumber', certainty: 'certain', ...place }]
    return isCardNumber(digits) ? [{ kind: 'card', certainty: 'certain', ...place }] : []
  })
  return [...spaced, ...marked]
}
