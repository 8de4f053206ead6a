/** Who acts, and which streams they read. Roles are always read from the member record, never from the request. */
import * as v from 'valibot'
import type { Uid, UnitId } from './ids.ts'

/** 職員／所長・企画担当者／若手管理職（評価者）／本部事務局／本部長・本部員／システム管理者 (1-product, People). */
const ROLES = ['staff', 'lead', 'evaluator', 'hq', 'executive', 'admin'] as const

export const roleSchema = v.picklist(ROLES)
export type Role = v.InferOutput<typeof roleSchema>

/** A person as the server knows them now. `system` is the server itself (enrolment, provisioning); no member has it. */
export interface Actor {
  readonly uid: Uid
  readonly unit: UnitId
  readonly roles: readonly (Role | 'system')[]
}

/** True when the actor has one of the roles. */
export function hasRole(actor: Actor, ...roles: readonly (Role | 'system')[]): boolean {
  return roles.some((role) => actor.roles.includes(role))
}

/** The unit of authorisation and order (3-sync-protocol, Terms). */
export type Stream = `shared/${number}` | `unit/${string}` | `user/${string}` | 'review' | 'hq' | 'master'

/** Shards of the bureau-wide stream, so that offices do not contend for one head. Changing it needs a re-feed of every row. */
const SHARED_SHARDS = 4

/** The shared shard of a unit: a fixed hash of its id. */
export function sharedStream(unit: string): Stream {
  let hash = 0
  for (const char of unit) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return `shared/${hash % SHARED_SHARDS}`
}

const SHARED_STREAMS = Array.from({ length: SHARED_SHARDS }, (_, shard): Stream => `shared/${shard}`)

/** Streams that everybody reads; nearly every row of the bureau is in them. */
export const COMMON_STREAMS: readonly Stream[] = ['master', ...SHARED_STREAMS]

/** Every stream the actor may read, in the order a pull lists them. Roles give streams; nothing else does. */
export function streamsOf(actor: Actor): Stream[] {
  const streams: Stream[] = ['master', `user/${actor.uid}`]
  if (hasRole(actor, 'staff', 'lead')) streams.push(`unit/${actor.unit}`)
  if (hasRole(actor, 'evaluator')) streams.push('review')
  if (hasRole(actor, 'hq', 'admin')) streams.push('hq')
  return [...streams, ...SHARED_STREAMS]
}
