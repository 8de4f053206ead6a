/** Knows everything that was said to be saved, and says what is wrong with the state of the world: invariants (a) to (f). */
import { allEntries } from '../../../src/db/light.ts'
import { everyRow } from '../../support/heldRows.ts'
import type { ReadTx } from '../../../functions/src/storage/storage.ts'
import { feedsOf } from '../../../functions/src/workspace.ts'
import { type Actor, streamsOf } from '../../../src/domain/actor.ts'
import { EMPTY_SUM, addToSum } from '../../../src/domain/checksum.ts'
import { type Json, canonicalJson } from '../../../src/domain/json.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import { pulledSchema } from '../../../src/domain/patch.ts'
import { type Receipt, pushResponseSchema } from '../../../src/domain/wire.ts'
import type { OutboxEntry } from '../../../src/sync/ports.ts'
import * as v from 'valibot'
import type { Happening } from './happenings.ts'
import { decisionProblems, replacedConflicts } from './judgement.ts'
import type { Seat } from './seat.ts'
import { type Saved, type ServerState, readServer } from './serverState.ts'

/** Types whose records people write. */
const WRITTEN = ['initiative', 'note', 'feedback']

export class Oracle {
  /** What went wrong while it ran. */
  readonly seen: string[] = []
  private readonly saves: Saved[] = []
  private readonly numbers = new Map<string, string>()
  private readonly count: (happening: Happening) => void

  constructor(count: (happening: Happening) => void) {
    this.count = count
  }

  get savedCount(): number {
    return this.saves.length
  }

  /** The tablet has told the person that this is saved. */
  saved(seat: Seat, { recordId, hash, mutation }: OutboxEntry): void {
    const texts = Object.entries(mutation.set).flatMap(([field, { to }]) =>
      typeof to === 'string' && to.endsWith('。') && field !== 'stage' ? [to] : [],
    )
    this.saves.push({ seat: seat.name, uid: seat.person.uid, recordId, hash, mutation, texts })
  }

  /** (f) A receipt number stands for one thing for ever. */
  received(answer: unknown): void {
    const pushed = v.safeParse(pushResponseSchema, answer)
    if (pushed.success && pushed.output.type === 'receipts') {
      for (const { hash, receiptNo, outcome } of pushed.output.receipts) {
        if (outcome !== 'accepted') this.count(outcome)
        const of = this.saves.find((each) => each.hash === hash)?.recordId
        if (receiptNo !== null && of !== undefined) this.number(`receipt ${receiptNo}`, of)
      }
    }
    if (pushed.success && pushed.output.type === 'gap') this.count('gap')
    if (pushed.success && pushed.output.type === 'clientIdReused') this.count('numbers used twice')
    const pulled = v.safeParse(pulledSchema, answer)
    if (!pulled.success) return
    for (const { rows, reset } of pulled.output.pages) {
      if (reset) this.count('stream begun anew')
      for (const row of rows) {
        const receiptNo = 'over' in row ? row.receiptNo : (row.record?.receiptNo ?? null)
        if (receiptNo !== null) this.number(`row ${receiptNo}`, `${row.id}@${row.rev}`)
        if ('over' in row) this.count('patch')
      }
    }
  }

  private number(number: string, of: string): void {
    const before = this.numbers.get(number)
    if (before !== undefined && before !== of)
      this.seen.push(`(f) number of ${number} was given to ${before} and to ${of}`)
    this.numbers.set(number, of)
  }

  /** What was sent does not vanish from the list of who sent it. Asked where nothing else works on that database. */
  async stillListed(seat: Seat, { clientId, receipts }: Answered): Promise<void> {
    const held = await seat.disk.look(seat.person.uid, (db) =>
      db.transaction('r', [db.outbox, db.acked, db.index, db.heads, db.texts], async () => ({
        index: (await allEntries(db)).map(({ id }) => id),
        removals: (await db.outbox.toArray()).filter(({ mutation }) => mutation.op === 'remove'),
        acked: await db.acked.bulkGet(receipts.map(({ mid }): [string, number] => [clientId, mid])),
      })),
    )
    for (const { entry } of held.acked.filter((each) => each !== undefined)) {
      const { recordId, mutation } = entry
      const expected =
        mutation.op === 'create' && !held.removals.some((removal) => removal.recordId === recordId)
      const accepted = receipts.some(({ mid, outcome }) => mid === entry.mid && outcome === 'accepted')
      if (expected && accepted && !held.index.includes(recordId))
        this.seen.push(`(a) ${recordId} vanished from the list of ${seat.name} when it had been sent`)
    }
  }

