/** 変更点: what has become of the list's rows since a moment (M2-10). Every row is told once, under what matters most. Pure. */
import type { RecordChange } from './changes.ts'
import { isListed } from './initiativeFilter.ts'
import { type Json, jsonEqual } from './json.ts'
import { type RewoundRow, rewind } from './rewind.ts'
import { parseStage } from './stage.ts'

/** 新規, 実施済になった, 進捗の変化, 内容の変更, 取下げ. */
export const DIFF_GROUPS = ['new', 'done', 'progress', 'content', 'withdrawn'] as const
export type DiffGroup = (typeof DIFF_GROUPS)[number]

export interface FieldDiff {
  readonly field: string
  readonly from: Json
  readonly to: Json
}

export interface RowDiff<T> {
  readonly row: T
  readonly group: DiffGroup
  /** Fields whose value is another now, `stage` among them; of a new row none. */
  readonly fields: readonly FieldDiff[]
}

export interface ListDiff<T> {
  /** Rows of the list at the moment and now; `before + new − withdrawn = now`. */
  readonly before: number
  readonly now: number
  readonly rows: readonly RowDiff<T>[]
}

/** `changes` are all that was accepted after the moment; the rows are told in the order given. */
export function diffList<T extends RewoundRow>(
  current: readonly T[],
  changes: readonly RecordChange[],
): ListDiff<T> {
  const before = new Map(rewind(current, changes).map((row) => [row.id, row]))
  const later = Map.groupBy(changes, ({ id }) => String(id))
  const wasListed = (row: T): boolean => listed(before.get(row.id))
  const rows = current.flatMap((row): RowDiff<T>[] => {
    if (!wasListed(row)) return listed(row) ? [{ row, group: 'new', fields: [] }] : []
    const fields = fieldsBetween(row, later.get(row.id) ?? [])
    if (!listed(row)) return [{ row, group: 'withdrawn', fields }]
    return fields.length === 0 ? [] : [{ row, group: groupOf(fields), fields }]
  })
  return { before: current.filter(wasListed).length, now: current.filter(listed).length, rows }
}

function listed(row: RewoundRow | undefined): boolean {
  return row !== undefined && isListed(parseStage(row.stage))
}

function groupOf(fields: readonly FieldDiff[]): DiffGroup {
  const progress = fields.find(({ field }) => field === 'progress')
  if (progress === undefined) return 'content'
  return progress.to === 'done' ? 'done' : 'progress'
}

/** Not told to people. */
const SILENT: readonly string[] = ['importKey', 'keptReasons']

/** What the first change found and the last one left, where that differs. */
function fieldsBetween({ rev }: RewoundRow, changes: readonly RecordChange[]): FieldDiff[] {
  const fields = new Map<string, FieldDiff>()
  const contained = changes.filter(({ entry }) => entry.rev <= rev)
  for (const { entry } of contained.toSorted((a, b) => a.entry.rev - b.entry.rev))
    for (const [field, { from, to }] of Object.entries(entry.set))
      fields.set(field, { field, from: (fields.get(field) ?? { from }).from, to })
  return [...fields.values()].filter(({ field, from, to }) => !SILENT.includes(field) && !jsonEqual(from, to))
}
