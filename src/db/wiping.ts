/** Taking a person off the tablet for good [S26], in steps of which each may be the last before the tablet dies. */
import { Dexie } from 'dexie'
import { databaseName } from './schema.ts'
import type { VaultDatabase } from './vault.ts'

/** Forgets session, keys, PIN and lease of a person in one transaction, and notes that their database is to go. */
export function beginWipe(vault: VaultDatabase, uid: string): Promise<void> {
  return vault.transaction('rw', vault.tables, async () => {
    await vault.wipes.put({ uid })
    await Promise.all([vault.sessions, vault.pins, vault.leases].map((table) => table.delete(uid)))
    if ((await vault.current.get('me'))?.uid === uid) await vault.current.delete('me')
  })
}

/** What a wipe does beside the databases. */
interface WipeActs {
  /** Forgets what the identity holds of a person outside the vault. */
  forget(uid: string): Promise<void>
  /** Called when nobody is signed in on the tablet any more. */
  clearTablet(): Promise<void>
}

/** Finishes every wipe that was begun; the note that it is to be done goes last. */
export async function finishWipes(vault: VaultDatabase, acts: WipeActs): Promise<void> {
  const wipes = await vault.wipes.toArray()
  for (const { uid } of wipes) {
    await Dexie.delete(databaseName(uid))
    // Whoever has signed in again since has a new session, which stays.
    if ((await vault.sessions.get(uid)) === undefined) await acts.forget(uid)
  }
  const sessions = await vault.sessions.toArray()
  if (sessions.every(({ refreshToken }) => refreshToken === '')) await acts.clearTablet()
  if (sessions.length === 0) await vault.delete()
  else await vault.wipes.bulkDelete(wipes.map(({ uid }) => uid))
}
