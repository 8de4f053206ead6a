/** 旬 picker, and 実施時期 as people read it. */
import { parseJun, warekiJun } from '../domain/fiscal.ts'
import type { Schedule } from '../domain/types/initiative.ts'

export const junRangeText = {
  none: '時期は決めていません。はじまりの旬を選んでください。',
  chooseEnd: (from: string) => `${from}から。終わりの旬を選んでください。`,
  openEnded: (from: string) => `${from}から（随時・期限なし）`,
  range: (from: string, to: string) => `${from}から${to}まで`,
  month: (month: number) => `${month}月`,
  part: ['上旬', '中旬', '下旬'],
  openEndedOption: '期限を決めない（随時）',
  showEarly: '4月から8月も表示する',
  clear: '時期を消す',
} as const

/** 「令和8年9月上旬から令和8年12月下旬まで」; '' without one. */
export function scheduleText(schedule: Schedule | null): string {
  if (schedule === null) return ''
  const label = (code: string): string => {
    const jun = parseJun(code)
    return jun === undefined ? code : warekiJun(jun)
  }
  const from = label(schedule.from)
  if (schedule.to === null) return junRangeText.openEnded(from)
  return schedule.from === schedule.to ? from : junRangeText.range(from, label(schedule.to))
}
