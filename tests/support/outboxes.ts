/** People's own outboxes as raw requests: what is pushed, whatever a tablet would say of it. */
import type { Caller, Deps } from '../../functions/src/handlers/context.ts'
import { push } from '../../functions/src/handlers/push.ts'
import { asDeviceId, asUid } from '../../src/domain/ids.ts'
import type { Json } from '../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../src/domain/mutation.ts'
import { PROTOCOL_VERSION, type Receipt } from '../../src/domain/wire.ts'

export const callerOf = (uid: string): Caller => ({ uid: asUid(uid), deviceId: asDeviceId(`dev-${uid}`) })

/** Pushes one mutation from the person's own outbox and answers its receipt. */
export type Send = (uid: string, what: Intention, base?: Json) => Promise<Receipt>

/** An empty outbox for everybody. */
export function openOutboxes(deps: Deps): Send {
  const mids = new Map<string, number>()
  return async (uid, what, base = { rev: 0 }) => {
    const mid = (mids.get(uid) ?? 0) + 1
    mids.set(uid, mid)
    const body = {
      protocol: PROTOCOL_VERSION,
      clientId: `c-${uid}`,
      mutations: [{ ...mutationJson(what), mid, base }],
    }
    const answer = await push(deps, callerOf(uid), body)
    if (!answer.ok || answer.value.type !== 'receipts') throw new Error(JSON.stringify(answer))
    const [receipt] = answer.value.receipts
    if (receipt === undefined) throw new Error('no receipt')
    return receipt
  }
}
