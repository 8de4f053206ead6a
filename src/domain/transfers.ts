/** 異動 of people to another unit: who really moves, and what the units they leave are left with (M3). */
import type { Role } from './actor.ts'

/** A person as the preview reads them. */
export interface Transferable {
  readonly uid: string
  readonly unit: string
  readonly roles: readonly Role[]
  readonly active: boolean
}

export interface Transfer<T extends Transferable> {
  /** Those who are not there already. */
  readonly moving: readonly T[]
  /** Units that lose their last active 所長・企画担当者: nobody could submit there. */
  readonly withoutLead: readonly string[]
}

/** What moving the chosen people to a unit comes to. */
export function transferOf<T extends Transferable>(
  everybody: readonly T[],
  { chosen, to }: { readonly chosen: ReadonlySet<string>; readonly to: string },
): Transfer<T> {
  const moving = everybody.filter(({ uid, unit }) => chosen.has(uid) && unit !== to)
  const isLead = ({ roles, active }: Transferable): boolean => active && roles.includes('lead')
  const left = new Set(moving.filter(isLead).map(({ unit }) => unit))
  const kept = new Set(
    everybody.filter((one) => isLead(one) && !moving.includes(one)).map(({ unit }) => unit),
  )
  return { moving, withoutLead: [...left].filter((unit) => !kept.has(unit)) }
}
