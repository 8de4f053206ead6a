/** Pull [S19]–[S22]: what changed in each stream the person reads since their cursors, at one snapshot. */
import * as v from 'valibot'
import { type Stream, streamsOf } from '../../../src/domain/actor.ts'
import { EMPTY_SUM } from '../../../src/domain/checksum.ts'
import { asRecordId } from '../../../src/domain/ids.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import {
  type Cursor,
  type PullRequest,
  type PullResponse,
  type Refusal,
  type Row,
  type StreamPage,
  PROTOCOL_VERSION,
  PULL_PAGE_CHARS,
  PULL_PAGE_ROWS,
  pullRequestSchema,
} from '../../../src/domain/wire.ts'
import type { HeadDoc, ReadTx, RowDoc } from '../storage/storage.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

/** Epoch of a stream nothing was ever written to: its first row starts it over, which costs nothing. */
const NO_EPOCH = '0'

/** Answers a pull. Errs: invalid, revoked, protocolTooOld (a tablet that is too old may push, not pull [S25]). */
export async function pull(deps: Deps, caller: Caller, body: unknown): Answer<PullResponse> {
  const request = v.safeParse(pullRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  if (request.output.protocol < PROTOCOL_VERSION) return err({ type: 'protocolTooOld' })
  return deps.storage.read((tx) => answer(tx, { deps, caller, request: request.output }))
}

async function answer(
  tx: ReadTx,
  { deps, caller, request }: { deps: Deps; caller: Caller; request: PullRequest },
): Promise<Result<PullResponse, Refusal>> {
  const actor = await readActor(tx, caller)
  if (!actor.ok) return actor
  const streams = streamsOf(actor.value)
  const heads = await tx.getAll('heads', streams)
  const client = request.clientId === null ? undefined : await tx.get('clients', request.clientId)

  const pages: StreamPage[] = []
  let room = PULL_PAGE_ROWS
  let chars = PULL_PAGE_CHARS
  let more = false
  for (const [index, stream] of streams.entries()) {
    const head = heads[index] ?? { epoch: NO_EPOCH, seq: 0, floor: 0, count: 0, sum: EMPTY_SUM }
    const cursor = request.cursors[stream]
    if (cursor !== undefined && cursor[0] === head.epoch && cursor[1] === head.seq) continue
    more ||= room === 0 || chars <= 0
    if (room === 0 || chars <= 0) break
    const page = await readPage(tx, { stream, head, cursor, limit: room, chars })
    more ||= page.complete === undefined
    room -= page.rows.length
    chars -= charsOf(page.rows)
    pages.push(page)
  }
  const lmid = client?.uid === caller.uid ? client.lmid : 0
  return ok({ streams, pages, more, lmid, serverTime: deps.now() })
}

/** Rows of one stream after the cursor; from its start when the cursor cannot be continued [S22]. */
export async function readPage(
  tx: ReadTx,
  query: { stream: Stream; head: HeadDoc; cursor: Cursor | undefined; limit: number; chars: number },
): Promise<StreamPage> {
  const { stream, head, cursor, limit, chars } = query
  const continues =
    cursor !== undefined && cursor[0] === head.epoch && cursor[1] <= head.seq && cursor[1] >= head.floor
  const after = continues ? cursor[1] : 0
  const found = await tx.find('rowsByStream', { value: stream, after, limit })
  const rows = fitting(
    found.map(({ doc }) => rowOf(doc)),
    chars,
  )
  const reached = rows.at(-1)?.seq ?? head.seq
  const page: StreamPage = {
    stream,
    reset: cursor !== undefined && !continues,
    rows,
    cursor: [head.epoch, reached],
  }
  return reached < head.seq ? page : { ...page, complete: { count: head.count, sum: head.sum } }
}

function rowOf({ id, seq, rev, record, purged }: RowDoc): Row {
  const marked = purged === undefined ? {} : { purged }
  return { id: asRecordId(id), seq, rev, record, ...marked }
}

function charsOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + JSON.stringify(row).length, 0)
}

/** As many rows as fit, but at least one: a thin network must get on. */
function fitting(rows: readonly Row[], chars: number): Row[] {
  let left = chars
  const cut = rows.findIndex((row, index) => {
    left -= charsOf([row])
    return left < 0 && index > 0
  })
  return cut < 0 ? [...rows] : rows.slice(0, cut)
}
