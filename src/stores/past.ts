/**
 * The list as it was: the rows here, taken back by what the server has accepted since (M4-18). Needs the network once a
 * moment; what was read stays in memory. Before it asks, it syncs, so that the rows here contain all that was accepted by then.
 */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef, watch } from 'vue'
import type { RecordChange } from '../domain/changes.ts'
import { parseProgress, type Progress } from '../domain/progress.ts'
import { isPurged } from '../domain/purgeMark.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { type RewoundRow, rewind } from '../domain/rewind.ts'
import { type Stage, parseStage } from '../domain/stage.ts'
import type { IndexEntry, TransportError } from '../sync/ports.ts'
import type { Workplace } from './ports.ts'
import { useSession } from './session.ts'
import { useSyncStatus } from './syncStatus.ts'
import { useUnits } from './units.ts'

/** A row of the list as figures and their rows need it; 取組 of today have all of it too. */
export interface ListRow {
  readonly id: string
  readonly no: number | null
  readonly title: string
  readonly unitLabel: string
  readonly leadUnit: string
  readonly fiscalYear: number
  readonly theme: string
  readonly progress: Progress | null
  readonly stage: Stage
}

/** `unsent`: what was saved here has not all reached the server, or its rows not all this tablet. */
export type PastError = TransportError | { readonly type: 'unsent' }

export interface PastList {
  /** As of when: the moment asked for, or when it was asked where that is earlier. ISO time. */
  readonly moment: string
  readonly rows: readonly ListRow[]
  readonly loadedAt: string
}

/** What diffList compares: the rows as they are, and what was accepted about them since. */
export interface ListChanges {
  readonly rows: readonly (ListRow & RewoundRow)[]
  readonly changes: readonly RecordChange[]
  readonly loadedAt: string
}

/** All that a row of figures is made of. */
const FIELDS = ['stage', 'no', 'title', 'unitLabel', 'leadUnit', 'fiscalYear', 'theme', 'progress']
/** The end of time: nothing is accepted after it, and the list as of then is that of now. */
export const NOW = '9999-12-31T23:59:59.999Z'

export const usePast = defineStore('past', () => {
  const session = useSession()
  const sync = useSyncStatus()
  const units = useUnits()
  const lists = shallowRef<ReadonlyMap<string, PastList>>(new Map())
  const changes = shallowRef<ReadonlyMap<string, ListChanges>>(new Map())
  watch(
    () => session.workplace,
    () => {
      lists.value = new Map()
      changes.value = new Map()
    },
  )

  /** Reads the list as of a moment; what it was is in `lists` by that moment. */
  async function loadList(moment: string): Promise<Result<PastList, PastError>> {
    const { workplace } = session
    if (workplace === undefined) return err({ type: 'signInNeeded' })
    const asked = await workplace.changes(NOW, FIELDS)
    if (!asked.ok) return asked
    const effective = moment < asked.value.askedAt ? moment : asked.value.askedAt
    const read = await readBoth(workplace, effective, FIELDS)
    if (!read.ok) return read
    const rows = rewind(read.value.rows, read.value.changes).map(listRow)
    const loaded = { moment: effective, rows, loadedAt: workplace.now() }
    lists.value = new Map(lists.value).set(moment, loaded)
    return ok(loaded)
  }

  /** Reads what has changed after a moment; it is in `changes` by that moment. */
  async function loadChanges(moment: string): Promise<Result<ListChanges, PastError>> {
    const { workplace } = session
    if (workplace === undefined) return err({ type: 'signInNeeded' })
    const read = await readBoth(workplace, moment)
    if (!read.ok) return read
    const rows = read.value.rows.map((row) => ({ ...row, ...listRow(row) }))
    const loaded = { rows, changes: read.value.changes, loadedAt: workplace.now() }
    changes.value = new Map(changes.value).set(moment, loaded)
    return ok(loaded)
  }

  /** Rows first, changes after: what is accepted in between is newer than its row, and known to be. */
  async function readBoth(
    workplace: Workplace,
    since: string,
    fields?: readonly string[],
  ): Promise<Result<{ rows: RewoundRow[]; changes: readonly RecordChange[] }, PastError>> {
    await workplace.sync.now()
    if (sync.status.type === 'offline') return err({ type: 'offline' })
    if (sync.status.type === 'signInNeeded') return err({ type: 'signInNeeded' })
    if (sync.status.type !== 'allSent') return err({ type: 'unsent' })
    const entries = await workplace.records.all()
    const answer = await workplace.changes(since, fields)
    if (!answer.ok) return answer
    if (session.workplace !== workplace) return err({ type: 'signInNeeded' })
    const rows = entries.filter(({ type }) => type === 'initiative').map(rowOf)
    return ok({ rows, changes: answer.value.changes })
  }

  function listRow({ id, stage, fields }: RewoundRow): ListRow {
    /** '' also where the value has been destroyed since [S18]. */
    const text = (name: string): string => {
      const value = fields[name] ?? ''
      return isPurged(value) ? '' : String(value)
    }
    const { no } = fields
    return {
      id,
      no: typeof no === 'number' ? no : null,
      title: text('title'),
      unitLabel: text('unitLabel') || units.nameOf(text('leadUnit')),
      leadUnit: text('leadUnit'),
      fiscalYear: Number(fields['fiscalYear'] ?? 0),
      theme: text('theme'),
      progress: parseProgress(fields['progress']),
      stage: parseStage(stage),
    }
  }

  return { lists: shallowReadonly(lists), changes: shallowReadonly(changes), loadList, loadChanges }
})

/** Figures read nothing that is not in the light index. */
function rowOf({ id, rev, stage, facets }: IndexEntry): RewoundRow {
  return { id, rev, stage, fields: facets }
}
