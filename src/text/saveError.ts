/** What a refused save or a parked mutation means to a person, and what to do. */
import { typeOf } from '../domain/types/index.ts'
import { detailText } from './detail.ts'
import { errorsText } from './errors.ts'
import { initiativeText } from './initiative.ts'

interface Reason {
  readonly type: string
  readonly field?: string | null | undefined
}

/** A sentence for the person. `recordType` gives fields their 項目名. */
export function reasonText(reason: Reason, recordType: string): string {
  const label = fieldLabel(recordType, reason.field ?? '')
  switch (reason.type) {
    case 'missingValue':
      return errorsText.missingValue(label)
    case 'invalidValue':
      return errorsText.invalidValue(label)
    case 'unknownType':
    case 'unknownRecord':
    case 'unknownParent':
    case 'unknownField':
    case 'notAllowed':
    case 'stageRefused':
    case 'tooMany':
    case 'typeMismatch':
    case 'malformed':
    case 'quarantined':
    case 'tooLarge':
    case 'storageFull':
    case 'storageDead':
    case 'notLoaded':
      return errorsText[reason.type]
    default:
      return errorsText.failed
  }
}

/** 項目名 of a field. */
export function fieldLabel(recordType: string, field: string): string {
  if (field === 'stage') return initiativeText.stage
  if (field === 'removed') return detailText.removedField
  return typeOf(recordType)?.fields[field]?.label ?? field
}
