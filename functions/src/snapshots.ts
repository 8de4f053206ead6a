/**
 * Snapshots of the streams that everybody reads [S23], kept as blobs so that all instances of the server share them. One is
 * made when a tablet starts and there is none that will do, within the request of that tablet: an instance may be stopped as
 * soon as it has answered. What is in none of its parts yet by then is left to the pull.
 */
import { createHash, randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { COMMON_STREAMS, type Stream } from '../../src/domain/actor.ts'
import { type SnapshotLine, SNAPSHOT_MIN_ROWS, SNAPSHOT_PAGE_ROWS } from '../../src/domain/snapshot.ts'
import { type Cursor, type Row, cursorsSchema } from '../../src/domain/wire.ts'
import type { BlobStore } from './blobs/blobStore.ts'
import { readPage } from './handlers/pull.ts'
import { type PartWriter, openBrotliPart } from './partWriter.ts'
import type { HeadDoc, ReadTx, Storage } from './storage/storage.ts'

/** What makes a snapshot worth while and how it is cut. */
export interface SnapshotLimits {
  /** Rows of a stream start to finish; fewer are left to the pull. */
  readonly minRows: number
  /** Rows of a page, which a tablet writes in one transaction. */
  readonly pageRows: number
  /** In UTF-16 units: until so much is in it pages are no longer, so that lists soon have something to show. */
  readonly firstChars: number
  /** A part ends with the page that takes it beyond. A tablet that is cut off asks for the whole part again. */
  readonly partBytes: number
}
const LIMITS: SnapshotLimits = {
  minRows: SNAPSHOT_MIN_ROWS,
  pageRows: SNAPSHOT_PAGE_ROWS,
  // Of 取組 with long texts a screen or two.
  firstChars: 180_000,
  partBytes: 16 * 1024 * 1024,
}

/** With changes since, one older than this is made anew. */
const MAX_AGE_MS = 10 * 60_000
/** A tablet waits while its snapshot is made; what takes longer is not in it. */
const MAKING_MS = 20_000
/** Parts that another instance names, or is about to, are not cleared away. */
const KEPT_MS = 60 * 60_000
/** A page of long rows may be larger than an answer to a pull: nothing waits for it. */
const PAGE_CHARS = 1_600_000

/** Shape of the parts; those of another are made anew. */
const SHAPE = 2

const FOLDER = 'snapshots'
const MANIFEST = `${FOLDER}/current.json`

const partSchema = v.object({
  key: v.string(),
  /** Hex. */
  sha256: v.string(),
  /** Where a tablet is that has taken all parts up to this one. */
  reaches: cursorsSchema,
})
const manifestSchema = v.object({
  shape: v.literal(SHAPE),
  madeAtMs: v.number(),
  /** seq of each stream when the making began: what left it later may be in a part. */
  beganAt: v.record(v.string(), v.number()),
  parts: v.array(partSchema),
})
type Manifest = v.InferOutput<typeof manifestSchema>
const keptManifestSchema = v.pipe(v.string(), v.parseJson(), manifestSchema)
type Part = v.InferOutput<typeof partSchema>
export type Heads = ReadonlyMap<Stream, HeadDoc>

export interface Snapshots {
  /** JSON lines, compressed with brotli, that take a tablet on from its cursors; undefined where it had better pull. */
  partFrom(cursors: Readonly<Record<string, Cursor>>, heads: Heads): Promise<Uint8Array | undefined>
  /**
   * Throws away what is kept, also what is being made: something in it was destroyed [S18]. What another instance is making
   * is thrown away there. Only where that one is stopped in the middle does a part stay, named by nothing, until forget is
   * called again or one made an hour later clears it away.
   */
  forget(): Promise<void>
}

interface SnapshotDeps {
  readonly storage: Storage
  readonly blobs: BlobStore
  readonly nowMs: () => number
  readonly limits?: Partial<SnapshotLimits>
  /** Brotli unless told. */
  readonly openPart?: () => PartWriter
}

export function createSnapshots({
  storage,
  blobs,
  nowMs,
  limits: given,
  openPart = () => openBrotliPart(LIMITS.partBytes),
}: SnapshotDeps): Snapshots {
  const limits = { ...LIMITS, ...given }
  /** One at a time, however many tablets wait for it. */
  let making: Promise<Manifest | undefined> | undefined
  /** The part last sent: tablets that start together share its memory. Handed out only while a manifest that will do names it. */
  let latest: { readonly part: Part; readonly bytes: Promise<Uint8Array | undefined> } | undefined

  /** Undefined where something left a stream while one was made. */
  async function current(heads: Heads): Promise<Manifest | undefined> {
    const bytes = await blobs.get(MANIFEST)
    const kept = v.safeParse(keptManifestSchema, bytes && new TextDecoder().decode(bytes))
    if (kept.success && willDo(kept.output, heads, nowMs())) return kept.output
    making ??= make(heads).finally(() => (making = undefined))
    return making
  }

  async function make(heads: Heads): Promise<Manifest | undefined> {
    const beganAt = Object.fromEntries([...heads].map(([stream, { seq }]) => [stream, seq]))
    const madeAtMs = nowMs()
    const name = `${madeAtMs.toString(36)}-${randomBytes(4).toString('hex')}`
    let isKept = false
    try {
      const parts = await putParts(name, heads)
      // Once they are there: another instance's forget finds them, or what it was called for is seen here.
      if (hasLostRows(beganAt, await storage.read(readHeads))) return undefined
      const manifest: Manifest = { shape: SHAPE, madeAtMs, beganAt, parts }
      await blobs.put(MANIFEST, new TextEncoder().encode(JSON.stringify(manifest)))
      isKept = true
      await clear(madeAtMs)
      return manifest
    } finally {
      if (!isKept) await removeWhere((key) => key.startsWith(`${FOLDER}/${name}-`))
    }
  }

  async function putParts(name: string, heads: Heads): Promise<Part[]> {
    const parts: Part[] = []
    const reaches: Record<string, Cursor> = {}
    let writer: PartWriter | undefined
    const write = async (to: PartWriter, line: SnapshotLine, ...records: unknown[]): Promise<void> =>
      to.write([line, ...records].map((each) => `${JSON.stringify(each)}\n`).join(''))
    const close = async (more: boolean): Promise<void> => {
      if (writer === undefined) return
      await write(writer, { type: 'end', more })
      const bytes = await writer.end()
      const key = `${FOLDER}/${name}-${parts.length}`
      await blobs.put(key, bytes)
      parts.push({ key, sha256: hashOf(bytes), reaches: { ...reaches } })
      writer = undefined
    }
    for await (const { after, stream, rows, cursor } of readAll(storage, limits)) {
      if ((writer?.sizeBytes() ?? 0) >= limits.partBytes) await close(true)
      if (writer === undefined) {
        writer = openPart()
        await write(writer, { type: 'begin', rows: totalRows(heads) })
      }
      const marks = rows.map(({ record: _, ...mark }) => mark)
      const line = { type: 'page', after, page: { stream, rows: marks, cursor } } as const
      await write(writer, line, ...rows.map(({ record }) => record))
      reaches[stream] = cursor
    }
    await close(false)
    return parts
  }

  async function clear(now: number): Promise<void> {
    const madeAtMs = (key: string): number => Number.parseInt(key.slice(FOLDER.length + 1), 36)
    await removeWhere((key) => key !== MANIFEST && now - madeAtMs(key) > KEPT_MS)
  }

  async function removeWhere(isGone: (key: string) => boolean): Promise<void> {
    for (const { key } of await blobs.list(FOLDER)) if (isGone(key)) await blobs.remove(key)
  }

  async function read(part: Part): Promise<Uint8Array | undefined> {
    const bytes = await blobs.get(part.key)
    if (bytes !== undefined && hashOf(bytes) === part.sha256) return bytes
    // Lost or damaged: the next tablet has a new one made.
    await blobs.remove(MANIFEST)
    return undefined
  }

  return {
    async partFrom(cursors, heads) {
      if (totalRows(heads) < limits.minRows) return undefined
      const { parts = [] } = (await current(heads)) ?? {}
      const whole = parts.at(-1)
      if (whole === undefined || missing(whole, cursors) < limits.minRows) return undefined
      const part = parts.find((each) => missing(each, cursors) > 0) ?? whole
      if (latest?.part.key !== part.key) latest = { part, bytes: read(part) }
      const { bytes } = latest
      const found = await bytes.catch(() => undefined)
      if (found === undefined) latest = undefined
      return found
    },
    async forget() {
      await making?.catch(() => undefined)
      latest = undefined
      await removeWhere(() => true)
    },
  }
}

/** How many changes a tablet at these cursors lacks of a part and those before it; where it has another epoch, none. */
function missing({ reaches }: Part, cursors: Readonly<Record<string, Cursor>>): number {
  return Object.entries(reaches).reduce((sum, [stream, [epoch, seq]]) => {
    const [heldEpoch, heldSeq] = cursors[stream] ?? [epoch, 0]
    return heldEpoch === epoch ? sum + Math.max(0, seq - heldSeq) : sum
  }, 0)
}

/** Not of another time of the server [S22], without anything that has left a stream since, and whole or young. */
function willDo({ madeAtMs, beganAt, parts }: Manifest, heads: Heads, nowMs: number): boolean {
  const reaches = parts.at(-1)?.reaches ?? {}
  const ageMs = nowMs - madeAtMs
  const isYoung = ageMs >= 0 && ageMs < MAX_AGE_MS
  if (hasLostRows(beganAt, heads)) return false
  return [...heads].every(([stream, { epoch, floor, seq }]) => {
    const [heldEpoch, heldSeq] = reaches[stream] ?? [epoch, 0]
    const isRight = heldEpoch === epoch && heldSeq >= floor && heldSeq <= seq
    return isRight && (isYoung || heldSeq === seq)
  })
}

/** Whether anything has left a stream since the making began: a part may hold it. */
function hasLostRows(beganAt: Manifest['beganAt'], heads: Heads): boolean {
  return [...heads].some(([stream, { lastGoneSeq = 0 }]) => lastGoneSeq > (beganAt[stream] ?? 0))
}

/** Heads of the streams that a snapshot is of. */
export async function readHeads(tx: ReadTx): Promise<Heads> {
  const found = await tx.getAll('heads', COMMON_STREAMS)
  return new Map(
    COMMON_STREAMS.flatMap((stream, index) => {
      const head = found[index]
      return head === undefined ? [] : [[stream, head] as const]
    }),
  )
}

function totalRows(heads: Heads): number {
  return [...heads.values()].reduce((sum, { count }) => sum + count, 0)
}

interface Page {
  readonly after: number
  readonly stream: Stream
  readonly rows: readonly Row[]
  readonly cursor: Cursor
}

/** The pages of a pull from the beginning, as far as time allows. */
async function* readAll(storage: Storage, { pageRows, firstChars }: SnapshotLimits): AsyncGenerator<Page> {
  const startedMs = performance.now()
  let readChars = 0
  for (const stream of COMMON_STREAMS) {
    let cursor: Cursor | undefined
    for (;;) {
      if (performance.now() - startedMs > MAKING_MS) return
      const chars = readChars < firstChars ? firstChars : PAGE_CHARS
      const query = { cursor, limits: { rows: pageRows, chars } }
      const read = await storage.read(async (tx) => {
        const head = await tx.get('heads', stream)
        return head === undefined ? undefined : readPage(tx, { stream, head, ...query })
      })
      // The store was restored meanwhile: what was read so far is of another time.
      if (read?.page.reset === true)
        throw new Error('The streams were started over while a snapshot was made.')
      if (read === undefined || read.rows.length === 0) break
      const { page } = read
      readChars += read.rows.reduce((sum, { length }) => sum + length, 0)
      const rows = read.rows.map((text): Row => JSON.parse(text))
      yield { after: cursor?.[1] ?? 0, stream, rows, cursor: page.cursor }
      if (page.complete !== undefined) break
      cursor = page.cursor
    }
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
