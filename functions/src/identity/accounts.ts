/** Provisioning of people: the member record everyone refers to, and the account that signs in. */
import type { Role } from '../../../src/domain/actor.ts'
import type { Rejection } from '../../../src/domain/decide.ts'
import { asRecordId } from '../../../src/domain/ids.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { memberType } from '../../../src/domain/types/member.ts'
import { SYSTEM, commitAs } from '../commit.ts'
import type { Deps } from '../handlers/context.ts'

/** A person to be provisioned. `uid` must be new, in the id space of records. */
export interface NewAccount {
  readonly uid: string
  readonly email: string
  readonly name: string
  readonly unit: string
  readonly roles: readonly Role[]
  /** From hashPassword. */
  readonly passwordHash: string
}

/** Why people could not be provisioned; none of them was. */
export type AccountError = Rejection | { readonly type: 'emailTaken'; readonly email: string }

/** Provisions many people. The members come first: one without an account cannot sign in, and is completed by a repeat. */
export async function createAccounts(
  deps: Deps,
  accounts: readonly NewAccount[],
): Promise<Result<void, AccountError>> {
  const taken = await firstTaken(deps, accounts)
  if (taken !== undefined) return err({ type: 'emailTaken', email: taken })
  const at = deps.now()
  const committed = await commitAs(
    deps,
    SYSTEM,
    accounts.map((account) => memberIntention(account, at)),
  )
  if (!committed.ok) return committed
  await deps.storage.transact(async (tx) => {
    for (const { uid, email, passwordHash } of accounts) {
      tx.put('accounts', uid, { email: email.toLowerCase(), password: passwordHash })
    }
  })
  return ok(undefined)
}

function firstTaken(deps: Deps, accounts: readonly NewAccount[]): Promise<string | undefined> {
  return deps.storage.read(async (tx) => {
    for (const { uid, email } of accounts) {
      const found = await tx.find('accountsByEmail', { value: email.toLowerCase() })
      if (found.some(({ key }) => key !== uid)) return email
    }
    return undefined
  })
}

/** The member record of a new person. */
export function memberIntention(
  { uid, email, name, unit, roles }: Omit<NewAccount, 'passwordHash'>,
  at: string,
): Intention {
  const from = null
  return {
    v: memberType.version,
    op: 'create',
    type: memberType.name,
    id: asRecordId(uid),
    stage: null,
    set: {
      stage: { from, to: 'active' },
      name: { from, to: name },
      email: { from, to: email.toLowerCase() },
      unit: { from, to: unit },
      roles: { from, to: [...roles] },
    },
    blobs: [],
    at,
  }
}
