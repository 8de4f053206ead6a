/** Pull [S19]–[S22]: what changed in each stream the person reads since their cursors, at one snapshot. */
import * as v from 'valibot'
import { type Stream, streamsOf } from '../../../src/domain/actor.ts'
import { EMPTY_SUM } from '../../../src/domain/checksum.ts'
import { asRecordId } from '../../../src/domain/ids.ts'
import { type Since, baseOf, namesOf, patchSince } from '../../../src/domain/patch.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import {
  type Cursor,
  type PullRequest,
  type PullResponse,
  type Refusal,
  type StreamPage,
  PROTOCOL_VERSION,
  PULL_PAGE_CHARS,
  PULL_PAGE_ROWS,
  pullRequestSchema,
} from '../../../src/domain/wire.ts'
import type { BuiltPage, PageCache } from '../pageCache.ts'
import type { HeadDoc, ReadTx, RowDoc } from '../storage/storage.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

/** Epoch of a stream nothing was ever written to: its first row starts it over, which costs nothing. */
const NO_EPOCH = '0'

export interface PullDeps extends Deps {
  readonly pages: PageCache
  /** Of an answer, unless a single row goes beyond it. */
  readonly limits?: PageLimits
}

export interface PageLimits {
  readonly rows: number
  /** UTF-16 units of their JSON. */
  readonly chars: number
}
const LIMITS: PageLimits = { rows: PULL_PAGE_ROWS, chars: PULL_PAGE_CHARS }

/** An answer as pieces of UTF-8, one after another: the pages in it may be part of other answers too. */
export class PullAnswer {
  readonly pieces: readonly Buffer[]

  constructor(
    pages: readonly BuiltPage[],
    rest: Omit<PullResponse, 'pages' | 'streams'> & { streams?: Stream[] },
  ) {
    const between = Buffer.from(',')
    const listed = pages.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [between, bytes]))
    this.pieces = [Buffer.from('{"pages":['), ...listed, Buffer.from(`],${JSON.stringify(rest).slice(1)}`)]
  }
}

/**
 * Answers a pull; with `since`, in patches [S20]. Errs: invalid, revoked, protocolTooOld (a tablet that is too old may push,
 * not pull [S25]).
 */
