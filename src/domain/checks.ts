/** Where the rows of a 点検 stand, from the light entries the tablet holds (M4-13, M4-16). */
import type { Actor } from './actor.ts'
import { hasRole } from './actor.ts'
import type { RecordId } from './ids.ts'
import type { Facets } from './record.ts'
import { checkIdOf } from './types/check.ts'

/** 提出済, 下書き, 未着手. */
export const CHECK_STATES = ['submitted', 'draft', 'none'] as const
export type CheckState = (typeof CHECK_STATES)[number]

interface Entry {
  readonly id: RecordId
  readonly type: string
  readonly stage: string
  readonly facets: Facets
}

/** A row a cycle asks about. */
export interface CheckLine<T extends Entry> {
  readonly row: T
  readonly unit: string
  readonly state: CheckState
}

/** Rows a cycle asks about: of its fiscal year, submitted and not withdrawn. A joint row is its lead unit's alone. */
export function checkLines<T extends Entry>(
  cycle: Entry,
  { rows, checks }: { rows: Iterable<T>; checks: Iterable<Entry> },
): CheckLine<T>[] {
  const stages = new Map([...checks].map(({ id, stage }) => [id, stage]))
  return [...rows]
    .filter(
      ({ type, stage, facets }) =>
        type === 'initiative' &&
        stage !== 'draft' &&
        stage !== 'withdrawn' &&
        facets['fiscalYear'] === cycle.facets['fiscalYear'],
    )
    .map((row) => {
      const stage = stages.get(checkIdOf(cycle.id, row.id))
      const state = stage === undefined ? 'none' : stage === 'draft' ? 'draft' : 'submitted'
      return { row, unit: String(row.facets['leadUnit'] ?? ''), state }
    })
}

export type StateCounts = Readonly<Record<CheckState, number>>

/** How many of the lines are in each state. */
export function countStates(lines: readonly Pick<CheckLine<Entry>, 'state'>[]): StateCounts {
  const count = (state: CheckState): number => lines.filter((line) => line.state === state).length
  return { submitted: count('submitted'), draft: count('draft'), none: count('none') }
}

/** A cycle that asks today (`YYYY-MM-DD`): open, and begun. */
export function isAsking({ type, stage, facets }: Entry, today: string): boolean {
  return type === 'cycle' && stage === 'open' && String(facets['opens'] ?? '') <= today
}

/** Rows of the actor's unit that a cycle still waits for; 0 for whoever does not submit them. */
export function openChecks(cycle: Entry, actor: Actor, entries: ReadonlyMap<string, Entry>): number {
  if (!hasRole(actor, 'lead')) return 0
  const all = [...entries.values()]
  const rows = all.filter(({ facets }) => facets['leadUnit'] === actor.unit)
  const lines = checkLines(cycle, { rows, checks: all.filter(({ type }) => type === 'check') })
  return lines.filter(({ state }) => state !== 'submitted').length
}
