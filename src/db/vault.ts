/** Who has signed in on this tablet: sessions and device keys, apart from the persons' own databases [S26]. */
import { Dexie, type DexieOptions, type EntityTable } from 'dexie'
import type { Lease } from '../domain/lease.ts'
import type { Profile } from '../sync/peoplePorts.ts'

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

/** Who is signed in. */
interface StoredCurrent {
  readonly key: 'me'
  readonly uid: string
  /** As in their session, which takes longer to read for its keys. Absent where a former release wrote this. */
  readonly profile?: Profile | undefined
}

/** What a PIN is checked with (pins.ts). */
export interface StoredPin {
  readonly uid: string
  readonly salt: Uint8Array<ArrayBuffer>
  readonly iterations: number
  readonly digest: Uint8Array<ArrayBuffer>
  /** Wrong ones in a row. */
  readonly failures: number
}

export class VaultDatabase extends Dexie {
  declare readonly sessions: EntityTable<StoredSession, 'uid'>
  declare readonly current: EntityTable<StoredCurrent, 'key'>
  declare readonly leases: EntityTable<Lease & { readonly uid: string }, 'uid'>
  declare readonly pins: EntityTable<StoredPin, 'uid'>
  /** Persons whose database is still to be deleted. */
  declare readonly wipes: EntityTable<{ readonly uid: string }, 'uid'>

  constructor(options: DexieOptions = {}) {
    super('kaizencho-device', { chromeTransactionDurability: 'strict', ...options })
    this.version(1).stores({ sessions: 'uid, account', current: 'key' })
    this.version(2).stores({ leases: 'uid', pins: 'uid', wipes: 'uid' })
  }
}

export interface Vault {
  /** For the parts that load later. */
  readonly db: VaultDatabase
  /** The signed-in person; the app is opened with this look. */
  current(): Promise<Profile | undefined>
  byUid(uid: string): Promise<StoredSession | undefined>
  byAccount(account: string): Promise<StoredSession | undefined>
  keep(session: StoredSession): Promise<void>
  /** Changes a session unless it has ended meanwhile. */
  renew(uid: string, change: Partial<Pick<StoredSession, 'profile' | 'refreshToken'>>): Promise<void>
  /** Makes the person the signed-in one; undefined = nobody. */
  setCurrent(uid: string | undefined): Promise<void>
  /** The same after they gave their password: wrong PINs are forgiven, the lease begins with the next answer. */
  admit(uid: string): Promise<void>
  /** Ends the session; the device's enrolment stays. */
  end(uid: string): Promise<void>
}

export function openVault(db = new VaultDatabase()): Vault {
  return {
    db,
    async current() {
      const me = await db.current.get('me')
      return me === undefined ? undefined : (me.profile ?? (await db.sessions.get(me.uid))?.profile)
    },
    byUid: (uid) => db.sessions.get(uid),
    byAccount: (account) => db.sessions.where('account').equals(account).first(),
    keep: async (session) => void (await db.sessions.put(session)),
    renew: (uid, change) =>
      db.transaction('rw', db.sessions, db.current, async () => {
        const session = await db.sessions.get(uid)
        if ((session?.refreshToken ?? '') === '') return
        await db.sessions.update(uid, change)
        if ((await db.current.get('me'))?.uid === uid) await putCurrent(db, uid)
      }),
    setCurrent: (uid) =>
      db.transaction('rw', db.sessions, db.current, async () => {
        await (uid === undefined ? db.current.delete('me') : putCurrent(db, uid))
      }),
    admit: (uid) =>
      db.transaction('rw', db.sessions, db.current, db.leases, db.pins, async () => {
        await putCurrent(db, uid)
        await db.leases.delete(uid)
        await db.pins.update(uid, { failures: 0 })
      }),
    end: (uid) =>
      db.transaction('rw', db.sessions, db.current, db.leases, db.pins, async () => {
        await db.sessions.update(uid, { refreshToken: '' })
        await db.leases.delete(uid)
        await db.pins.delete(uid)
        const me = await db.current.get('me')
        if (me?.uid === uid) await db.current.delete('me')
      }),
  }
}

/** Inside the caller's transaction. */
async function putCurrent(db: VaultDatabase, uid: string): Promise<void> {
  await db.current.put({ key: 'me', uid, profile: (await db.sessions.get(uid))?.profile })
}
