/** The network of one tablet: it loses requests and answers, delivers twice, late and out of order. */
import * as v from 'valibot'
import type { Caller } from '../../../functions/src/handlers/context.ts'
import { type Since, pulledAt, pulledSchema } from '../../../src/domain/patch.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { SnapshotReader } from '../../../src/db/snapshotReader.ts'
import { pushResponseSchema } from '../../../src/domain/wire.ts'
import type { SnapshotPiece, SnapshotSource, Transport, TransportError } from '../../../src/sync/ports.ts'
import { piecesOf } from '../../support/snapshots.ts'
import type { Random } from './random.ts'
import { type Mortal, type Scheduler, never } from './scheduler.ts'
import type { Path, Server } from './server.ts'

/** Probabilities of what happens to one request. */
export interface Faults {
  online: boolean
  loseRequest: number
  loseAnswer: number
  /** A second copy arrives at some later time. */
  duplicate: number
  /** The tablet gives up waiting; the request arrives at some later time. */
  late: number
}

export const CALM: Faults = { online: true, loseRequest: 0, loseAnswer: 0, duplicate: 0, late: 0 }

export function badNetwork(random: Random): Faults {
  const upTo = (most: number): number => (random.chance(0.5) ? 0 : random.next() * most)
  return {
    online: random.chance(0.75),
    loseRequest: upTo(0.5),
    loseAnswer: upTo(0.6),
    duplicate: upTo(0.5),
    late: upTo(0.4),
  }
}

interface Line {
  readonly server: Server
  readonly scheduler: Scheduler
  readonly random: Random
  readonly caller: Caller
  readonly tab: Mortal
  readonly faults: Faults
  /** Every answer that reached the tablet. */
  readonly received: (answer: unknown) => void
}

const OFFLINE = err({ type: 'offline' } as const)

/** A request that is on its way by itself, whoever sent it. */
const STRAY: Mortal = { name: 'stray', dead: false }

export function transportOver(line: Line): Transport {
  return {
    push: (request) => send(line, 'push', request, pushResponseSchema),
    pull: async ({ since, ...request }) => {
      const answer = await send(line, 'pull', request, pulledSchema, since)
      return answer.ok ? ok(pulledAt(request.cursors, answer.value)) : answer
    },
    quarantine: (request) => send(line, 'quarantine', request, pushResponseSchema),
    history: () => Promise.resolve(OFFLINE),
  }
}

/** A snapshot's parts over the same network, which may also break off after any line. */
export function snapshotsOver(line: Line): SnapshotSource {
  return {
    async read(request, take): Promise<Result<void, TransportError>> {
      const answer = await send(line, 'snapshot', request, v.string())
      if (!answer.ok) return answer
      try {
        const reader = new SnapshotReader({ blockChars: 700 })
        let come: SnapshotPiece[] = []
        for (const [place, text] of piecesOf(answer.value).entries()) {
          if (line.random.chance(line.faults.loseAnswer)) return OFFLINE
          come.push(...reader.read(new TextEncoder().encode(text)))
          // What comes while the tablet writes is handed over together.
          if (place % 3 === 1) continue
          await take(come)
          come = []
        }
        await take(come)
        return ok(undefined)
      } catch {
        return OFFLINE
      }
    },
  }
}

async function send<T>(
  line: Line,
  path: Path,
  request: unknown,
  schema: v.GenericSchema<unknown, T>,
  since: Since = {},
): Promise<Result<T, TransportError>> {
  const { scheduler, random, tab, faults, server, caller } = line
  const text = JSON.stringify(request)
  const deliver = (): ReturnType<Server['handle']> =>
    scheduler.during(() => server.handle({ path, caller, text, since }))
  if (!(await scheduler.pass(tab, `→${path}`))) return never()
  if (!faults.online || random.chance(faults.loseRequest)) {
    scheduler.count('request lost')
    return OFFLINE
  }
  const stray = async (): Promise<void> => {
    await scheduler.pass(STRAY, `${tab.name} ${path}`)
    await deliver()
  }
  if (random.chance(faults.late)) {
    scheduler.count('request late')
    void stray()
    return err({ type: 'timeout' })
  }
  if (random.chance(faults.duplicate)) {
    scheduler.count('request twice')
    void stray()
  }

  const answer = await deliver()
  if (!(await scheduler.pass(tab, `←${path} ${brief(answer)}`))) return never()
  if (answer === undefined || !faults.online || random.chance(faults.loseAnswer)) {
    scheduler.count(path === 'pull' ? 'answer to a pull lost' : 'answer to a push lost')
    return OFFLINE
  }
  if (!answer.ok)
    return err(
      answer.error.type === 'unauthenticated'
        ? { type: 'signInNeeded' }
        : { type: 'refused', refusal: answer.error },
    )
  line.received(answer.value)
  return ok(v.parse(schema, JSON.parse(JSON.stringify(answer.value))))
}

/** An answer in a few words, for the trace. */
function brief(answer: Awaited<ReturnType<Server['handle']>>): string {
  if (answer === undefined) return 'lost'
  if (!answer.ok) return answer.error.type
  return JSON.stringify(answer.value).replaceAll(/"hash":"(.{8})[^"]*"/g, '"hash":"$1"')
}
