import type { KeepReason } from '../../domain/keptReasons.ts'

/** What a person has chosen so far for one place. */
export interface ItemChoice {
  readonly keeps: boolean
  readonly reason: KeepReason | null
  readonly note: string
  readonly error: { readonly field: 'reason' | 'note'; readonly message: string } | undefined
}

/** Id of the element of place `index` that takes the reason or the note. */
export function choiceIdOf(index: number, field: 'reason' | 'note'): string {
  return `privacy-${index}-${field}`
}