  /** Everything that is wrong with the healed world. */
  async judge(tx: ReadTx, { seats, actors, receiptKeys }: Judged): Promise<string[]> {
    const server = await readServer(tx, actors, receiptKeys)
    return [
      ...this.seen,
      ...this.lostValues(server),
      ...this.wronglyApplied(server),
      ...decisionProblems(this.saves, server),
      ...replacedConflicts(this.saves, server),
      ...headProblems(server),
      ...ruleProblems(server),
      ...(await Promise.all(seats.map((seat) => replicaProblems(seat, { actors, server })))).flat(),
    ]
  }

  /** (a) */
  private lostValues({ everything }: ServerState): string[] {
    const kept = JSON.stringify(everything)
    return this.saves.flatMap(({ seat, recordId, texts }) =>
      texts
        .filter((text) => !kept.includes(JSON.stringify(text)))
        .map((text) => `(a) lost: ${text}, saved on ${seat} in ${recordId}`),
    )
  }

  /** (b) */
  private wronglyApplied({ receipts, records }: ServerState): string[] {
    const saves = Map.groupBy(this.saves, ({ hash }) => hash)
    const given = Map.groupBy(receipts, ({ hash }) => hash)
    const missing = [...saves]
      .filter(([hash]) => !given.has(hash))
      .flatMap(([, [save]]) => (save === undefined ? [] : [`(b) never arrived: ${JSON.stringify(save)}`]))
    const twice = [...given]
      .filter(
        ([hash, all]) =>
          all.filter(({ outcome }) => outcome !== 'parked').length > (saves.get(hash)?.length ?? 1),
      )
      .map(([hash]) => `(b) applied twice: ${JSON.stringify(saves.get(hash)?.[0] ?? hash)}`)
    const taken = Map.groupBy(receipts, ({ recordId }) => recordId)
    const more = records
      .filter(({ type }) => WRITTEN.includes(type))
      .filter(({ id, changes }) => changes > (taken.get(id)?.length ?? 0))
      .map(({ id, changes }) => `(b) ${id} was changed ${changes} times, more often than mutations came`)
    return [...missing, ...twice, ...more]
  }
}

/** What a push was answered. */
interface Answered {
  readonly clientId: string
  readonly receipts: readonly Receipt[]
}

interface Judged {
  readonly seats: readonly Seat[]
  readonly actors: ReadonlyMap<string, Actor>
  readonly receiptKeys: readonly string[]
}

/** Patches may bring the fields in another order, which means nothing. */
const lines = (
  rows: readonly { stream: string; id: string; rev: number; record: StoredRecord }[],
): string[] =>
  rows
    .map(({ stream, id, rev, record }) =>
      canonicalJson([stream, id, rev, { ...record, fields: { ...record.fields } }]),
    )
    .sort()

/** What is in one list only. */
function difference(wanted: readonly string[], found: readonly string[]): string[] {
  const [a, b] = [new Set(wanted), new Set(found)]
  return [
    ...[...a].filter((line) => !b.has(line)).map((line) => `lacks ${line}`),
    ...[...b].filter((line) => !a.has(line)).map((line) => `holds ${line}`),
  ]
}

/** Heads count what their rows are, and rows stand where their feeds say. */
function headProblems({ streams, heads, rows, records, lastSeq }: ServerState): string[] {
  const heading = streams.flatMap((stream) => {
    const own = rows.filter((row) => row.stream === stream)
    const head = heads.get(stream)
    const said = [head?.seq ?? 0, head?.count ?? 0, head?.sum ?? EMPTY_SUM].join()
    const found = [lastSeq.get(stream) ?? 0, own.length, own.reduce(addToSum, EMPTY_SUM)].join()
    return said === found ? [] : [`(c) head of ${stream} says ${said}, its rows ${found}`]
  })
  const places = records.flatMap(({ id, record, parentRecord }) =>
    feedsOf(record, parentRecord)
      .filter(({ stream }) => streams.includes(stream))
      .map(({ stream }) => `${stream} ${id} ${record.rev}`),
  )
  const wrong = difference(
    places,
    rows.map(({ stream, id, rev }) => `${stream} ${id} ${rev}`),
  )
  return [...heading, ...wrong.map((text) => `(c) a stream ${text}`)]
}

