/** Digits of a folded text in runs: what stands between them (spaces, hyphens, line ends) does not part a number. */

export interface DigitRun {
  readonly digits: string
  /** Offset of each digit in the folded text. */
  readonly offsets: readonly number[]
  /** Which group of adjoining digits each digit is in, from 0. */
  readonly groups: readonly number[]
}

/** A stretch of a run that begins and ends where groups of digits do. `end` is exclusive. */
export interface DigitWindow {
  readonly digits: string
  readonly start: number
  readonly end: number
  /** Lengths of the groups as written: 090-1234-5678 is [3, 4, 4]. */
  readonly groups: readonly number[]
}

/** More than this between two digits and they belong to different numbers. */
const MAX_GAP = 8

const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** All runs of a folded text; `separators` are the characters that may stand inside a number. */
export function digitRuns(text: string, separators: string): DigitRun[] {
  const runs: DigitRun[] = []
  let offsets: number[] = []
  const close = (): void => {
    if (offsets.length > 0) runs.push(runOf(text, offsets))
    offsets = []
  }
  for (let index = 0; index < text.length; index += 1) {
    const last = offsets.at(-1)
    if (isDigit(text.charCodeAt(index))) {
      if (last !== undefined && index - last - 1 > MAX_GAP) close()
      offsets.push(index)
    } else if (last !== undefined && !separators.includes(text.charAt(index))) close()
  }
  close()
  return runs
}

function runOf(text: string, offsets: readonly number[]): DigitRun {
  const groups: number[] = []
  let group = -1
  for (const [index, offset] of offsets.entries()) {
    if (offsets[index - 1] !== offset - 1) group += 1
    groups.push(group)
  }
  return { digits: offsets.map((offset) => text.charAt(offset)).join(''), offsets, groups }
}

/** Which windows a kind of number wants; one digit a group (1 2 3 …) is always taken when `oneByOne`. */
interface Wanted {
  readonly lengths: readonly number[]
  readonly maxGroups: number
  readonly oneByOne?: boolean
}

/** Every window of a run that is wanted; none cuts a group. */
export function windowsOf(run: DigitRun, { lengths, maxGroups, oneByOne = false }: Wanted): DigitWindow[] {
  const { digits, offsets, groups } = run
  const windows: DigitWindow[] = []
  for (let from = 0; from < digits.length; from += 1) {
    if (groups[from - 1] === groups[from]) continue
    for (const length of lengths) {
      const to = from + length
      const [start, last] = [offsets[from], offsets[to - 1]]
      if (start === undefined || last === undefined || groups[to - 1] === groups[to]) continue
      const count = (groups[to - 1] ?? 0) - (groups[from] ?? 0) + 1
      if (count > maxGroups && !(oneByOne && count === length)) continue
      windows.push({
        digits: digits.slice(from, to),
        start,
        end: last + 1,
        groups: lengthsOf(groups.slice(from, to)),
      })
    }
  }
  return windows
}

function lengthsOf(groups: readonly number[]): number[] {
  const lengths: number[] = []
  for (const [index, group] of groups.entries()) {
    if (groups[index - 1] === group) lengths[lengths.length - 1] = (lengths.at(-1) ?? 0) + 1
    else lengths.push(1)
  }
  return lengths
}

/** A number that is counted or measured is nobody's: what follows it says so. */
export const COUNTED =
  /^ ?(?:時|年|月|日|名(?![義前称簿])|人|件|か所|カ所|ヶ所|箇所|階|%|パーセント|回|社|期|割|倍|台|冊|枚|分|秒|km|cm|mm|m|kg|トン|週|店|校|か月|ヶ月|カ月|円|千|万|億|点|章|節|項|条|表|図|版|部|会議室|番線|号線|番目|号機|行|列|頁|ページ|世帯|戸|株|本|種|歳|口|才|組|団体|事業所|施設|地点|か年|カ年|年度|基|両|便|着|通|票|席|品目|項目|ポイント|ドル|ユーロ|個)/
