/** Rows as of a moment, from the rows as they are and what was accepted since (M4-18). Pure. */
import type { RecordChange } from './changes.ts'
import type { Json } from './json.ts'

/** What of a row can be taken back. */
export interface RewoundRow {
  readonly id: string
  /** Revision of the server that the row shows. */
  readonly rev: number
  readonly stage: string
  readonly fields: Readonly<Record<string, Json>>
}

/**
 * The rows as they were before `changes`, which are all that was accepted after the moment, in any order. A row made since is
 * not among them. A change newer than the row here is not in it yet, and is left alone. By the server's acceptance, so that
 * what a tablet sends late never alters what was (M4-18). A value destroyed since is not guessed: PURGED_VALUE stands there.
 */
export function rewind<T extends RewoundRow>(current: readonly T[], changes: readonly RecordChange[]): T[] {
  const later = Map.groupBy(changes, ({ id }) => String(id))
  return current.flatMap((row) => {
    const before = valuesBefore(row, later.get(row.id) ?? [])
    if (before.size === 0) return [row]
    const stage = before.has('stage') ? before.get('stage') : row.stage
    if (typeof stage !== 'string') return []
    const fields = { ...row.fields }
    for (const [name, value] of before) if (name !== 'stage') fields[name] = value
    return [{ ...row, stage, fields }]
  })
}

/** Per field what the first change found. */
function valuesBefore({ rev }: RewoundRow, changes: readonly RecordChange[]): ReadonlyMap<string, Json> {
  const values = new Map<string, Json>()
  const contained = changes.filter(({ entry }) => entry.rev <= rev)
  for (const { entry } of contained.toSorted((a, b) => a.entry.rev - b.entry.rev))
    for (const [name, { from }] of Object.entries(entry.set)) if (!values.has(name)) values.set(name, from)
  return values
}
