/** Who has signed in on this tablet: sessions and device keys, apart from the persons' own databases [S26]. */
import { Dexie, type EntityTable } from 'dexie'
import type { Profile } from '../sync/ports.ts'

export interface StoredSession {
  readonly uid: string
  readonly profile: Profile
  readonly deviceId: string
  /** Key pair of this tablet for this person; the private key cannot be exported. */
  readonly keys: CryptoKeyPair
  /** '' after sign-out: the tablet stays enrolled, the person does not stay signed in. */
  readonly refreshToken: string
  /** SHA-256 of the mail address, where the sign-in needs it. */
  readonly account?: string
}

class VaultDatabase extends Dexie {
  declare readonly sessions: EntityTable<StoredSession, 'uid'>
  declare readonly current: EntityTable<{ key: 'me'; uid: string }, 'key'>

  constructor() {
    super('kaizencho-device', { chromeTransactionDurability: 'strict' })
    this.version(1).stores({ sessions: 'uid, account', current: 'key' })
  }
}

export interface Vault {
  /** The signed-in person's session. */
  current(): Promise<StoredSession | undefined>
  byUid(uid: string): Promise<StoredSession | undefined>
  byAccount(account: string): Promise<StoredSession | undefined>
  keep(session: StoredSession): Promise<void>
  /** Makes the person the signed-in one. */
  setCurrent(uid: string): Promise<void>
  /** Ends the session; the device's enrolment stays. */
  end(uid: string): Promise<void>
}

export function openVault(): Vault {
  const db = new VaultDatabase()
  return {
    async current() {
      const me = await db.current.get('me')
      return me === undefined ? undefined : db.sessions.get(me.uid)
    },
    byUid: (uid) => db.sessions.get(uid),
    byAccount: (account) => db.sessions.where('account').equals(account).first(),
    keep: async (session) => void (await db.sessions.put(session)),
    setCurrent: async (uid) => void (await db.current.put({ key: 'me', uid })),
    end: (uid) =>
      db.transaction('rw', db.sessions, db.current, async () => {
        await db.sessions.update(uid, { refreshToken: '' })
        const me = await db.current.get('me')
        if (me?.uid === uid) await db.current.delete('me')
      }),
  }
}
