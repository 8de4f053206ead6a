/** The light entry that lists, counts and search need of a record. */
import type { StoredRecord } from '../domain/record.ts'
import { searchKeys } from '../domain/search.ts'
import { typeOf } from '../domain/types/index.ts'
import type { IndexEntry } from '../sync/ports.ts'

/** What the record alone says of its entry; its search text lies apart. */
export type HeadEntry = Omit<IndexEntry, 'queued' | 'parked'>

/** Undefined for a type this release does not know. */
export function headEntryOf(record: StoredRecord): HeadEntry | undefined {
  const type = typeOf(record.type)
  if (type === undefined) return undefined
  const { id, rev, stage, updatedAt, updatedBy, receiptNo } = record
  return { id, type: type.name, rev, stage, facets: type.facets(record), updatedAt, updatedBy, receiptNo }
}

/** As lists have it while nothing is pending; undefined where there is nothing to list. */
export function lightEntryOf(record: StoredRecord | undefined): IndexEntry | undefined {
  const entry = record === undefined || record.removed ? undefined : headEntryOf(record)
  return entry && { ...entry, queued: 0, parked: 0 }
}

/** Normalised text that search scans; '' for a type this release does not know. */
export function searchTextOf(record: StoredRecord): string {
  return searchKeys(typeOf(record.type)?.searchText(record) ?? [])
}
