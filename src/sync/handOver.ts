/** The end of a tablet's grant [S26]: what is unsent goes into quarantine, and only then may the tablet be wiped. */
import type { Grant, Outbox, TransportError } from './ports.ts'

/** Sends the outbox into quarantine; answers whether all of it arrived. */
type Empty = () => Promise<boolean>

/** Answers what the engine does with the error a sync stopped at. */
export function createHandOver({
  outbox,
  grant,
}: {
  readonly outbox: Outbox
  readonly grant?: Grant
}): (error: TransportError, empty: Empty) => Promise<void> {
  let asked = false

  /** Lost tokens may hide a revocation: the quarantine, which takes nothing while the grant stands, is asked once a start. */
  async function isOver(error: TransportError, empty: Empty): Promise<boolean> {
    if (error.type === 'refused') return error.refusal.type === 'revoked'
    if (error.type !== 'signInNeeded' || asked) return false
    asked = true
    return (await outbox.queuedCount()) > 0 && (await empty())
  }

  return async (error, empty) => {
    if (grant === undefined || !(await isOver(error, empty))) return
    await outbox.queueLastAnswered()
    if ((await empty()) && (await grant.drained())) grant.ended()
  }
}
