/** The people of this tablet, for the sign-in page and 設定. Loads when it is needed. */
import { listPeople } from './db/people.ts'
import { checkPin, pinStanding, removePin, setPin } from './db/pins.ts'
import type { Vault } from './db/vault.ts'
import { err, ok } from './domain/result.ts'
import type { People } from './sync/peoplePorts.ts'

export function createPeople(vault: Vault): People {
  const { db } = vault
  return {
    list: () => listPeople(db),
    async enter(uid, pin) {
      const session = await vault.byUid(uid)
      if (session === undefined || session.refreshToken === '') return err({ type: 'noPin' })
      const refused = await checkPin(db, uid, pin)
      if (refused !== undefined) return err(refused)
      await vault.setCurrent(uid)
      return ok(session.profile)
    },
    pinStanding: (uid) => pinStanding(db, uid),
    checkPin: (uid, pin) => checkPin(db, uid, pin),
    setPin: (uid, pin) => setPin(db, uid, pin),
    removePin: (uid) => removePin(db, uid),
  }
}
