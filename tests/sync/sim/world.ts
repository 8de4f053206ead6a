/** The bureau of the simulation: who works there, on a store that can be restored where it is a file. */
import { inject } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { storedKey } from '../../../functions/src/identity/deviceKey.ts'
import type { Role } from '../../../src/domain/actor.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type World as TestWorld, enrol, intention, openWorld } from '../../support/world.ts'
import { openRestorableWorld } from '../../support/restorableWorld.ts'
import { PUBLIC_KEY } from './syncCrypto.ts'

/** Puts the last backup back and answers the new epoch. */
export type Restore = () => Promise<string>

export interface World extends TestWorld {
  /** The store is a file of ours: its process can die, be backed up and restored. */
  readonly local: boolean
  readonly backUp?: () => void
  readonly restore?: Restore
}

export interface Person {
  readonly uid: string
  readonly unit: string
  readonly roles: readonly Role[]
  /** Which tablet of theirs. */
  readonly tablet: number
}

/** Who takes part, in this order. */
export const CAST: readonly Person[] = [
  { uid: 'staff1', unit: 'kameido', roles: ['staff'], tablet: 1 },
  { uid: 'lead', unit: 'kameido', roles: ['lead'], tablet: 1 },
  { uid: 'staff2', unit: 'kameido', roles: ['staff'], tablet: 1 },
  { uid: 'hq', unit: 'somu', roles: ['hq'], tablet: 1 },
  { uid: 'other', unit: 'osaki', roles: ['staff', 'lead'], tablet: 1 },
  { uid: 'staff1', unit: 'kameido', roles: ['staff'], tablet: 2 },
  { uid: 'ome', unit: 'ome', roles: ['lead'], tablet: 1 },
  { uid: 'executive', unit: 'somu', roles: ['executive'], tablet: 1 },
]

export async function openSimWorld(): Promise<World> {
  if (inject('store') === 'firestore') return { ...(await openWorld()), local: false }
  return { ...(await openRestorableWorld()), local: true }
}

export const deviceIdOf = ({ uid, tablet }: Person): string => `dev-${uid}${tablet === 1 ? '' : `-${tablet}`}`

/** Registers the people and their tablets. */
export async function enrolAll(world: World, people: readonly Person[]): Promise<void> {
  for (const person of people) {
    const { uid, unit, roles } = person
    if (person.tablet === 1) await enrol(world, uid, unit, roles)
    const set = {
      stage: 'active',
      owner: uid,
      label: '端末',
      enrolledAt: world.deps.now(),
      publicKey: storedKey(PUBLIC_KEY),
    }
    await bySystem(world, 'device', deviceIdOf(person), { op: person.tablet === 1 ? 'edit' : 'create', set })
  }
}

interface SystemChange {
  readonly op: 'create' | 'edit'
  readonly set: Readonly<Record<string, Json>>
}

/** The server changes a record of its own; what stands already is left. */
export async function bySystem(
  world: World,
  type: string,
  id: string,
  { op, set }: SystemChange,
): Promise<void> {
  const doc = await world.deps.storage.read((tx) => tx.get('records', id))
  const current: Record<string, Json> =
    doc === undefined ? {} : { ...doc.record.fields, stage: doc.record.stage }
  const stage = doc?.record.stage ?? null
  const done = await commitAs(world.deps, SYSTEM, [intention(type, op, { id, set, from: current, stage })])
  if (!done.ok) throw new Error(`the server could not write ${type} ${id}: ${JSON.stringify(done.error)}`)
}
