/** One account and one tablet that signs in and stays signed in on the embedded server, with a clock that moves only when told. */
import { expect } from 'vitest'
import { type SessionDeps, refresh, signIn } from '../../functions/src/handlers/session.ts'
import { createAccounts } from '../../functions/src/identity/accounts.ts'
import { hashPassword } from '../../functions/src/identity/password.ts'
import { openTokens } from '../../functions/src/identity/tokens.ts'
import type { Result } from '../../src/domain/result.ts'
import type { SessionResponse } from '../../src/domain/session.ts'
import type { Refusal } from '../../src/domain/wire.ts'
import { type ClockedDeps, openClockedDeps } from './clockedDeps.ts'
import { type DeviceKey, makeDeviceKey } from './deviceKey.ts'
import { moveStage } from './stages.ts'

/** Cheap, so that many sign-ins are quick; what is stored says its own cost. */
const CHEAP = { N: 1024, r: 8, p: 1 }
export const EMAIL = 'kameido@example.jp'
export const PASSWORD = '改善 ｶｲｾﾞﾝ 2026'

interface Attempt {
  readonly email?: string
  readonly password?: string
  readonly deviceId?: string | null
  readonly key?: DeviceKey
}

type Attempted = Promise<Result<SessionResponse, Refusal>>

export interface Sessions extends ClockedDeps {
  readonly deps: SessionDeps
  /** The tablet's. */
  readonly key: DeviceKey
  attempt(options?: Attempt): Attempted
  signedIn(options?: Attempt): Promise<SessionResponse>
  exchange(token: { readonly refreshToken: string; readonly deviceId: string }, signer?: DeviceKey): Attempted
  exchanged(session: SessionResponse): Promise<SessionResponse>
  setStage(type: string, id: string, move: { readonly from: string; readonly to: string }): Promise<void>
}

export async function openSessions(): Promise<Sessions> {
  const world = await openClockedDeps()
  const deps = { ...world.deps, tokens: await openTokens(world.deps.storage) }
  const key = await makeDeviceKey()
  const created = await createAccounts(deps, [
    {
      uid: 'u1',
      email: EMAIL,
      passwordHash: await hashPassword(PASSWORD, CHEAP),
      name: '亀戸事務所 担当',
      unit: 'labor-kameido',
      roles: ['staff'],
    },
  ])
  expect(created).toEqual({ ok: true, value: undefined })
  const sessions: Sessions = {
    ...world,
    deps,
    key,
    attempt: (options = {}) =>
      signIn(deps, {
        email: options.email ?? EMAIL,
        password: options.password ?? PASSWORD,
        device: {
          id: options.deviceId ?? null,
          label: '事務所のタブレット',
          publicKey: (options.key ?? key).publicKey,
        },
      }),
    async signedIn(options) {
      const answer = await sessions.attempt(options)
      if (!answer.ok) throw new Error(`sign-in was refused: ${answer.error.type}`)
      return answer.value
    },
    exchange: async ({ refreshToken, deviceId }, signer = key) =>
      refresh(deps, { refreshToken, deviceId, proof: await signer.sign({ refreshToken, deviceId }) }),
    async exchanged(session) {
      const answer = await sessions.exchange(session)
      if (!answer.ok) throw new Error(`refresh was refused: ${answer.error.type}`)
      return answer.value
    },
    setStage: (type, id, move) => moveStage(deps, { type, id, ...move }),
  }
  return sessions
}

export const refused = (type: Refusal['type']) => ({ ok: false, error: expect.objectContaining({ type }) })
