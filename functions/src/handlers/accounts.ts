/** Accounts of other people (M3): headquarters and administrators make them, renew passwords, close and reopen them. */
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import {
  type AccountResponse,
  createAccountRequestSchema,
  resetPasswordRequestSchema,
  setDisabledRequestSchema,
} from '../../../src/domain/accounts.ts'
import { type Actor, hasRole } from '../../../src/domain/actor.ts'
import { type RecordId, type Uid, asRecordId, asUid, uuidv7 } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import type { Mutation } from '../../../src/domain/mutation.ts'
import { type StoredRecord, textOf } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { mayManage, memberType } from '../../../src/domain/types/member.ts'
import { unitType } from '../../../src/domain/types/unit.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import { applyMutation, readEpoch } from '../commit.ts'
import type { AccountAdmin } from '../identity/accountAdmin.ts'
import { oneTimePassword } from '../identity/oneTimePassword.ts'
import type { ReadTx, Tx } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'
import { readActor } from './caller.ts'
import type { Answer, Caller, Deps } from './context.ts'

export interface AccountDeps extends Deps {
  readonly accounts: AccountAdmin
}

/** What a transaction came to: a person to go on with, or the answer that ends it. */
type Verdict = Result<
  | { readonly type: 'member'; readonly member: StoredRecord }
  | Exclude<AccountResponse, { readonly type: 'done' }>,
  Refusal
>

/** Registers a person: the member record first, then the account; a one-time password is answered. Errs: invalid, revoked. */
export async function createMember(
  deps: AccountDeps,
  caller: Caller,
  body: unknown,
): Answer<AccountResponse> {
  const request = v.safeParse(createAccountRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { email, name, unit, roles } = request.output
  const uid = asUid(uuidv7(Date.parse(deps.now()), randomBytes(10)))
  // Looked up before anything is written: a member whose account cannot be made would stay on the list for good.
  const isTaken = (await deps.accounts.holderOf(email)) !== undefined
  const verdict = await deps.storage.transact(async (tx): Promise<Verdict> => {
    const actor = await managing(tx, caller)
    if (!actor.ok) return actor
    if (actor.value === undefined) return ok({ type: 'notAllowed' })
    const place = await tx.get('records', unit)
    if (place?.type !== unitType.name || place.record.stage !== 'active') return err({ type: 'invalid' })
    if (isTaken || (await members(tx)).some((member) => textOf(member, 'email') === email))
      return ok({ type: 'emailTaken' })
    const set = { stage: 'active', name, email, unit, roles: [...roles] }
    return change(deps, tx, { actor: actor.value, id: asRecordId(uid), before: undefined, set })
  })
  if (!verdict.ok) return verdict
  return verdict.value.type === 'member' ? withNewPassword(deps, verdict.value.member) : ok(verdict.value)
}

/** Answers a new one-time password; the old one is void and the person's sessions end. Errs: invalid, notFound, revoked. */
export async function resetPassword(
  deps: AccountDeps,
  caller: Caller,
  body: unknown,
): Answer<AccountResponse> {
  const request = v.safeParse(resetPasswordRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const verdict = await deps.storage.read((tx) => subject(tx, caller, request.output.uid))
  if (!verdict.ok) return verdict
  return verdict.value.type === 'member' ? withNewPassword(deps, verdict.value.member) : ok(verdict.value)
}

/** Closes or reopens an account. The last administrator's is not closed. Errs: invalid, notFound, revoked. */
export async function setDisabled(deps: AccountDeps, caller: Caller, body: unknown): Answer<AccountResponse> {
  const request = v.safeParse(setDisabledRequestSchema, body)
  if (!request.success) return err({ type: 'invalid' })
  const { uid, disabled } = request.output
  const stage = disabled ? 'disabled' : 'active'
  const verdict = await deps.storage.transact(async (tx): Promise<Verdict> => {
    const found = await subject(tx, caller, uid)
    if (!found.ok || found.value.type !== 'member') return found
    const { member } = found.value
    if (member.stage === stage) return found
    const actor = await readActor(tx, caller)
    if (!actor.ok) return actor
    return change(deps, tx, { actor: actor.value, id: member.id, before: member, set: { stage } })
  })
  if (!verdict.ok) return verdict
  if (verdict.value.type !== 'member') return ok(verdict.value)
  await deps.accounts.setDisabled(uid, disabled)
  return ok({ type: 'done', uid })
}

/** The caller, when they manage members; undefined when they do not. */
async function managing(tx: ReadTx, caller: Caller): Promise<Result<Actor | undefined, Refusal>> {
  const actor = await readActor(tx, caller)
  if (!actor.ok) return actor
  return ok(hasRole(actor.value, 'hq', 'admin') ? actor.value : undefined)
}

/** The person an act is about; only an administrator touches an administrator. */
async function subject(tx: ReadTx, caller: Caller, uid: Uid): Promise<Verdict> {
  const actor = await managing(tx, caller)
  if (!actor.ok) return actor
  if (actor.value === undefined) return ok({ type: 'notAllowed' })
  const doc = await tx.get('records', uid)
  if (doc?.type !== memberType.name || doc.record.removed) return err({ type: 'notFound' })
  if (!mayManage(actor.value, doc.record)) return ok({ type: 'notAllowed' })
  return ok({ type: 'member', member: doc.record })
}

/** Writes the member record by the same rules as every other [S9]. */
async function change(
  deps: Deps,
  tx: Tx,
  {
    actor,
    id,
    before,
    set,
  }: {
    actor: Actor
    id: RecordId
    before: StoredRecord | undefined
    set: Readonly<Record<string, Json>>
  },
): Promise<Verdict> {
  const now = deps.now()
  const workspace = new Workspace(tx, await readEpoch(tx))
  const from = (field: string): Json => (field === 'stage' ? (before?.stage ?? null) : null)
  const mutation: Mutation = {
    mid: 1,
    v: memberType.version,
    op: before === undefined ? 'create' : 'edit',
    type: memberType.name,
    id,
    base: { rev: before?.rev ?? 0 },
    stage: before?.stage ?? null,
    set: Object.fromEntries(Object.entries(set).map(([field, to]) => [field, { from: from(field), to }])),
    blobs: [],
    at: now,
  }
  const options = { actor, now, baseRev: before?.rev, report: deps.report }
  const applied = await applyMutation(workspace, mutation, options)
  if (!applied.ok) {
    const { type } = applied.error
    if (type === 'lastOne') return ok({ type: 'lastAdmin' })
    return type === 'notAllowed' ? ok({ type }) : err({ type: 'invalid' })
  }
  const member = await workspace.record(id)
  workspace.flush()
  return member === undefined ? err({ type: 'notFound' }) : ok({ type: 'member', member })
}

/** A repeat completes what a failure left half done: `create` makes the account where it is missing. */
async function withNewPassword({ accounts }: AccountDeps, member: StoredRecord): Answer<AccountResponse> {
  const uid = asUid(member.id)
  const password = oneTimePassword()
  const made = await accounts.create({ uid, email: textOf(member, 'email'), password })
  if (!made.ok) return ok({ type: 'emailTaken' })
  await accounts.setPassword(uid, password)
  return ok({ type: 'done', uid, password })
}

async function members(tx: ReadTx): Promise<StoredRecord[]> {
  const found = await tx.find('recordsByType', { value: memberType.name })
  return found.map(({ doc }) => doc.record)
}
