/** Who works on this tablet, and how they prove it to the server: sign-in, PINs, accounts, and headquarters' desk for what is held. */
import type { Role } from '../domain/actor.ts'
import type { Uid, UnitId } from '../domain/ids.ts'
import type { OutboxBatch } from '../domain/outboxFile.ts'
import type { Held, HeldResponse } from '../domain/quarantine.ts'
import type { PurgeExtent, PurgeExtentRequest, PurgeRequest } from '../domain/purge.ts'
import type { Result } from '../domain/result.ts'
import type { PushResponse, Receipt } from '../domain/wire.ts'
import type { TransportError } from './ports.ts'

/** The person the tablet works for, as last told by the server; offline it is all there is. */
export interface Profile {
  readonly uid: Uid
  readonly name: string
  readonly unit: UnitId
  readonly roles: readonly Role[]
  /** Signed in with a one-time password, which is to be replaced. */
  readonly mustChangePassword?: boolean
}

/** Whether a person can come back with a PIN. `locked`: ten wrong ones; their password unlocks it. */
export type PinStanding = 'none' | 'set' | 'locked'

/** Why a PIN did not open; `left` = tries before it locks. */
export type PinRefusal =
  | { readonly type: 'wrongPin'; readonly left: number }
  | { readonly type: 'locked' }
  | { readonly type: 'noPin' }

/** Someone who has signed in on this tablet and not signed out. */
export interface PersonHere {
  readonly uid: Uid
  readonly name: string
  /** Short name of their unit; '' where it is not known here. */
  readonly unitName: string
  /** Their mutations queued or parked on this tablet; null where their database cannot be read. */
  readonly unsentCount: number | null
  /** Tablet's time of their last use, Unix ms; null when it is not known. */
  readonly usedAtMs: number | null
  readonly pin: PinStanding
}

/** The people who take turns on this tablet. */
export interface People {
  list(): Promise<readonly PersonHere[]>
  /** Makes the person the signed-in one, also offline. */
  enter(uid: Uid, pin: string): Promise<Result<Profile, PinRefusal>>
  pinStanding(uid: Uid): Promise<PinStanding>
  checkPin(uid: Uid, pin: string): Promise<PinRefusal | undefined>
  setPin(uid: Uid, pin: string): Promise<void>
  removePin(uid: Uid): Promise<void>
}

export type SignInError =
  | { readonly type: 'wrongCredentials' }
  | { readonly type: 'locked'; readonly retryAfterMs: number }
  | { readonly type: 'revoked' }
  | { readonly type: 'offline' }
  | { readonly type: 'failed' }

/** Signing in on a page of the bureau, which then comes back to ours. */
export interface BureauSignIn {
  /** Leaves for that page; answers only when it could not. */
  leave(): Promise<SignInError>
  /** Who came back; undefined when nobody had left. */
  comeBack(): Promise<Result<Profile, SignInError> | undefined>
}

/** Headers that say who sends a request, from which tablet. */
export type AuthHeaders = Readonly<Record<string, string>>

/** Signing in, and credentials for the transport. Two adapters: the embedded identity and Firebase Auth (5-stack). */
export interface Auth {
  /** The person who was last signed in on this tablet; works without a network. */
  restore(): Promise<Profile | undefined>
  signIn(credentials: {
    readonly email: string
    readonly password: string
  }): Promise<Result<Profile, SignInError>>
  /** The bureau's own sign-in (OIDC, SAML); absent where none is set up. */
  readonly bureau?: BureauSignIn
  /** Headers the server takes now, renewed when needed; `fresh` asks for new ones after a refusal. */
  headers(uid: Uid, options: { readonly fresh: boolean }): Promise<Result<AuthHeaders, TransportError>>
  /** Changes the person's own password, where the server is not the one who does it. */
  changePassword?(uid: Uid, passwords: Passwords): Promise<Result<void, PasswordError>>
  /** Forgets the person here and, when it can be reached, on the server. */
  signOut(uid: Uid): Promise<void>
}

/** A person to be registered. */
export interface NewMember {
  readonly email: string
  readonly name: string
  readonly unit: string
  readonly roles: readonly Role[]
}

/** Why an account could not be made or changed. */
export type AccountError =
  | TransportError
  | { readonly type: 'emailTaken' }
  | { readonly type: 'lastAdmin' }
  | { readonly type: 'notAllowed' }

export interface Passwords {
  readonly oldPassword: string
  readonly newPassword: string
}

/** Why a new password was not taken. */
export type PasswordError =
  | TransportError
  | { readonly type: 'wrongPassword' }
  | { readonly type: 'weakPassword'; readonly reason: 'tooShort' | 'common' | 'same' }

/** Accounts, which need the network: headquarters' work and one's own password. */
export interface Accounts {
  /** Registers a person and answers a one-time password. */
  create(member: NewMember): Promise<Result<{ readonly password: string }, AccountError>>
  resetPassword(uid: Uid): Promise<Result<{ readonly password: string }, AccountError>>
  setDisabled(uid: Uid, disabled: boolean): Promise<Result<void, AccountError>>
  /** Changes the person's own password; their other tablets sign in again. */
  changePassword(passwords: Passwords): Promise<Result<void, PasswordError>>
}

/** Quarantined mutations of one outbox; at most MAX_DECISIONS at once. */
export interface Decided {
  readonly clientId: Held['clientId']
  readonly mids: readonly number[]
}

/** 預かった記録, which need the network: headquarters' work [S26], [S27]. */
export interface HeldDesk {
  /** Those that wait for a decision, or those set aside. */
  list(held: 'quarantine' | 'setAside'): Promise<Result<HeldResponse, TransportError>>
  /** Has them applied for their author; answers what became of each. */
  adopt(decided: Decided): Promise<Result<readonly Receipt[], TransportError>>
  setAside(decided: Decided, aside: boolean): Promise<Result<void, TransportError>>
  /** Takes part of an outbox file into quarantine. */
  take(
    batch: OutboxBatch & { readonly uid: Uid; readonly deviceId: string },
  ): Promise<Result<PushResponse, TransportError>>
}

/** Destroying personal data stored by mistake, which needs the network: headquarters' work [S18]. */
export interface PurgeDesk {
  /** How much would go; nothing is changed. */
  extent(request: PurgeExtentRequest): Promise<Result<PurgeExtent, TransportError>>
  /** Destroys; after an answer that got lost or an error, sent again it goes on. */
  purge(request: PurgeRequest): Promise<Result<PurgeExtent, TransportError>>
}
