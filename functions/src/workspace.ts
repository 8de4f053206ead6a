/**
 * One transaction's view of the store: reads go through it and are remembered, writes are buffered until `flush`, so that
 * a batch sees its own effects while all reads still come before all writes [S9]. Keeps heads and rows in step [S19].
 */
import type { Stream } from '../../src/domain/actor.ts'
import { EMPTY_SUM, addToSum, removeFromSum } from '../../src/domain/checksum.ts'
import { type Trail, nextTrail } from '../../src/domain/patch.ts'
import { type Feed, type StoredRecord, feedsByType, project, textOf } from '../../src/domain/record.ts'
import { typeOf } from '../../src/domain/types/index.ts'
import type { HistoryEntry, PurgeMark } from '../../src/domain/wire.ts'
import { joinMarks } from '../../src/domain/purgeMark.ts'
import type { Collection, Docs, HeadDoc, RecordDoc, Tx } from './storage/storage.ts'

export class Workspace {
  private readonly records = new Map<string, RecordDoc | undefined>()
  private readonly heads = new Map<string, HeadDoc>()
  private readonly writes = new Map<string, () => void>()
  private readonly dirtyHeads = new Set<string>()
  /** What this transaction has destroyed. */
  private readonly purged = new Map<string, PurgeMark>()
  /** History written in this transaction, by record: it is not read back. */
  private readonly appended = new Map<string, HistoryEntry[]>()
  /** Records whose children are all in `records`. */
  private readonly askedForChildren = new Set<string>()

  private readonly tx: Tx
  private readonly epoch: string

  constructor(tx: Tx, epoch: string) {
    this.tx = tx
    this.epoch = epoch
  }

  /** Reads many records at once, ahead of the decisions that need them. */
  async prefetch(ids: readonly string[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.records.has(id))
    const docs = await this.tx.getAll('records', missing)
    missing.forEach((id, index) => this.records.set(id, docs[index]))
  }

  async record(id: string): Promise<StoredRecord | undefined> {
    await this.prefetch([id])
    return this.records.get(id)?.record
  }

  /** The record a record hangs on; undefined when its type has none, or it is missing or of another type. */
  async parentOf(record: Pick<StoredRecord, 'type' | 'fields'>): Promise<StoredRecord | undefined> {
    const link = typeOf(record.type)?.parent
    const id = link === undefined ? undefined : record.fields[link.field]
    if (link === undefined || typeof id !== 'string') return undefined
    const parent = await this.record(id)
    return parent?.type === link.type ? parent : undefined
  }

  /** Records of a type that hang on this one and stand. */
  async countChildren(id: string, type: string): Promise<number> {
    return (await this.childrenOf(id)).filter((child) => child.type === type && !child.removed).length
  }

  /** Every record of a type, removed ones included. */
  async ofType(type: string): Promise<StoredRecord[]> {
    for (const { key, doc } of await this.tx.find('recordsByType', { value: type }))
      if (!this.records.has(key)) this.records.set(key, doc)
    return [...this.records.values()].flatMap((doc) => (doc?.type === type ? [doc.record] : []))
  }

  put<C extends Collection>(collection: C, key: string, doc: Docs[C]): void {
    this.writes.set(`${collection}|${key}`, () => this.tx.put(collection, key, doc))
  }

  remove(collection: Collection, key: string): void {
    this.writes.set(`${collection}|${key}`, () => this.tx.remove(collection, key))
  }

  /**
   * Stores the next version of a record, feeds it to its streams, re-feeds what hangs on it when its audience changed, and
   * returns it with its receipt number: epoch, stream and seq, unique for ever [S13]. Without an entry its history does not
   * mention it.
   */
  async store(next: StoredRecord, entry?: HistoryEntry): Promise<StoredRecord> {
    const before = await this.record(next.id)
    const parent = await this.parentOf(next)
    const feedsBefore = before === undefined ? [] : feedsOf(before, parent)
    const feedsAfter = feedsOf(next, parent)
    const first = feedsAfter[0]?.stream ?? feedsBefore[0]?.stream
    const stored = first === undefined ? next : { ...next, receiptNo: await this.nextReceiptNo(first) }
    const changes = (this.records.get(next.id)?.changes ?? 0) + (entry === undefined ? 0 : 1)
    const trails = this.trailsOf(next)
    const of = await this.feed(before, stored, { feedsBefore, feedsAfter, trails: trails.of })
    const moved = before !== undefined && movesOthers(before, stored)
    const moves = (this.records.get(next.id)?.moves ?? 0) + (moved ? 1 : 0)
    this.keep(stored, { changes, trails: { ...trails, of }, moves })
    const feeds = feedsAfter.length > 0 ? feedsAfter : feedsBefore
    if (entry !== undefined) this.appendHistory(stored, { order: changes, feeds, entry })
    if (moved) await this.refeedChildren(before, stored)
    return stored
  }

