import { expect, test } from 'vitest'
import { relativeText } from '../../../src/text/dates.ts'

/** Friday 2026-11-20, 09:30 in Tokyo. */
const NOW = '2026-11-20T00:30:00.000Z'

test.each([
  ['2026-11-20T00:29:30.000Z', 'たった今'],
  ['2026-11-20T00:31:30.000Z', 'たった今'],
  ['2026-11-20T00:05:00.000Z', '25分前'],
  ['2026-11-19T15:10:00.000Z', '9時間前'],
  ['2026-11-19T14:50:00.000Z', '昨日'],
  ['2026-11-19T23:50:00.000Z', '40分前'],
  ['2026-11-16T00:00:00.000Z', '4日前'],
  ['2026-11-13T03:00:00.000Z', '11月13日'],
  ['2025-12-31T03:00:00.000Z', '令和7年12月31日'],
  ['not a time', ''],
])('%s is %s', (iso, words) => {
  expect(relativeText(iso, NOW)).toBe(words)
})

test('just after midnight what was written before it is told in minutes', () => {
  expect(relativeText('2026-11-19T14:58:00.000Z', '2026-11-19T15:03:00.000Z')).toBe('5分前')
})
