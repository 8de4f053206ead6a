/** The conditions of 集計 as its URL carries them. */
import { parseDay } from '../../domain/days.ts'
import { type ReadText, parseYear } from './usePageQuery.ts'

/** 区分 of a 部所. */
export const KINDS = ['office', 'department', 'affiliate'] as const

/** Whatever a link says, what comes out is valid. `asOf` is a day in Tokyo, `YYYY-MM-DD`; '' = now. */
export function parseFiguresQuery(text: ReadText) {
  const asOf = text('asOf')
  return {
    year: parseYear(text('year')),
    kind: KINDS.find((kind) => kind === text('kind')) ?? '',
    asOf: parseDay(asOf) === undefined ? '' : asOf,
  } as const
}
export type FiguresQuery = ReturnType<typeof parseFiguresQuery>
