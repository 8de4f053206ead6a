/** The end of a person on this tablet [S26]: what headquarters has revoked leaves nothing behind. Loads when it is needed. */
import { asideKey } from './db/forms.ts'
import type { Vault } from './db/vault.ts'
import { beginWipe, finishWipes } from './db/wiping.ts'
import { asUid } from './domain/ids.ts'
import type { Workplace } from './stores/ports.ts'
import type { Auth } from './sync/peoplePorts.ts'

/**
 * Wipes a person whose views are closed and whose outbox is in quarantine. What was saved while they closed is sent
 * there first; false when that did not succeed, and nothing is touched then.
 */
export async function wipePerson(
  { auth, vault }: { readonly auth: Auth; readonly vault: Vault },
  workplace: Workplace,
): Promise<boolean> {
  await workplace.sync.now()
  if ((await workplace.outbox.queuedCount()) > 0) return false
  await workplace.close()
  await beginWipe(vault.db, workplace.profile.uid)
  await resumeWipes({ auth, vault })
  return true
}

/** Finishes every wipe that was begun, one tab at a time. */
export function resumeWipes({ auth, vault }: { readonly auth: Auth; readonly vault: Vault }): Promise<void> {
  return navigator.locks.request('kaizencho-wipe', () =>
    finishWipes(vault.db, { forget: (uid) => forget(auth, uid), clearTablet }),
  )
}

async function forget(auth: Auth, uid: string): Promise<void> {
  sessionStorage.removeItem(asideKey(uid))
  await auth.signOut(asUid(uid))
}

/** Takes away the app itself, which is loaded anew by whoever opens it next. */
async function clearTablet(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name)
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister()
}
