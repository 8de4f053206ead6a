/** 部所 as a file, and from one: looked at first, and written only when every row is right (M3). */
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue'
import { asRecordId } from '../../domain/ids.ts'
import { type ImportPlan, UNIT_COLUMNS, importUnits } from '../../domain/importing.ts'
import { type StoredRecord, fieldOf, textOf } from '../../domain/record.ts'
import type { TableProblem } from '../../domain/table.ts'
import { useFileDesk } from '../../stores/fileDesk.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { reasonText } from '../../text/saveError.ts'
import { unitFilesText } from '../../text/units.ts'

export type UnitImport =
  | { readonly type: 'idle' | 'reading' | 'saving' }
  | { readonly type: 'unreadable'; readonly problem: TableProblem }
  | { readonly type: 'planned'; readonly plan: ImportPlan; readonly unchanged: number }
  | { readonly type: 'failed'; readonly reason: string; readonly done: number }
  | { readonly type: 'done'; readonly done: number }

export function useUnitFiles() {
  const records = useRecords()
  const session = useSession()
  const units = useUnits()
  const openDesk = useFileDesk()
  const state = shallowRef<UnitImport>({ type: 'idle' })
  let stopping = new AbortController()

  function reset(): void {
    stopping.abort()
    stopping = new AbortController()
    state.value = { type: 'idle' }
  }
  onScopeDispose(reset)

  async function wholeUnits(): Promise<StoredRecord[]> {
    const shown = await Promise.all(units.units.map(({ id }) => records.read(asRecordId(id))))
    return shown.flatMap((one) => (one === undefined ? [] : [one.record]))
  }

  async function read(file: Blob): Promise<void> {
    reset()
    const { signal } = stopping
    state.value = { type: 'reading' }
    try {
      const table = await (await openDesk()).read(file, signal)
      if (table === undefined || signal.aborted) return
      if (!table.ok) {
        state.value = { type: 'unreadable', problem: table.error }
        return
      }
      const [header, ...body] = table.value
      const columns = header?.cells.map((name) => name.trim()) ?? []
      const rows = body.map(({ line, cells }) => ({
        line,
        cells: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])),
      }))
      const existing = new Map((await wholeUnits()).map((unit) => [String(unit.id), unit]))
      const plan = importUnits({ rows, existing, at: session.workplace?.now() ?? '' })
      if (signal.aborted) return
      const unchanged = rows.length - plan.intentions.length - plan.errors.length
      state.value = { type: 'planned', plan, unchanged }
    } catch (error) {
      console.error('A file of units could not be read.', error)
      if (!signal.aborted) state.value = { type: 'unreadable', problem: { type: 'unreadable' } }
    }
  }

  /** Saves what was planned, one after another; what is saved before a refusal stays, and the file can be taken again. */
  async function take(): Promise<void> {
    if (state.value.type !== 'planned') return
    const { intentions } = state.value.plan
    state.value = { type: 'saving' }
    for (const [done, { type, op, id, stage, set }] of intentions.entries()) {
      const saved = await records.save({ type, op, id, stage, set })
      if (saved.ok) continue
      state.value = { type: 'failed', reason: reasonText(saved.error, type), done }
      return
    }
    state.value = { type: 'done', done: intentions.length }
  }

  /** The CSV of every unit, ended ones too; it can be imported again. Undefined when it was given up. */
  async function makeFile(): Promise<{ name: string; title: string; content: Blob } | undefined> {
    const rows = (await wholeUnits()).map((unit) => [
      unit.id,
      textOf(unit, 'name'),
      textOf(unit, 'shortName'),
      textOf(unit, 'kana'),
      textOf(unit, 'kind'),
      textOf(unit, 'parent'),
      textOf(unit, 'source'),
      Number(fieldOf(unit, 'order') ?? 0),
      unit.stage,
    ])
    const desk = await openDesk()
    const table = {
      kind: 'csv',
      name: unitFilesText.title,
      titles: [],
      header: UNIT_COLUMNS,
      rows,
      bom: true,
    } as const
    const bytes = await desk.write(table, stopping.signal)
    if (bytes === undefined) return undefined
    const content = new Blob([bytes], { type: 'text/csv' })
    return { name: unitFilesText.fileName, title: unitFilesText.title, content }
  }

  return { state: shallowReadonly(state), reset, read, take, makeFile }
}
