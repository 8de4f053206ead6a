/** A bureau with somebody of each role, who ask the server for whatever they like. */
import type { Json } from '../../src/domain/json.ts'
import type { Intention } from '../../src/domain/mutation.ts'
import { PROTOCOL_VERSION } from '../../src/domain/wire.ts'
import { type Send, callerOf, openOutboxes } from './outboxes.ts'
import { pull } from './pulling.ts'
import { type World, enrol, intention, openWorld } from './world.ts'

export interface RolesWorld extends World {
  readonly send: Send
  /** The answer to a first pull, as JSON. */
  everythingPulledBy(uid: string): Promise<string>
}

export async function openRolesWorld(): Promise<RolesWorld> {
  const world = await openWorld()
  await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'lead', 'kameido', ['lead'])
  await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  await enrol(world, 'hq', 'somu', ['hq'])
  await enrol(world, 'admin', 'somu', ['admin'])
  await enrol(world, 'exec', 'somu', ['executive'])
  return {
    ...world,
    send: openOutboxes(world.deps),
    async everythingPulledBy(uid) {
      const answer = await pull(world.deps, callerOf(uid), {
        protocol: PROTOCOL_VERSION,
        clientId: null,
        cursors: {},
      })
      return JSON.stringify(answer)
    },
  }
}

/** The receipt of who may not. */
export const refused = { outcome: 'parked', reason: { type: 'notAllowed' } }

export const edit = (
  id: string,
  set: Record<string, Json>,
  extra: { stage?: string; from?: Record<string, Json> } = {},
): Intention =>
  intention('initiative', 'edit', { id, set, stage: extra.stage ?? 'draft', from: extra.from ?? {} })
