/** Makes a file of the list: reads the rows in batches, then a worker writes. Can be given up at any moment. */
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue'
import { isoDay, localDateOf } from '../../domain/fiscal.ts'
import { textOf } from '../../domain/record.ts'
import type { TableFile } from '../../domain/table.ts'
import type { InitiativeItem } from '../../stores/initiatives.ts'
import { useFileDesk } from '../../stores/fileDesk.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { exportText } from '../../text/exporting.ts'
import { type FullRow, type Layout, bureauTable, dataTable, isYearly, listTable } from './exportLayouts.ts'

export type ExportState =
  | { readonly type: 'idle' }
  | { readonly type: 'reading'; readonly done: number; readonly total: number }
  | { readonly type: 'making' }
  | { readonly type: 'ready'; readonly file: Blob; readonly name: string; readonly count: number }
  | { readonly type: 'failed' }

const BATCH = 50
const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
}

export function useExport() {
  const session = useSession()
  const records = useRecords()
  const openDesk = useFileDesk()
  const state = shallowRef<ExportState>({ type: 'idle' })
  let stopping = new AbortController()

  function cancel(): void {
    stopping.abort()
    state.value = { type: 'idle' }
  }
  onScopeDispose(cancel)

  async function readAll(items: readonly InitiativeItem[], signal: AbortSignal): Promise<FullRow[]> {
    const rows: FullRow[] = []
    for (let start = 0; start < items.length && !signal.aborted; start += BATCH) {
      state.value = { type: 'reading', done: start, total: items.length }
      const batch = items.slice(start, start + BATCH)
      const shown = await Promise.all(batch.map(({ id }) => records.read(id)))
      batch.forEach((item, index) => {
        const record = shown[index]?.record
        if (record !== undefined) rows.push({ item, record, status: textOf(record, 'result') })
      })
    }
    return rows
  }

  /** The last 経過 of rows that have no result yet. */
  async function withStatus(rows: readonly FullRow[], signal: AbortSignal): Promise<FullRow[]> {
    const done: FullRow[] = []
    for (const row of rows) {
      if (signal.aborted) break
      const notes = row.status === '' ? await records.where('note', 'initiative', row.item.id) : []
      const last = notes
        .map(({ record }) => record)
        .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
        .at(-1)
      done.push(last === undefined ? row : { ...row, status: textOf(last, 'text') })
    }
    return done
  }

  async function tableOf(
    items: readonly InitiativeItem[],
    { layout, year, bom, signal }: { layout: Layout; year: number; bom: boolean; signal: AbortSignal },
  ): Promise<TableFile> {
    if (layout === 'list') return listTable(items, year)
    const rows = await readAll(items, signal)
    if (layout === 'bureau')
      return bureauTable(await withStatus(rows, signal), { year, nowIso: session.workplace?.now() ?? '' })
    return dataTable(rows, layout === 'dataCsv' ? 'csv' : 'xlsx', bom)
  }

  async function make(
    items: readonly InitiativeItem[],
    options: { layout: Layout; year: number; bom: boolean },
  ): Promise<void> {
    stopping.abort()
    stopping = new AbortController()
    const { signal } = stopping
    try {
      const table = await tableOf(items, { ...options, signal })
      if (signal.aborted) return
      state.value = { type: 'making' }
      const bytes = await (await openDesk()).write(table, signal)
      if (bytes === undefined || signal.aborted) return
      const { layout, year } = options
      const day = isoDay(localDateOf(Date.parse(session.workplace?.now() ?? '')))
      const name = exportText.fileName(exportText.layouts[layout], isYearly(layout) ? year : null, day)
      state.value = {
        type: 'ready',
        file: new Blob([bytes], { type: TYPES[table.kind] }),
        name: `${name}.${table.kind}`,
        count: table.rows.length,
      }
    } catch (error) {
      console.error('The list could not be made a file.', error)
      if (!signal.aborted) state.value = { type: 'failed' }
    }
  }

  return { state: shallowReadonly(state), make, cancel }
}
