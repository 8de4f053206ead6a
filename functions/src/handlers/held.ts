/** 預かった記録 at headquarters [S26], [S27]: what stopped tablets and files brought, and the decision about each. */
import * as v from 'valibot'
import {
  type AdoptResponse,
  type Held,
  type HeldResponse,
  adoptRequestSchema,
  heldRequestSchema,
  heldSchema,
  importRequestSchema,
  setAsideRequestSchema,
} from '../../../src/domain/quarantine.ts'
import type { Actor } from '../../../src/domain/actor.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { mayManage, memberType } from '../../../src/domain/types/member.ts'
import type { PushResponse, Receipt, Refusal } from '../../../src/domain/wire.ts'
import { readEpoch } from '../commit.ts'
import type { ParkedDoc, ReadTx } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'
import { readManager } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'
import { Desk } from './desk.ts'
import { takeMutations } from './intake.ts'

const LIST_LIMIT = 300
/** About the largest list in UTF-16 units of its JSON; a single item may go beyond it. */
const LIST_CHARS = 2_000_000

/** What is kept, first of every outbox first. Errs: invalid, forbidden, revoked. */
export async function listHeld(deps: Deps, caller: Caller, body: unknown): Answer<HeldResponse> {
  const request = v.safeParse(heldRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  return deps.storage.read(async (tx) => {
    const manager = await readManager(tx, caller)
    if (!manager.ok) return manager
    const query = { value: request.output.held, limit: LIST_LIMIT + 1 }
    const found = await tx.find('parkedByHeld', query)
    const items: Held[] = []
    let chars = 0
    for (const { doc } of found.slice(0, LIST_LIMIT)) {
      const item = heldOf(doc)
      chars += JSON.stringify(item).length
      if (chars > LIST_CHARS && items.length > 0) break
      items.push(item)
    }
    return ok({ items, more: items.length < found.length })
  })
}

/**
 * Decides quarantined mutations for their author, with their unit and roles of now, active or not. One transaction each: what
 * cannot be applied stays, with the reason. A repeat answers the same. Errs: invalid, forbidden, revoked.
 */
export async function adoptHeld(deps: Deps, caller: Caller, body: unknown): Answer<AdoptResponse> {
  const request = v.safeParse(adoptRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { clientId, mids } = request.output
  const receipts: Receipt[] = []
  for (const mid of mids.toSorted((a, b) => a - b)) {
    const adopted = await adoptOne(deps, caller, `${clientId}|${mid}`)
    if (!adopted.ok) return adopted
    if (adopted.value !== undefined) receipts.push(adopted.value)
  }
  return ok({ receipts })
}

async function adoptOne(deps: Deps, caller: Caller, key: string): Answer<Receipt | undefined> {
  return deps.storage.transact(async (tx) => {
    const manager = await readManager(tx, caller)
    if (!manager.ok) return manager
    const doc = await tx.get('parked', key)
    const stored = await tx.get('receipts', key)
    if (doc === undefined || stored === undefined || !isHeld(doc)) return ok(stored?.receipt)
    const allowed = await mayDecideFor(tx, { manager: manager.value, uid: doc.uid })
    if (!allowed.ok) return allowed
    const workspace = new Workspace(tx, await readEpoch(tx))
    const adopted = { by: caller.uid, at: deps.now() }
    const receipt = await new Desk({ deps, tx, workspace }).adopt(key, { doc, stored, adopted })
    workspace.flush()
    return ok(receipt)
  })
}

/** Sets quarantined mutations aside, or brings them back. They are kept either way. Errs: invalid, forbidden, revoked. */
export async function setHeldAside(deps: Deps, caller: Caller, body: unknown): Answer<Record<string, never>> {
  const request = v.safeParse(setAsideRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { clientId, mids, aside } = request.output
  return deps.storage.transact(async (tx) => {
    const manager = await readManager(tx, caller)
    if (!manager.ok) return manager
    const keys = mids.map((mid) => `${clientId}|${mid}`)
    const docs = await tx.getAll('parked', keys)
    const setAside = aside ? { by: caller.uid, at: deps.now() } : undefined
    for (const [index, key] of keys.entries()) {
      const doc = docs[index]
      if (doc === undefined || !isHeld(doc)) continue
      // Adopted or not: from here on it waits for nothing but headquarters.
      tx.put('parked', key, {
        ...doc,
        held: aside ? 'setAside' : 'quarantine',
        reason: { type: 'quarantined' },
        waitingFor: '',
        adopted: undefined,
        setAside,
      })
    }
    return ok({})
  })
}

/**
 * Takes mutations of an outbox file into quarantine, under the numbers they have on their tablet: whichever way they come
 * again, they count once [S27]. Errs: invalid, tooLarge, notFound (no such person), foreignClient, forbidden, revoked.
 */
export async function importHeld(deps: Deps, caller: Caller, body: unknown): Answer<PushResponse> {
  const request = v.safeParse(importRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { uid, deviceId, ...batch } = request.output
  return takeMutations(deps, batch, async (tx) => {
    const manager = await readManager(tx, caller)
    if (!manager.ok) return manager
    const allowed = await mayDecideFor(tx, { manager: manager.value, uid })
    if (!allowed.ok) return allowed
    const imported = { by: caller.uid, at: deps.now() }
    return ok({ uid, deviceId, treatment: { type: 'park', reason: { type: 'quarantined' }, imported } })
  })
}

/** A file says whose it is, and adopting acts in their name: that of an administrator is an administrator's business alone. */
async function mayDecideFor(
  tx: ReadTx,
  { manager, uid }: { readonly manager: Actor; readonly uid: string },
): Promise<Result<void, Refusal>> {
  const member = await tx.get('records', uid)
  if (member?.type !== memberType.name) return err({ type: 'notFound' })
  return mayManage(manager, member.record) ? ok(undefined) : err({ type: 'forbidden' })
}

function isHeld({ held }: ParkedDoc): boolean {
  return held === 'quarantine' || held === 'setAside'
}

function heldOf(doc: ParkedDoc): Held {
  return v.parse(heldSchema, { ...doc, heldAt: doc.parkedAt, reason: doc.reason ?? undefined })
}
