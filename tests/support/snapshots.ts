/** Snapshots of a test's world: the real handler on a small store of blobs, with parts of a few rows. */
import { brotliDecompressSync } from 'node:zlib'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { snapshot } from '../../functions/src/handlers/snapshot.ts'
import { type SnapshotLimits, createSnapshots } from '../../functions/src/snapshots.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { asDeviceId } from '../../src/domain/ids.ts'
import { type Result, err, ok } from '../../src/domain/result.ts'
import { SnapshotReader } from '../../src/db/snapshotReader.ts'
import type { StoredRecord } from '../../src/domain/record.ts'
import type { StreamPage } from '../../src/domain/wire.ts'
import type { SnapshotSource, TransportError } from '../../src/sync/ports.ts'
import { memoryBlobs } from './memoryBlobs.ts'

/** Every page of two rows is a part. */
const SMALL: Partial<SnapshotLimits> = { minRows: 1, pageRows: 2, partBytes: 1 }

export interface SnapshotServer {
  /** What is kept, by key. */
  readonly objects: Map<string, Uint8Array>
  /** Keys written so far. */
  readonly written: string[]
  /** What the server reported. */
  readonly reported: unknown[]
  /** Moves its clock. */
  advance(ms: number): void
  forget(): Promise<void>
  /** What the handler answers, as text. */
  ask(actor: Actor, body: unknown): Promise<Result<string, { readonly type: string }>>
  /** The source of one tablet; `lines` is what it was handed, `beforeLine` is called with how many that were. */
  sourceFor(
    actor: Actor,
    beforeLine?: (count: number) => void | Promise<void>,
  ): SnapshotSource & { readonly lines: string[] }
}

/** The text of a part in pieces: its first and last line, and each page with the records that follow it. */
export function piecesOf(part: string): string[] {
  const pieces: string[] = []
  let records = 0
  for (const line of part.split('\n').slice(0, -1)) {
    if (records > 0) {
      records -= 1
      pieces.push(`${pieces.pop()}${line}\n`)
      continue
    }
    const { page }: Partial<PageLine> = JSON.parse(line)
    records = page?.rows.length ?? 0
    pieces.push(`${line}\n`)
  }
  return pieces
}

interface PageLine {
  readonly page: Pick<StreamPage, 'stream' | 'cursor'> & { readonly rows: readonly { readonly id: string }[] }
}

/** The pages of a part with their records. */
export function pagesOf(
  part: string,
): (PageLine['page'] & { readonly records: readonly (StoredRecord | null)[] })[] {
  return piecesOf(part).flatMap((piece) => {
    const [line = '', ...records] = piece.trimEnd().split('\n')
    const { page }: Partial<PageLine> = JSON.parse(line)
    return page === undefined ? [] : [{ ...page, records: records.map((text) => JSON.parse(text)) }]
  })
}

export function serveSnapshots(
  { deps }: { readonly deps: Deps },
  limits: Partial<SnapshotLimits> = SMALL,
): SnapshotServer {
  const objects = new Map<string, Uint8Array>()
  const store = memoryBlobs(objects)
  const written: string[] = []
  const reported: unknown[] = []
  let aheadMs = 0
  const blobs = {
    ...store,
    put: (key: string, bytes: Uint8Array) => {
      written.push(key)
      return store.put(key, bytes)
    },
  }
  const nowMs = (): number => Date.parse('2026-11-20T01:00:00.000Z') + aheadMs
  const report = (error: unknown): void => void reported.push(error)
  const snapshots = createSnapshots({ storage: deps.storage, blobs, nowMs, limits })
  const server: SnapshotServer = {
    objects,
    written,
    reported,
    forget: () => snapshots.forget(),
    advance: (ms) => void (aheadMs += ms),
    async ask({ uid }, body) {
      const caller = { uid, deviceId: asDeviceId(`dev-${uid}`) }
      const answer = await snapshot({ ...deps, report, snapshots }, caller, body)
      return answer.ok ? ok(brotliDecompressSync(answer.value).toString('utf8')) : answer
    },
    sourceFor(actor, beforeLine) {
      const lines: string[] = []
      return {
        lines,
        async read(request, take, stop): Promise<Result<void, TransportError>> {
          const answer = await server.ask(actor, JSON.parse(JSON.stringify(request)))
          if (!answer.ok) return err({ type: 'refused', refusal: { type: 'notFound' } })
          const reader = new SnapshotReader({ blockChars: 700 })
          try {
            for (const piece of piecesOf(answer.value)) {
              await beforeLine?.(lines.length)
              if (stop?.stopped === true) return err({ type: 'timeout' })
              lines.push(piece.trimEnd())
              await take([...reader.read(new TextEncoder().encode(piece))])
            }
            return ok(undefined)
          } catch {
            return err({ type: 'offline' })
          }
        },
      }
    },
  }
  return server
}
