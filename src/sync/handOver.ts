/** The end of a tablet's grant [S26]: what is unsent goes into quarantine, and only then may the tablet be wiped. */
import { PROTOCOL_VERSION } from '../domain/wire.ts'
import type { Grant, Outbox, Transport, TransportError } from './ports.ts'

interface HandOverPorts {
  readonly outbox: Outbox
  readonly transport: Pick<Transport, 'quarantine'>
  readonly grant?: Grant
}

/** Sends the outbox into quarantine; answers whether all of it arrived. */
type Empty = () => Promise<boolean>

/** Answers what the engine does with the error a sync stopped at. */
export function createHandOver({
  outbox,
  transport,
  grant,
}: HandOverPorts): (error: TransportError, empty: Empty) => Promise<void> {
  let asked = false

  /** Lost tokens may hide a revocation. The quarantine takes nothing while the grant stands: it is asked once a start. */
  async function isOver(error: TransportError): Promise<boolean> {
    if (error.type === 'refused') return error.refusal.type === 'revoked'
    if (error.type !== 'signInNeeded' || asked) return false
    const [queued] = await outbox.nextBatch({ mutations: 1, bytes: 0 })
    const entry = queued ?? (await outbox.lastAnswered())[0]
    if (entry === undefined) return false
    const { clientId, mutation } = entry
    const answer = await transport.quarantine({
      protocol: PROTOCOL_VERSION,
      clientId,
      mutations: [mutation],
    })
    asked = answer.ok || answer.error.type === 'refused'
    return answer.ok
  }

  return async (error, empty) => {
    if (grant === undefined || !(await isOver(error))) return
    // A server that was restored from a backup gets what it lacks [S22]; what it knows, it answers as before.
    for (const { clientId, mid } of await outbox.lastAnswered()) await outbox.sendAgain(clientId, mid)
    if ((await empty()) && (await grant.drained())) grant.ended()
  }
}
