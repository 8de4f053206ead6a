/** One spelling for the rules to read: 全角 and 半角, every hyphen and space, invisible characters. Places stay known. */

/** The folded text; each of its UTF-16 units knows which stretch of the text as written it came from. */
export interface Folded {
  readonly text: string
  /** Offset in the text as written of what stands at `index` of the folded text. */
  startOf(index: number): number
  /** Offset just behind it. */
  endOf(index: number): number
}

/** Format characters, variation selectors and fillers: nobody sees them. */
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}\u034F\u115F\u1160\u3164\uFFA0]/u
const LINE_END = /[\n\r\u0085\u2028\u2029]/
const SPACE = /[\s\u2800]/
/** Wave dashes mean "from … to" and stay; long vowel marks are decided by their neighbours. */
const HYPHEN = /[\p{Dash_Punctuation}\u02D7\u2043\u2212\u23AF\u2500\u2501\u2796]/u
const WAVE = /[\u301C\u3030\u30A0]/
/** Voiced sound marks standing alone after a half-width kana. */
const VOICED: Readonly<Record<string, string>> = {
  '\uFF9E': '\u3099',
  '\uFF9F': '\u309A',
  '\u3099': '\u3099',
  '\u309A': '\u309A',
}
const ABBREVIATION: Readonly<Record<string, string>> = {
  '㈱': '(株)',
  '㈲': '(有)',
  '㈳': '(社)',
  '℡': 'TEL',
}

/** Kana, kanji and printable ASCII, which is nearly everything, are as they should be. */
const PLAIN = /[!-~\u3041-\u3096\u30A1-\u30FE\u4E00-\u9FFF、。「」]/

function foldChar(char: string): string {
  if (PLAIN.test(char)) return char
  if (INVISIBLE.test(char)) return ''
  if (LINE_END.test(char)) return '\n'
  if (SPACE.test(char)) return ' '
  if (HYPHEN.test(char) && !WAVE.test(char)) return '-'
  const abbreviation = ABBREVIATION[char]
  if (abbreviation !== undefined) return abbreviation
  // Circled numbers and ㎡ stay as they are: as digits they would run into the number beside them.
  return /[\uFF01-\uFFEF]|\p{Nd}/u.test(char) ? char.normalize('NFKC') : char
}

/** A long vowel mark or 一 between digits is a hyphen typed with the wrong key (０３ー５３２０ー１１１１), O before a number 0. */
function foldLookalikes(text: string): string {
  return text
    .replace(/\d[ \n\-ー]*ー[ \n\-ー]*(?=\d)/g, (stretch) => stretch.replaceAll('ー', '-'))
    .replace(/(?<=\d)一(?=\d)/g, '-')
    .replace(/(?<![A-Za-z\d])[Oo](?=[36][-(]\d{4}[-)]\d{4}(?!\d)|[5-9][0Oo]-?\d{4}-?\d{4}(?!\d))/g, '0')
    .replace(/(?<=[〇一二三四五六七八九十])ー(?=[〇一二三四五六七八九十])/g, '-')
}

const KANJI_DIGITS = '〇一二三四五六七八九'
/** Kanji that make a quantity of a number (百二十): what they stand beside is not written digit by digit. */
const numberOf = (min: number, max: number): RegExp =>
  new RegExp(
    `(?<![\\d〇零一二三四五六七八九十百千万])[\\d〇零一二三四五六七八九](?:[-ー() の・.]{0,2}[\\d〇零一二三四五六七八九]){${min - 1},${max - 1}}(?![\\d〇零一二三四五六七八九十百千万])`,
    'g',
  )
const LONG_NUMBER = numberOf(10, 16)
const ACCOUNT_NUMBER = numberOf(6, 8)

function inDigits(text: string, number: RegExp): string {
  return text.replace(number, (found) =>
    found
      .replaceAll('ー', '-')
      .replaceAll(/[〇零一二三四五六七八九]/g, (digit) => String(Math.max(0, KANJI_DIGITS.indexOf(digit)))),
  )
}

/** A folded text with long numbers in kanji (〇九〇－一二三四－五六七八) written in digits; of the same length. */
export const withDigits = (text: string): string => inDigits(text, LONG_NUMBER)

/** The same for numbers as long as a bank account's: short enough to be a quantity where no word says otherwise. */
export const withAccountDigits = (text: string): string => inDigits(text, ACCOUNT_NUMBER)

/** Folds a text for the rules of this folder. Linear; never throws. */
export function fold(text: string): Folded {
  const units: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  let offset = 0
  for (const char of text) {
    const start = offset
    offset += char.length
    const mark = VOICED[char]
    const before = units.at(-1)
    const composed = mark === undefined || before === undefined ? '' : (before + mark).normalize('NFC')
    if (composed.length === 1) {
      units[units.length - 1] = composed
      ends[ends.length - 1] = offset
      continue
    }
    const folded = foldChar(char)
    for (let index = 0; index < folded.length; index += 1) {
      units.push(folded.charAt(index))
      starts.push(start)
      ends.push(offset)
    }
  }
  return {
    text: foldLookalikes(units.join('')),
    startOf: (index) => starts[index] ?? text.length,
    endOf: (index) => ends[index] ?? text.length,
  }
}
