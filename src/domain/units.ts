/** 部所 as a list to keep in order, and what is still open in one that is to be ended (M3). */
import { type TaskEntry, rowOf } from './tasks.ts'

/** A unit and its place, from 1. */
export interface Placed {
  readonly id: string
  readonly order: number
}

/**
 * The places that change when a unit moves among others by `step` (-1 = up); [] when it is at the end already. The others are
 * given in their present order; they keep their places together, so that whatever stands between them stays where it is.
 */
export function moved(group: readonly Placed[], id: string, step: -1 | 1): Placed[] {
  const from = group.findIndex((unit) => unit.id === id)
  const to = from + step
  const [mover, neighbour] = [group[from], group[to]]
  if (mover === undefined || neighbour === undefined) return []
  const arranged = group.with(from, neighbour).with(to, mover)
  let last = 0
  const places = group
    .map(({ order }) => order)
    .sort((a, b) => a - b)
    // Two in one place (an import, two people at once) are told apart.
    .map((place) => (last = Math.max(place, last + 1)))
  return arranged.flatMap(({ id: unit, order }, index) => {
    const place = places[index] ?? order
    return place === order ? [] : [{ id: unit, order: place }]
  })
}

/** Stages of rows on the list that are not settled yet. */
export const UNSETTLED_STAGES: readonly string[] = ['submitted', 'returned', 'reviewed']

/** What is still open in a 部所. */
export interface OpenWork {
  /** 職員 who are active. */
  readonly members: number
  /** 取組 on the list that are neither 結果まとめ済 nor 取下げ. */
  readonly rows: number
  /** フィードバック that waits for the unit. */
  readonly feedback: number
  /** 部所 under it that stand. */
  readonly children: number
}

/** Counts what is still open in a unit, from the light entries the tablet holds. */
export function openWorkOf(unit: string, entries: Iterable<TaskEntry>): OpenWork {
  const byId = new Map([...entries].map((entry) => [String(entry.id), entry]))
  const count = (counts: (entry: TaskEntry) => boolean): number => [...byId.values()].filter(counts).length
  return {
    members: count((e) => e.type === 'member' && e.facets['unit'] === unit && e.stage === 'active'),
    rows: count(
      (e) => e.type === 'initiative' && e.facets['leadUnit'] === unit && UNSETTLED_STAGES.includes(e.stage),
    ),
    feedback: count(
      (e) =>
        e.type === 'feedback' &&
        e.stage === 'open' &&
        e.facets['kind'] !== 'praise' &&
        rowOf(e, byId)?.facets['leadUnit'] === unit,
    ),
    children: count((e) => e.type === 'unit' && e.facets['parent'] === unit && e.stage === 'active'),
  }
}
