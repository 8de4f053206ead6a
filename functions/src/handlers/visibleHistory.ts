/** What of a record's history somebody may see: what their streams carried at the time (Terms, feeds). */
import type { Stream } from '../../../src/domain/actor.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type Feed, type RecordType, type StoredRecord, feedsByType } from '../../../src/domain/record.ts'
import type { HistoryEntry } from '../../../src/domain/wire.ts'
import type { HistoryDoc } from '../storage/storage.ts'

export interface HistoryReader {
  readonly type: RecordType
  /** As it is now. */
  readonly record: StoredRecord
  readonly parent: StoredRecord | undefined
  readonly streams: readonly Stream[]
}

/** The entry without what was hidden from them; undefined when they saw nothing of it. */
export function visibleEntry(doc: HistoryDoc, reader: HistoryReader): HistoryEntry | undefined {
  const seen = seenBy(doc.feeds, reader)
  if (seen.length === 0) return undefined
  const shown = Object.entries(doc.entry.set).filter(([field]) => !hidden(seen, field))
  const before = sawBefore(doc.entry, reader)
  const set = shown.map(([field, change]): [string, typeof change] => [
    field,
    field === 'stage' || before ? change : { ...change, from: null },
  ])
  return { ...doc.entry, set: Object.fromEntries(set) }
}

/** A change that lets more people see a record does not tell them what was written before (drafts stay with their unit). */
function sawBefore({ set }: HistoryEntry, reader: HistoryReader): boolean {
  const { type, record, parent } = reader
  const stage = set['stage']?.from
  if (typeof stage !== 'string' || type.audienceRank(stage) >= type.audienceRank(record.stage)) return true
  const from = Object.entries(set).map(([field, change]): [string, Json] => [field, change.from])
  const before = { ...record, stage, fields: { ...record.fields, ...Object.fromEntries(from) } }
  return seenBy(feedsByType(type, before, parent), reader).length > 0
}

function seenBy(feeds: readonly Feed[], { streams }: HistoryReader): readonly Feed[] {
  return feeds.filter(({ stream }) => streams.includes(stream))
}

function hidden(feeds: readonly Feed[], field: string): boolean {
  return feeds.every(({ omit }) => omit?.includes(field))
}
