/** The people who take turns on this tablet [S26]. */
import { defineStore } from 'pinia'
import { requirePorts, useSession } from './session.ts'
import type { Result } from '../domain/result.ts'
import type { Uid } from '../domain/ids.ts'
import type { PersonHere, PinRefusal, PinStanding } from '../sync/peoplePorts.ts'

export const usePeople = defineStore('people', () => {
  const ports = requirePorts()
  const session = useSession()

  /** Everyone who can come back; whoever used the tablet last comes first. */
  async function list(): Promise<readonly PersonHere[]> {
    return (await ports.people()).list()
  }

  /** Opens the person's own place, also offline. */
  async function enter(uid: Uid, pin: string): Promise<Result<void, PinRefusal>> {
    const people = await ports.people()
    return session.enter(await people.enter(uid, pin))
  }

  /** Whether the signed-in person has a PIN, and whether it opens. */
  async function standing(): Promise<PinStanding> {
    const uid = session.profile?.uid
    return uid === undefined ? 'none' : (await ports.people()).pinStanding(uid)
  }

  /** Changes the signed-in person's PIN, or takes it away; `current` proves the one before, where there is one. */
  async function changePin({
    current,
    next,
  }: {
    current: string | undefined
    next: string | undefined
  }): Promise<PinRefusal | undefined> {
    const uid = session.profile?.uid
    if (uid === undefined) return { type: 'noPin' }
    const people = await ports.people()
    const refused = current === undefined ? undefined : await people.checkPin(uid, current)
    if (refused !== undefined) return refused
    await (next === undefined ? people.removePin(uid) : people.setPin(uid, next))
    session.putOffPin()
    return undefined
  }

  return { list, enter, standing, changePin }
})
