/**
 * Plans what an import would do and does it, row by row, with progress. Nothing is saved before every row is valid or left
 * out; a row once saved is known again, so that an import that was broken off goes on where it was.
 */
import { computed, onScopeDispose, shallowReadonly, shallowRef } from 'vue'
import { type InitiativeSheet, identifyRows } from '../../domain/importIdentity.ts'
import { type RowPlan, createRowPlanner } from '../../domain/importInitiatives.ts'
import type { ImportRow } from '../../domain/importing.ts'
import { type InitiativeItem, useInitiatives } from '../../stores/initiatives.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { reasonText } from '../../text/saveError.ts'

/** A row of the sheet and what would be done with it. */
export interface PlannedRow {
  readonly id: string
  readonly row: ImportRow
  readonly plan: RowPlan
}

export type ImportState =
  | { readonly type: 'idle' }
  | { readonly type: 'checking' | 'applying' | 'paused'; readonly done: number; readonly total: number }
  | { readonly type: 'checked' }
  | { readonly type: 'stopped'; readonly done: number; readonly total: number; readonly reason: string }
  | { readonly type: 'done'; readonly count: number }

/** Rows planned before the page may draw again. */
const BATCH = 40
/** Rows saved in one transaction: all of them or none, and between two of them the person may pause. */
const SAVED_AT_ONCE = 200

export function useImport() {
  const session = useSession()
  const initiatives = useInitiatives()
  const records = useRecords()
  const units = useUnits()
  const state = shallowRef<ImportState>({ type: 'idle' })
  const planned = shallowRef<readonly PlannedRow[]>([])
  /** Units a person chose for names that mean none. */
  const chosenUnits = shallowRef<ReadonlyMap<string, string>>(new Map())
  const leftOut = shallowRef<ReadonlySet<string>>(new Set())
  let run = 0
  let pausing = false
  let sheet: (InitiativeSheet & { readonly defaultUnit: string | undefined }) | undefined
  onScopeDispose(() => (run += 1))

  /** Rows that would be saved. */
  const toSave = computed(() =>
    planned.value.filter(({ id, plan }) => plan.intention !== undefined && !leftOut.value.has(id)),
  )

  function reset(): void {
    run += 1
    state.value = { type: 'idle' }
    planned.value = []
    chosenUnits.value = new Map()
    leftOut.value = new Set()
  }

  /** A number may have gone from a row that was withdrawn to another. */
  function knownRows(): readonly InitiativeItem[] {
    const isGone = ({ stage }: InitiativeItem): number => (stage === 'withdrawn' ? 1 : 0)
    return initiatives.items.toSorted((a, b) => isGone(a) - isGone(b))
  }

  async function check(next: NonNullable<typeof sheet>): Promise<void> {
    sheet = next
    run += 1
    const mine = run
    const { workplace } = session
    if (workplace === undefined) return
    const { rows, defaultUnit, ...rest } = next
    state.value = { type: 'checking', done: 0, total: rows.length }
    const identities = identifyRows(next, knownRows())
    const planner = createRowPlanner({
      ...rest,
      defaultUnit,
      units: units.standing,
      actor: workplace.actor,
      at: workplace.now(),
      chosenUnits: chosenUnits.value,
    })
    const plans: PlannedRow[] = []
    for (let start = 0; start < rows.length; start += BATCH) {
      // The page draws, and hears whether the person gives up.
      await new Promise((resolve) => setTimeout(resolve))
      const batch = rows.slice(start, start + BATCH)
      const found = await records.readAll(
        batch.flatMap((_, index) => {
          const identity = identities[start + index]
          return identity === undefined || 'error' in identity ? [] : [identity.id]
        }),
      )
      if (run !== mine) return
      batch.forEach((row, index) => {
        const identity = identities[start + index]
        if (identity === undefined) return
        const plan = planner.plan(
          row,
          identity,
          'error' in identity ? undefined : found.get(identity.id)?.record,
        )
        plans.push({ id: String(row.line), row, plan })
      })
      state.value = { type: 'checking', done: plans.length, total: rows.length }
    }
    planned.value = plans
    state.value = { type: 'checked' }
  }

  /** The 部所 that a name in the file means; the rows are checked anew. */
  async function chooseUnit(label: string, unitId: string): Promise<void> {
    const next = new Map(chosenUnits.value)
    if (unitId === '') next.delete(label)
    else next.set(label, unitId)
    chosenUnits.value = next
    if (sheet !== undefined) await check(sheet)
  }

  function leaveOut(id: string, out: boolean): void {
    const next = new Set(leftOut.value)
    if (out) next.add(id)
    else next.delete(id)
    leftOut.value = next
  }

  /** Ends what runs; what is being saved is saved. */
  function pause(): void {
    pausing = true
    if (state.value.type !== 'checking') return
    run += 1
    state.value = { type: 'idle' }
  }

  /** Saves the rows from the `from`th on, those before a refused one too; the tablet sends them by itself. */
  async function apply(from = 0): Promise<void> {
    run += 1
    const mine = run
    pausing = false
    const rows = toSave.value
    const total = rows.length
    for (let done = from; done < total; done += SAVED_AT_ONCE) {
      if (run !== mine) return
      if (pausing) {
        state.value = { type: 'paused', done, total }
        return
      }
      state.value = { type: 'applying', done, total }
      const wishes = rows.slice(done, done + SAVED_AT_ONCE).flatMap(({ plan }) => plan.intention ?? [])
      const saved = await records.saveAll(wishes)
      if (saved.ok) continue
      const { index, error } = saved.error
      const before = await records.saveAll(wishes.slice(0, index))
      const reason = reasonText(error, 'initiative')
      state.value = { type: 'stopped', done: before.ok ? done + index : done, total, reason }
      return
    }
    state.value = { type: 'done', count: total }
  }

  return {
    state: shallowReadonly(state),
    planned: shallowReadonly(planned),
    chosenUnits: shallowReadonly(chosenUnits),
    leftOut: shallowReadonly(leftOut),
    toSave,
    reset,
    check,
    chooseUnit,
    leaveOut,
    pause,
    apply,
  }
}
