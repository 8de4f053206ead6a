/** What others changed in a record since a person looked at it, from its history. */
import type { Json } from './json.ts'
import type { HistoryEntry } from './wire.ts'

interface Since {
  /** Revision that was seen. */
  readonly rev: number
  /** The person; their own changes are no news to them. */
  readonly uid: string
}

/** Accepted changes by others after that revision, oldest first. `entries` in any order. */
export function changesSince(entries: readonly HistoryEntry[], { rev, uid }: Since): HistoryEntry[] {
  return entries.filter((entry) => entry.rev > rev && entry.by !== uid).sort((a, b) => a.rev - b.rev)
}

/** Values before those changes, by field: of each field the first one's. */
export function valuesBefore(changes: readonly HistoryEntry[]): Readonly<Record<string, Json>> {
  const before: Record<string, Json> = {}
  for (const { set } of changes) {
    for (const [field, { from }] of Object.entries(set)) {
      if (!Object.hasOwn(before, field)) before[field] = from
    }
  }
  return before
}