/** (f) Stages follow the table, history is whole, and nothing waits for what is there. */
function ruleProblems({ records, histories, parked }: ServerState): string[] {
  const ids = new Set(records.map(({ id }) => id))
  return [
    ...histories.flatMap((entries, index) => {
      const record = records[index]
      const type = typeOf(record?.type ?? '')
      if (record === undefined || type === undefined) return []
      const moves = entries.flatMap(({ entry }) =>
        entry.set['stage'] === undefined ? [] : [entry.set['stage']],
      )
      const illegal = moves.filter(
        ({ from, to }) =>
          from !== to && !type.transitions.some((move) => same(move.from, from) && same(move.to, to)),
      )
      const whole = entries.length === record.changes ? [] : [`(f) ${record.id} has holes in its history`]
      return [...illegal.map((move) => `(f) ${record.id} moved ${JSON.stringify(move)}`), ...whole]
    }),
    ...parked
      .filter(({ waitingFor }) => waitingFor !== '' && ids.has(waitingFor))
      .map(
        ({ clientId, mid, waitingFor, mutation }) =>
          `(f) ${clientId}|${mid} still waits for ${waitingFor}: ${JSON.stringify(mutation)}`,
      ),
  ]
}

const same = (a: Json, b: Json): boolean => a === b

/** (c), (d) and (e) on one tablet. */
async function replicaProblems(
  seat: Seat,
  { actors, server }: { actors: ReadonlyMap<string, Actor>; server: ServerState },
): Promise<string[]> {
  const { uid } = seat.person
  const actor = actors.get(uid)
  if (actor === undefined) return [`nobody is ${uid}`]
  const held = await seat.disk.look(uid, async (db) => ({
    rows: await everyRow(db),
    outbox: await db.outbox.toArray(),
    acked: (await db.acked.toArray()).map(({ entry }) => entry),
    index: await allEntries(db),
  }))
  const readable: readonly string[] = streamsOf(actor)
  const wanted = server.rows.filter(({ stream }) => readable.includes(stream))
  const pending = new Set(held.outbox.map(({ recordId }) => recordId))
  const listed = held.index.filter(({ id }) => !pending.has(id)).map(({ id, rev }) => `${id}@${rev}`)
  const listable = held.rows.filter(({ id }) => !pending.has(id)).map(({ id, rev }) => `${id}@${rev}`)
  const statuses = seat.tabs.map(({ engine }) => JSON.stringify(engine.status))
  return [
    ...difference(lines(wanted), lines(held.rows)).map((text) => `(c) ${seat.name} ${text}`),
    ...difference(listable, listed).map((text) => `(c) the index of ${seat.name} ${text}`),
    ...held.outbox
      .filter(({ state }) => state !== 'parked')
      .map(
        ({ state, recordId, mid }) =>
          `(e) ${seat.name} did not get rid of ${recordId} (${state}, mid ${mid})`,
      ),
    ...held.outbox
      .filter(({ state }) => state === 'parked')
      .filter(({ clientId, mid }) => server.receiptOf.get(`${clientId}|${mid}`)?.outcome !== 'parked')
      .map(
        ({ recordId, mid }) =>
          `(b) ${seat.name} shows ${recordId} (mid ${mid}) as parked, the server does not`,
      ),
    ...held.acked
      .filter(({ givenUp }) => !givenUp)
      .filter(({ clientId, mid }) => server.receiptOf.get(`${clientId}|${mid}`)?.outcome === 'parked')
      .map(({ recordId, mid }) => `(a) ${seat.name} does not say that ${recordId} (mid ${mid}) is parked`),
    ...statuses
      .filter((status) => status !== '{"type":"allSent"}')
      .map((status) => `(e) ${seat.name} says ${status}`),
  ]
}
