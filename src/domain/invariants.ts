/**
 * What a change must leave true beyond its own record. The server asks in the transaction that makes the change, the tablet
 * before it saves (docs/adr/0013). Both look records up in their own store.
 */
import type { Rejection } from './decide.ts'
import { type RecordType, type StoredRecord, textOf } from './record.ts'
import { ENDED } from './types/unit.ts'

/** Records as they stand, what the same transaction has changed included. */
export interface LookUp {
  readonly record: (id: string) => Promise<StoredRecord | undefined>
  readonly ofType: (type: string) => Promise<readonly StoredRecord[]>
}

/** Why a change that is allowed by itself may not be made; undefined when it may. Looks up only what the change could break. */
export async function brokenInvariant(
  type: RecordType,
  { before, after }: { readonly before: StoredRecord | undefined; readonly after: StoredRecord },
  lookUp: LookUp,
): Promise<Rejection | undefined> {
  for (const field of type.standingUnits ?? []) {
    const unit = textOf(after, field)
    if (unit === '' || (before !== undefined && textOf(before, field) === unit)) continue
    if ((await lookUp.record(unit))?.stage === ENDED) return { type: 'endedUnit', field }
  }
  const { indispensable } = type
  if (indispensable === undefined || before === undefined) return undefined
  if (!indispensable(before) || indispensable(after)) return undefined
  const others = await lookUp.ofType(type.name)
  return others.some((other) => other.id !== after.id && indispensable(other))
    ? undefined
    : { type: 'lastOne' }
}
