/** What the form of a 部所 holds. */
import { type StoredRecord, textOf } from '../../domain/record.ts'
import { UNIT_KINDS, type UnitKind } from '../../domain/types/unit.ts'

export interface UnitDraft {
  readonly name: string
  readonly shortName: string
  readonly kana: string
  readonly kind: UnitKind | null
  /** 所管の部 (id), '' for none. */
  readonly parent: string
}

export const EMPTY_UNIT: UnitDraft = { name: '', shortName: '', kana: '', kind: null, parent: '' }

export function unitDraftOf(record: StoredRecord): UnitDraft {
  const kind = textOf(record, 'kind')
  return {
    name: textOf(record, 'name'),
    shortName: textOf(record, 'shortName'),
    kana: textOf(record, 'kana'),
    kind: UNIT_KINDS.find((known) => known === kind) ?? null,
    parent: textOf(record, 'parent'),
  }
}

/** Field values as they are saved: trimmed, null for what is not filled in. */
export function unitValuesOf(draft: UnitDraft): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(draft).map(([field, value]) => [field, (value ?? '').trim() || null]),
  )
}
