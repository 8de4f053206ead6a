/** Taking a person off the tablet for good [S26], in steps of which each may be the last before the tablet dies. */
import { Dexie } from 'dexie'
import { databaseName } from './schema.ts'
import type { VaultDatabase } from './vault.ts'

/**
 * Forgets session, keys, PIN and lease of a person in one transaction, and notes that their database is to go. Waits for no other
 * tab's wipe: should that one hang, the note is there for the next start.
 */
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

/** Finishes every wipe that was begun, by other tabs meanwhile too; the note that it is to be done goes last. */
export async function finishWipes(vault: VaultDatabase, acts: WipeActs): Promise<void> {
  let left: Left
  do {
    const uids = await vault.wipes.toCollection().primaryKeys()
    await takeAway(vault, uids, acts)
    left = await strikeOff(vault, uids)
  } while (left === 'wipes')
  if (left === 'nothing') await vault.delete()
}

async function takeAway(vault: VaultDatabase, uids: readonly string[], acts: WipeActs): Promise<void> {
  for (const uid of uids) {
    await Dexie.delete(databaseName(uid))
    // Whoever has signed in again since has a new session, which stays.
    if ((await vault.sessions.get(uid)) === undefined) await acts.forget(uid)
  }
  const sessions = await vault.sessions.toArray()
  if (sessions.every(({ refreshToken }) => refreshToken === '')) await acts.clearTablet()
}

type Left = 'wipes' | 'people' | 'nothing'

/**
 * Strikes off the notes of these, which are done; answers what is left. Where that is nothing they stay, and go with the vault:
 * nobody has a session then whose wipe another tab could begin before it is deleted.
 */
function strikeOff(vault: VaultDatabase, done: readonly string[]): Promise<Left> {
  return vault.transaction('rw', vault.wipes, vault.sessions, async () => {
    const open = await vault.wipes.where('uid').noneOf(done).count()
    if (open === 0 && (await vault.sessions.count()) === 0) return 'nothing'
    await vault.wipes.bulkDelete([...done])
    return open > 0 ? 'wipes' : 'people'
  })
}
