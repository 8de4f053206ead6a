/** 年度 (April–March), 旬 (ten-day periods) and 和暦, as integers; no clock and no time zone inside. */

/** A calendar day in Asia/Tokyo. month 1–12, day 1–31. */
export interface LocalDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** 上旬 1–10, 中旬 11–20, 下旬 21–末. */
export type JunPart = 0 | 1 | 2

/** A 旬: western calendar year, month 1–12, part. */
export interface Jun {
  readonly year: number
  readonly month: number
  readonly part: JunPart
}

const JUN_NAMES = ['上旬', '中旬', '下旬'] as const

const TOKYO_OFFSET_MS = 9 * 60 * 60 * 1000

/** The day in Tokyo (UTC+9, no summer time) of an instant in Unix milliseconds. Days from the civil calendar algorithm. */
export function localDateOf(timeMs: number): LocalDate {
  const days = Math.floor((timeMs + TOKYO_OFFSET_MS) / 86_400_000)
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** `YYYY-MM-DD`. */
export function isoDay({ year, month, day }: LocalDate): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** 年度 of a day: the western year its April lies in. */
export function fiscalYearOf(date: LocalDate): number {
  return date.month >= 4 ? date.year : date.year - 1
}

/** Position of a 旬 on one line of integers; differences are numbers of 旬. */
export function junIndex(jun: Jun): number {
  return (jun.year * 12 + jun.month - 1) * 3 + jun.part
}

/** The 旬 at a position; inverse of junIndex. */
export function junAt(index: number): Jun {
  const part = ((index % 3) + 3) % 3
  const months = Math.floor(index / 3)
  return {
    year: Math.floor(months / 12),
    month: (((months % 12) + 12) % 12) + 1,
    part: part === 0 ? 0 : part === 1 ? 1 : 2,
  }
}

/** 「9月上旬」. */
export function junLabel(jun: Jun): string {
  return `${jun.month}月${JUN_NAMES[jun.part]}`
}

/** A 旬 as text that sorts by time: 「2026-09-1」 is 上旬 of September 2026, 2 中旬, 3 下旬. */
export function junCode({ year, month, part }: Jun): string {
  return `${year}-${String(month).padStart(2, '0')}-${part + 1}`
}

/** Reads a code; undefined when it is none. */
export function parseJun(code: string): Jun | undefined {
  const found = /^(\d{4})-(0[1-9]|1[0-2])-([123])$/.exec(code)
  if (found === null) return undefined
  return junAt((Number(found[1]) * 12 + Number(found[2]) - 1) * 3 + Number(found[3]) - 1)
}

/** The 36 旬 of a fiscal year, from 4月上旬; the overall schedule (seed 002) shows the last 21, from 9月上旬. */
export function junsOfFiscalYear(fiscalYear: number): Jun[] {
  const first = junIndex({ year: fiscalYear, month: 4, part: 0 })
  return Array.from({ length: 36 }, (_, index) => junAt(first + index))
}

interface Era {
  readonly name: string
  readonly start: LocalDate
}

/** Eras since 昭和, newest first, each from its first day. */
const ERAS: readonly Era[] = [
  { name: '令和', start: { year: 2019, month: 5, day: 1 } },
  { name: '平成', start: { year: 1989, month: 1, day: 8 } },
  { name: '昭和', start: { year: 1926, month: 12, day: 25 } },
]

const dayNumber = (date: LocalDate): number => date.year * 10_000 + date.month * 100 + date.day

/** Era name and year of a day, 元 for the first; days before 昭和 keep the western year. */
function eraYear(date: LocalDate): string {
  const era = ERAS.find((candidate) => dayNumber(date) >= dayNumber(candidate.start))
  if (era === undefined) return `${date.year}`
  const year = date.year - era.start.year + 1
  return `${era.name}${year === 1 ? '元' : year}`
}

/** 「令和8年11月20日」. */
export function warekiDate(date: LocalDate): string {
  return `${eraYear(date)}年${date.month}月${date.day}日`
}

/** 「令和8年9月上旬」. */
export function warekiJun(jun: Jun): string {
  return `${eraYear({ year: jun.year, month: jun.month, day: jun.part * 10 + 1 })}年${junLabel(jun)}`
}

/** 「平成28年度」. A fiscal year is named by its first day; 2019 (平成31年4月1日) is called 令和元年度 as offices do. */
export function fiscalYearLabel(fiscalYear: number): string {
  if (fiscalYear === 2019) return '令和元年度'
  return `${eraYear({ year: fiscalYear, month: 4, day: 1 })}年度`
}
