/** Instants as people read them: 和暦, Tokyo time. */
import { isoDay, localDateOf, warekiDate } from '../domain/fiscal.ts'

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

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** 「5分前」「3時間前」「昨日」「4日前」, from a week on 「11月2日」, in another year the whole date. Both ISO instants. */
export function relativeText(iso: string, nowIso: string): string {
  const [timeMs, nowMs] = [Date.parse(iso), Date.parse(nowIso)]
  if (Number.isNaN(timeMs) || Number.isNaN(nowMs)) return dateText(iso)
  const [day, today] = [localDateOf(timeMs), localDateOf(nowMs)]
  const days = Math.round((Date.parse(isoDay(today)) - Date.parse(isoDay(day))) / DAY_MS)
  const agoMs = nowMs - timeMs
  // The server's clock may be ahead of the tablet's.
  if (agoMs < MINUTE_MS) return 'たった今'
  if (agoMs < HOUR_MS) return `${Math.floor(agoMs / MINUTE_MS)}分前`
  if (days === 0) return `${Math.floor(agoMs / HOUR_MS)}時間前`
  if (days === 1) return '昨日'
  if (days < 7) return `${days}日前`
  return day.year === today.year ? `${day.month}月${day.day}日` : dateText(iso)
}
