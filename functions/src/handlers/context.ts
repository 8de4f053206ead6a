/** What every handler is given, and what it answers. Handlers are plain functions; two entries mount them (5-stack). */
import type { DeviceId, IsoTime, Uid } from '../../../src/domain/ids.ts'
import type { Result } from '../../../src/domain/result.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import type { Storage } from '../storage/storage.ts'

export interface Deps {
  readonly storage: Storage
  /** Server time, ISO 8601 UTC. */
  readonly now: () => IsoTime
  /** SHA-256 as lower-case hex of a text's UTF-8. */
  readonly hash: (text: string) => Promise<string>
  /** Takes note of a bug (an error no one should see), without personal data. */
  readonly report: (error: unknown) => void
}

/** Who calls, from a verified token alone. Roles are read from the store inside the transaction [S9]. */
export interface Caller {
  readonly uid: Uid
  readonly deviceId: DeviceId
  /** Given where the token names no tablet (Firebase): checked against the key in the device's record [S26]. */
  readonly proof?: DeviceProof
}

/** What a tablet has signed with its own key. */
export interface DeviceProof {
  readonly text: string
  /** base64url of ECDSA P-256 with SHA-256, raw r‖s. */
  readonly signature: string
}

export type Answer<T> = Promise<Result<T, Refusal>>
