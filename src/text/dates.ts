/** Instants as people read them: 和暦, Tokyo time. */
import { localDateOf, warekiDate } from '../domain/fiscal.ts'

const TIME = new Intl.DateTimeFormat('ja-JP', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Tokyo' })

/** 「令和8年11月20日」 from an ISO instant. */
export function dateText(iso: string): string {
  const timeMs = Date.parse(iso)
  return Number.isNaN(timeMs) ? '' : warekiDate(localDateOf(timeMs))
}

/** 「令和8年11月20日 09:05」. */
export function dateTimeText(iso: string): string {
  const timeMs = Date.parse(iso)
  return Number.isNaN(timeMs) ? '' : `${dateText(iso)} ${TIME.format(timeMs)}`
}

/** 「令和8年11月20日」 from a local date `YYYY-MM-DD`; '' when there is none. */
export function localDateText(date: string): string {
  const [year, month, day] = date.split('-').map(Number)
  if (year === undefined || month === undefined || day === undefined) return ''
  return warekiDate({ year, month, day })
}
