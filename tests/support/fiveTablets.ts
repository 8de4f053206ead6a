/** Five tablets of one bureau: two of an office's staff and their lead's, headquarters', and one of another office. */
import { IDBFactory } from 'fake-indexeddb'
import type { Role } from '../../src/domain/actor.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { type Station, type World, draftValues, enrol, intention, openStation } from './world.ts'

export interface FiveTablets {
  readonly first: Station
  readonly second: Station
  readonly lead: Station
  readonly hq: Station
  readonly other: Station
  /** What each of them keeps its database on. */
  readonly disks: Map<Station, IDBFactory>
}

export async function openFiveTablets(world: World): Promise<FiveTablets> {
  const disks = new Map<Station, IDBFactory>()
  const open = async (uid: string, unit: string, roles: readonly Role[]): Promise<Station> => {
    const disk = new IDBFactory()
    const station = await openStation(world, await enrol(world, uid, unit, roles), disk)
    disks.set(station, disk)
    return station
  }
  return {
    first: await open('staff1', 'kameido', ['staff']),
    second: await open('staff2', 'kameido', ['staff']),
    lead: await open('lead', 'kameido', ['lead']),
    hq: await open('hq', 'somu', ['hq']),
    other: await open('other', 'osaki', ['staff', 'lead']),
    disks,
  }
}

/** A draft of the first tablets' office. */
export const create = (id: string, title = '棚の整理', extra = {}): Intention =>
  intention('initiative', 'create', { id, set: { ...draftValues('kameido', title), ...extra } })
