/** What a refused save or a parked mutation means to a person, and what to do. */
import type { Rejection } from '../domain/decide.ts'
import { typeOf } from '../domain/types/index.ts'
import { detailText } from './detail.ts'
import { errorsText } from './errors.ts'
import { initiativeText } from './initiative.ts'

interface Reason {
  readonly type: string
  readonly field?: string | null | undefined
}

type Words = string | ((label: string) => string)

/** Every reason the server or the tablet gives; one without words does not compile. */
export const REASON_WORDS: Readonly<
  Record<Rejection['type'] | 'quarantined' | 'tooLarge' | 'storageFull' | 'storageDead' | 'notLoaded', Words>
> = errorsText.reason

/** A sentence for the person; a reason of a later release is told as a failure. `recordType` gives fields their 項目名. */
export function reasonText({ type, field }: Reason, recordType: string): string {
  const words = Object.entries(REASON_WORDS).find(([known]) => known === type)?.[1]
  if (typeof words === 'function') return words(fieldLabel(recordType, field ?? ''))
  return words ?? errorsText.reason.failed
}

/** 項目名 of a field. */
export function fieldLabel(recordType: string, field: string): string {
  if (field === 'stage') return initiativeText.stage
  if (field === 'removed') return detailText.removedField
  return typeOf(recordType)?.fields[field]?.label ?? field
}
