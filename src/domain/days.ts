/** Days of the calendar as text. */
import { type LocalDate, isoDay } from './fiscal.ts'

/** Reads `YYYY-MM-DD`; undefined when there is no such day. */
export function parseDay(text: string): LocalDate | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (found === null) return undefined
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  return exists ? { year, month, day } : undefined
}

/** The day before a day, both `YYYY-MM-DD`; what is no day stays as it is. */
export function dayBefore(text: string): string {
  const date = parseDay(text)
  if (date === undefined) return text
  const { year, month, day } = date
  if (day > 1) return isoDay({ year, month, day: day - 1 })
  const before = month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 }
  return isoDay({ ...before, day: daysInMonth(before.year, before.month) })
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
}

/** The last instant of a day in Tokyo (UTC+9), as ISO time. */
export const endOfDay = (day: string): string => `${day}T14:59:59.999Z`