  /** What is told of the record by now, oldest first. */
  async historyOf(id: string): Promise<HistoryEntry[]> {
    const stored = await this.tx.find('historyByRecord', { value: id })
    return [...stored.map(({ doc }) => doc.entry), ...(this.appended.get(id) ?? [])]
  }

  /** What was destroyed of the record's values [S18]. */
  async purgeMark(id: string): Promise<PurgeMark | undefined> {
    await this.prefetch([id])
    return this.records.get(id)?.purged
  }

  /**
   * Stores a record of which something was destroyed. Its rows say so from here on, those of these `streams` too that it has
   * left: a tablet may not know yet, or hold it still where it keeps rows together.
   */
  async purge(
    next: StoredRecord,
    { mark, entry, streams }: { mark: PurgeMark; entry: HistoryEntry; streams: readonly Stream[] },
  ): Promise<void> {
    const before = await this.record(next.id)
    const parent = await this.parentOf(before ?? next)
    const fed = before === undefined ? [] : feedsOf(before, parent).map(({ stream }) => stream)
    const left = streams.filter((stream) => !fed.includes(stream))
    const rows = await this.tx.getAll(
      'rows',
      left.map((stream) => `${stream}|${next.id}`),
    )
    this.purged.set(next.id, joinMarks(this.records.get(next.id)?.purged, mark))
    const stored = await this.store(next, entry)
    for (const [index, stream] of left.entries())
      if (rows[index] !== undefined)
        await this.writeRow(stream, { before: undefined, after: stored, shown: null })
  }

  /** Writes a history entry of a change that left the record as it was: its fields became conflicts, or others have prevailed. */
  async noteAttempt(record: StoredRecord, entry: HistoryEntry): Promise<void> {
    const changes = (this.records.get(record.id)?.changes ?? 0) + 1
    this.keep(record, { changes })
    this.appendHistory(record, {
      order: changes,
      feeds: feedsOf(record, await this.parentOf(record)),
      entry,
    })
  }

  /** Hands every buffered write to the transaction. Nothing may be read afterwards. */
  flush(): void {
    for (const stream of this.dirtyHeads) {
      const head = this.heads.get(stream)
      if (head !== undefined) this.tx.put('heads', stream, head)
    }
    for (const write of this.writes.values()) write()
  }

  /** Everything that hangs on the record, as this transaction has it by now. */
  private async childrenOf(id: string): Promise<StoredRecord[]> {
    if (!this.askedForChildren.has(id)) {
      this.askedForChildren.add(id)
      for (const { key, doc } of await this.tx.find('recordsByParent', { value: id }))
        if (!this.records.has(key)) this.records.set(key, doc)
    }
    return [...this.records.values()].flatMap((doc) => (doc?.parent === id ? [doc.record] : []))
  }

  private keep(
    record: StoredRecord,
    noted: Pick<RecordDoc, 'changes'> & Partial<Pick<RecordDoc, 'trails' | 'moves'>>,
  ): void {
    const doc: RecordDoc = {
      ...this.records.get(record.id),
      record,
      type: record.type,
      parent: parentIdOf(record),
      ...noted,
      ...this.markOf(record.id),
    }
    this.records.set(record.id, doc)
    this.put('records', record.id, doc)
  }

  private appendHistory(
    { id: recordId, type }: StoredRecord,
    change: { order: number; feeds: readonly Feed[]; entry: HistoryEntry },
  ): void {
    const acceptedAtMs = Date.parse(change.entry.acceptedAt)
    this.put('history', `${recordId}|${change.order}`, { recordId, type, acceptedAtMs, ...change })
    this.appended.set(recordId, [...(this.appended.get(recordId) ?? []), change.entry])
  }

  private async nextReceiptNo(stream: Stream): Promise<string> {
    const head = await this.head(stream)
    return `${head.epoch}-${shortNameOf(stream)}-${head.seq + 1}`
  }

  private async head(stream: Stream): Promise<HeadDoc> {
    const known = this.heads.get(stream) ?? (await this.tx.get('heads', stream))
    const head = known ?? { epoch: this.epoch, seq: 0, floor: 0, count: 0, sum: EMPTY_SUM }
    this.heads.set(stream, head)
    return head
  }

