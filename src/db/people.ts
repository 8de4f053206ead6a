/** The people of this tablet as the sign-in page lists them [S26]. */
import { asRecordId } from '../domain/ids.ts'
import { rowsOf } from './held.ts'
import { Dexie } from 'dexie'
import { textOf } from '../domain/record.ts'
import type { PersonHere } from '../sync/peoplePorts.ts'
import { pinStanding } from './pins.ts'
import { TabletDatabase, databaseName } from './schema.ts'
import type { StoredSession, VaultDatabase } from './vault.ts'

type Inside = Pick<PersonHere, 'unitName' | 'unsentCount'>

/** What is known of a database that cannot be read. */
const UNREAD: Inside = { unitName: '', unsentCount: null }

/** Everyone with a session, whoever used the tablet last first. */
export async function listPeople(vault: VaultDatabase): Promise<readonly PersonHere[]> {
  const sessions = await vault.sessions.filter(({ refreshToken }) => refreshToken !== '').toArray()
  const people = await Promise.all(sessions.map((session) => describe(vault, session)))
  return people.sort((a, b) => (b.usedAtMs ?? 0) - (a.usedAtMs ?? 0))
}

async function describe(vault: VaultDatabase, { uid, profile }: StoredSession): Promise<PersonHere> {
  return {
    uid: profile.uid,
    name: profile.name,
    // One that cannot be read hides neither its person nor the others.
    ...(await lookInto(databaseName(uid), profile.unit).catch(() => UNREAD)),
    usedAtMs: (await vault.leases.get(uid))?.seenAtMs ?? null,
    pin: await pinStanding(vault, uid),
  }
}

/** A look into a person's database that makes none where there is none. */
async function lookInto(name: string, unit: string): Promise<Inside> {
  if (!(await Dexie.exists(name))) return { unitName: '', unsentCount: 0 }
  const db = new TabletDatabase(name)
  try {
    await db.open()
    const [row] = await rowsOf(db, [asRecordId(unit)])
    return {
      unitName: row === undefined ? '' : textOf(row.record, 'shortName'),
      unsentCount: await db.outbox.where('state').anyOf('queued', 'parked').count(),
    }
  } finally {
    db.close()
  }
}
