/** The outbox as a file [S27]: what a tablet could not send, carried by hand to headquarters, which imports it. */
import * as v from 'valibot'
import {
  type ClientId,
  type DeviceId,
  type IsoTime,
  type Uid,
  clientIdSchema,
  deviceIdSchema,
  isoTimeSchema,
  uidSchema,
} from './ids.ts'
import { utf8Bytes } from './json.ts'
import { type Result, err, ok } from './result.ts'
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS } from './wire.ts'

/** Largest file taken, in bytes. */
export const MAX_OUTBOX_FILE_BYTES = 20 * 1024 * 1024

const FORMAT = 'kaizencho-outbox'
const VERSION = 1

const outboxFileSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  exportedAt: isoTimeSchema,
  uid: uidSchema,
  deviceId: deviceIdSchema,
  clients: v.array(
    v.object({
      clientId: clientIdSchema,
      /** In the order of mid; numbers may be missing between them. Each is judged by the server, as in a push [S12]. */
      mutations: v.pipe(
        v.array(v.looseObject({ mid: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
        v.checkItems((mutation, index, all) => mutation.mid > (all[index - 1]?.mid ?? 0), 'not in order'),
      ),
    }),
  ),
})
export type OutboxFile = v.InferOutput<typeof outboxFileSchema>

export type OutboxFileError =
  | { readonly type: 'tooLarge' }
  /** No JSON, or JSON of something else. */
  | { readonly type: 'notOutbox' }
  | { readonly type: 'newerVersion' }
  /** It says that it is one of ours, and is not whole. */
  | { readonly type: 'broken' }
  | { readonly type: 'empty' }

/** What was saved and has not reached the server, in any order, as a file's content. */
export function buildOutboxFile(
  from: { readonly exportedAt: IsoTime; readonly uid: Uid; readonly deviceId: DeviceId },
  entries: readonly { readonly clientId: ClientId; readonly mutation: { readonly mid: number } }[],
): OutboxFile {
  const clients = Map.groupBy(entries, ({ clientId }) => clientId)
  return {
    format: FORMAT,
    version: VERSION,
    ...from,
    clients: [...clients].map(([clientId, own]) => ({
      clientId,
      mutations: own.map(({ mutation }) => ({ ...mutation })).sort((a, b) => a.mid - b.mid),
    })),
  }
}

/** Reads a file's text. Never throws. */
export function parseOutboxFile(text: string): Result<OutboxFile, OutboxFileError> {
  if (text.length > MAX_OUTBOX_FILE_BYTES) return err({ type: 'tooLarge' })
  const head = v.safeParse(headSchema, text)
  if (!head.success) return err({ type: 'notOutbox' })
  if (head.output.version > VERSION) return err({ type: 'newerVersion' })
  const file = v.safeParse(outboxFileSchema, head.output)
  if (!file.success) return err({ type: 'broken' })
  return countOf(file.output) === 0 ? err({ type: 'empty' }) : ok(file.output)
}

const headSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ format: v.literal(FORMAT), version: v.number() }),
)

/** Mutations in the file. */
export function countOf({ clients }: OutboxFile): number {
  return clients.reduce((sum, { mutations }) => sum + mutations.length, 0)
}

/** Part of one client's mutations that the server takes at once: successive mids, within the limits of a push [S8]. */
export type OutboxBatch = OutboxFile['clients'][number]

/** The file in parts, in order. */
export function batchesOf({ clients }: Pick<OutboxFile, 'clients'>): OutboxBatch[] {
  return clients.flatMap(({ clientId, mutations }) => {
    const parts: { mid: number }[][] = []
    let bytes = 0
    for (const mutation of mutations) {
      const size = utf8Bytes(JSON.stringify(mutation)) + 1
      const part = parts.at(-1)
      const fits =
        part !== undefined &&
        part.at(-1)?.mid === mutation.mid - 1 &&
        part.length < MAX_PUSH_MUTATIONS &&
        bytes + size < MAX_PUSH_BYTES
      if (fits) part.push(mutation)
      else parts.push([mutation])
      bytes = fits ? bytes + size : size
    }
    return parts.map((part) => ({ clientId, mutations: part }))
  })
}