  /** What has been destroyed of a record by now [S18]. */
  private markOf(id: string): Pick<RecordDoc, 'purged'> {
    const purged = this.purged.get(id) ?? this.records.get(id)?.purged
    return purged === undefined ? {} : { purged }
  }

  /** The trails that still hold of a record's rows: none where it was fed anew because its parent moved. */
  private trailsOf(record: StoredRecord): NonNullable<RecordDoc['trails']> {
    const moves = this.records.get(parentIdOf(record))?.moves ?? 0
    const trails = this.records.get(record.id)?.trails
    return trails?.moves === moves ? trails : { moves, of: {} }
  }

  /** Writes the record's rows in all its streams and answers their trails. */
  private async feed(
    before: StoredRecord | undefined,
    after: StoredRecord,
    {
      feedsBefore,
      feedsAfter,
      trails,
    }: {
      feedsBefore: readonly Feed[]
      feedsAfter: readonly Feed[]
      trails: Readonly<Record<string, Trail>>
    },
  ): Promise<Record<string, Trail>> {
    const gone = feedsBefore.filter((feed) => !feedsAfter.some(({ stream }) => stream === feed.stream))
    for (const { stream } of gone) await this.writeRow(stream, { before, after, shown: null })
    const written: Record<string, Trail> = {}
    for (const { stream, omit } of feedsAfter) {
      const feedBefore = feedsBefore.find((feed) => feed.stream === stream)
      const was =
        feedBefore === undefined || before === undefined ? undefined : project(before, feedBefore.omit)
      const shown = project(after, omit)
      const { seq } = await this.head(stream)
      const trail = nextTrail(trails[stream], { seq: seq + 1, before: was, after: shown })
      await this.writeRow(stream, { before: was, after, shown, trail })
      written[stream] = trail
    }
    return written
  }

  private async writeRow(
    stream: Stream,
    row: { before: StoredRecord | undefined; after: StoredRecord; shown: StoredRecord | null; trail?: Trail },
  ): Promise<void> {
    const head = await this.head(stream)
    const seq = head.seq + 1
    let { count, sum } = head
    if (row.before !== undefined) {
      count -= 1
      sum = removeFromSum(sum, row.before)
    }
    if (row.shown !== null) {
      count += 1
      sum = addToSum(sum, row.shown)
    }
    const { id, rev } = row.after
    // A snapshot begun earlier will not do, be it of a row that has gone or of values that have.
    const gone = row.shown === null || this.purged.has(id) ? { lastGoneSeq: seq } : {}
    this.heads.set(stream, { ...head, seq, count, sum, ...gone })
    this.dirtyHeads.add(stream)
    const trail = row.trail === undefined ? {} : { trail: row.trail }
    const record = row.shown
    this.put('rows', `${stream}|${id}`, { stream, id, seq, rev, record, ...this.markOf(id), ...trail })
  }

  /** Notes and the like follow their record into its new audience, in the same transaction. */
  private async refeedChildren(before: StoredRecord, after: StoredRecord): Promise<void> {
    for (const child of await this.childrenOf(after.id)) {
      await this.feed(child, child, {
        feedsBefore: feedsOf(child, before),
        feedsAfter: feedsOf(child, after),
        trails: {},
      })
    }
  }
}

/** Whether what hangs on a record is to be fed anew. */
function movesOthers(before: StoredRecord, after: StoredRecord): boolean {
  const audienceKey = typeOf(after.type)?.audienceKey
  return audienceKey !== undefined && audienceKey(before) !== audienceKey(after)
}

/** Id of the record that one hangs on, as its documents name it; '' = none. */
function parentIdOf(record: StoredRecord): string {
  const link = typeOf(record.type)?.parent
  return link === undefined ? '' : textOf(record, link.field)
}

/** Streams that are named as they are; `S0` stands for a shard of the shared one. */
const PLAIN_NAME = /^(S\d+|review|hq|master)$/

/** A stream in a receipt number, which a unit's is to look like the unit. No two alike: ids begin with a letter or a digit. */
function shortNameOf(stream: Stream): string {
  if (stream.startsWith('user/')) return stream.replace('user/', '@')
  if (!stream.startsWith('unit/')) return stream.replace('shared/', 'S')
  const unit = stream.replace('unit/', '')
  return PLAIN_NAME.test(unit) ? `_${unit}` : unit
}

/** Where a record appears: nowhere once removed (tombstones), else as its type says. */
export function feedsOf(record: StoredRecord, parent: StoredRecord | undefined): readonly Feed[] {
  if (record.removed) return []
  const type = typeOf(record.type)
  return type === undefined ? [] : feedsByType(type, record, parent)
}