export async function pull(
  deps: PullDeps,
  caller: Caller,
  { body, since }: { readonly body: unknown; readonly since?: Since | undefined },
): Answer<PullAnswer> {
  const request = v.safeParse(pullRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  if (request.output.protocol < PROTOCOL_VERSION) return err({ type: 'protocolTooOld' })
  return deps.storage.read((tx) => answer(tx, { deps, caller, request: request.output, since }))
}

async function answer(
  tx: ReadTx,
  asked: { deps: PullDeps; caller: Caller; request: PullRequest; since: Since | undefined },
): Promise<Result<PullAnswer, Refusal>> {
  const { deps, caller, request, since } = asked
  const actor = await readActor(tx, caller)
  if (!actor.ok) return actor
  const streams = streamsOf(actor.value)
  const heads = await tx.getAll('heads', streams)
  const client = request.clientId === null ? undefined : await tx.get('clients', request.clientId)

  const { limits = LIMITS } = deps
  const pages: BuiltPage[] = []
  let [rows, chars, more] = [0, 0, false]
  for (const [index, stream] of streams.entries()) {
    const head = heads[index] ?? { epoch: NO_EPOCH, seq: 0, floor: 0, count: 0, sum: EMPTY_SUM }
    const cursor = request.cursors[stream]
    if (cursor !== undefined && cursor[0] === head.epoch && cursor[1] === head.seq) continue
    const page = more ? undefined : await builtPage(tx, deps.pages, { stream, head, cursor, since, limits })
    rows += page?.rows ?? 0
    chars += page?.chars ?? 0
    // Always of full size, so that it is the same for all who are at this cursor; what is too much then comes next time.
    const fits = pages.length === 0 || (rows <= limits.rows && chars <= limits.chars)
    more = page === undefined || !fits || !page.isComplete
    if (page === undefined || !fits) break
    pages.push(page)
  }
  const lmid = client?.uid === caller.uid ? client.lmid : 0
  const known = since !== undefined && namesOf(request.cursors, streams)
  const rest = { ...(known ? {} : { streams }), more, lmid, serverTime: deps.now() }
  return ok(new PullAnswer(pages, rest))
}

interface PageQuery {
  readonly stream: Stream
  readonly head: HeadDoc
  readonly cursor: Cursor | undefined
  readonly limits: PageLimits
}

/** The next page of a stream, built once for all who read it. */
async function builtPage(
  tx: ReadTx,
  cache: PageCache,
  query: PageQuery & { readonly since: Since | undefined },
): Promise<BuiltPage> {
  const { stream, head, cursor, since } = query
  const base = since === undefined || cursor === undefined ? undefined : baseOf(since, stream, cursor)
  const key = JSON.stringify([stream, head.epoch, head.seq, head.floor, cursor ?? null, base ?? null])
  const known = cache.get(key)
  if (known !== undefined) return known
  const page = await readPage(tx, { ...query, base })
  const built = {
    bytes: Buffer.from(withRows(page.page, page.rows)),
    rows: page.rows.length,
    chars: page.rows.reduce((sum, row) => sum + row.length, 0),
    isComplete: page.page.complete !== undefined,
  }
  if (!stream.startsWith('user/')) cache.keep(key, built)
  return built
}

/** The JSON of an object with these rows, which are JSON already. */
function withRows(page: object, rows: readonly string[]): string {
  return `${JSON.stringify(page).slice(0, -1)},"rows":[${rows.join(',')}]}`
}

/**
 * Rows of one stream after the cursor, as JSON; from its start when the cursor cannot be continued [S22]. Those of which the
 * tablet held something at seq `base` come as patches.
 */
export async function readPage(
  tx: ReadTx,
  query: PageQuery & { readonly base?: number | undefined },
): Promise<{ readonly page: Omit<StreamPage, 'rows'>; readonly rows: readonly string[] }> {
  const { stream, head, cursor, base, limits } = query
  const continues =
    cursor !== undefined && cursor[0] === head.epoch && cursor[1] <= head.seq && cursor[1] >= head.floor
  const after = continues ? cursor[1] : 0
  const rows = await readRows(tx, { stream, head, after, base: continues ? base : undefined, limits })
  const reached = rows.at(-1)?.seq ?? head.seq
  const page = {
    stream,
    reset: cursor !== undefined && !continues,
    cursor: [head.epoch, reached] satisfies Cursor,
  }
  const complete = { complete: { count: head.count, sum: head.sum } }
  return { page: reached < head.seq ? page : { ...page, ...complete }, rows: rows.map(({ text }) => text) }
}

/** Rows asked for before anything is known of their size: most pages are full before their rows are as many as they may be. */
const FIRST_ROWS = 64

interface SentRow {
  readonly seq: number
  readonly text: string
}

/** As many rows beyond `after` as fit into a page, but at least one: a thin network must get on. */
async function readRows(
  tx: ReadTx,
  query: Omit<PageQuery, 'cursor'> & { readonly after: number; readonly base: number | undefined },
): Promise<readonly SentRow[]> {
  const { stream, head, base, limits } = query
  const rows: SentRow[] = []
  let [after, chars, asked] = [query.after, 0, FIRST_ROWS]
  while (after < head.seq && rows.length < limits.rows && chars < limits.chars) {
    const limit = Math.min(asked, limits.rows - rows.length)
    const found = await tx.find('rowsByStream', { value: stream, after, limit })
    for (const { doc } of found) {
      const text = rowText(doc, base)
      rows.push({ seq: doc.seq, text })
      chars += text.length
    }
    if (found.length < limit) break
    after = rows.at(-1)?.seq ?? head.seq
    asked = Math.ceil(((limits.chars - chars) * rows.length) / chars) + 1
  }
  return fitting(rows, limits.chars)
}

function rowText({ trail = [], ...doc }: RowDoc, base: number | undefined): string {
  const { id, seq, rev, record, purged } = doc
  const row = { id: asRecordId(id), seq, rev, record }
  if (purged !== undefined) return JSON.stringify({ ...row, purged })
  return JSON.stringify((base === undefined ? undefined : patchSince(row, trail, base)) ?? row)
}

function fitting(rows: readonly SentRow[], chars: number): readonly SentRow[] {
  let left = chars
  const cut = rows.findIndex(({ text }, index) => {
    left -= text.length
    return left < 0 && index > 0
  })
  return cut < 0 ? rows : rows.slice(0, cut)
}
