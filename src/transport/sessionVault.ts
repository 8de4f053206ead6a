/** What signing in keeps on the tablet between starts; db/vault.ts implements it. */
import type { Profile } from '../sync/peoplePorts.ts'

export interface SessionVault {
  /** The signed-in person. */
  current(): Promise<Profile | undefined>
  byUid(uid: string): Promise<VaultSession | undefined>
  byAccount(account: string): Promise<VaultSession | undefined>
  keep(session: VaultSession): Promise<void>
  /** Changes a session unless it has ended meanwhile. */
  renew(uid: string, change: Partial<Pick<VaultSession, 'profile' | 'refreshToken'>>): Promise<void>
  /** Makes a person who has just given their password the signed-in one. */
  admit(uid: string): Promise<void>
  end(uid: string): Promise<void>
}

export interface VaultSession {
  readonly uid: string
  readonly profile: Profile
  readonly deviceId: string
  readonly keys: CryptoKeyPair
  /** '' after sign-out. */
  readonly refreshToken: string
  /** SHA-256 of the mail address, by which a returning person finds their enrolment before the server has named them. */
  readonly account?: string
}
