/**
 * What a change must leave true beyond its own record. The server asks in the transaction that makes the change, the tablet
 * before it saves (docs/adr/0013). Both look records up in their own store.
 */
import type { Rejection } from './decide.ts'
import { type RecordType, type StoredRecord, textOf } from './record.ts'
import { ENDED } from './types/unit.ts'

/** Records as they stand, what the same transaction has changed included. */
export interface LookUp {
  readonly record: (id: string) => Promise<Pick<StoredRecord, 'stage'> | undefined>
  readonly ofType: (type: string) => Promise<readonly StoredRecord[]>
}

export interface RecordChange {
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord
}

/** Fields that name another 部所 than before, and its id: it must not have ended. */
export function unitsNamed(type: RecordType, { before, after }: RecordChange): [field: string, id: string][] {
  return (type.standingUnits ?? [])
    .map((field): [string, string] => [field, textOf(after, field)])
    .filter(([field, unit]) => unit !== '' && (before === undefined || textOf(before, field) !== unit))
}

/** Whether the change takes away one of which there must be another. */
export function needsAnother(type: RecordType, { before, after }: RecordChange): boolean {
  const { indispensable } = type
  return indispensable !== undefined && before !== undefined && indispensable(before) && !indispensable(after)
}

/** Why a change that is allowed by itself may not be made; undefined when it may. Looks up only what the change could break. */
export async function brokenInvariant(
  type: RecordType,
  change: RecordChange,
  lookUp: LookUp,
): Promise<Rejection | undefined> {
  for (const [field, unit] of unitsNamed(type, change))
    if ((await lookUp.record(unit))?.stage === ENDED) return { type: 'endedUnit', field }
  if (!needsAnother(type, change)) return undefined
  const others = await lookUp.ofType(type.name)
  return others.some((other) => other.id !== change.after.id && type.indispensable?.(other))
    ? undefined
    : { type: 'lastOne' }
}
