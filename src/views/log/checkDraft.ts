/** What of a log form cannot be saved, and what to do, by field. */
import { FIGURE_FIELDS, type InitiativeDraft } from '../../components/initiative/initiativeDraft.ts'
import { parseFigure } from '../../domain/figure.ts'
import { formText } from '../../text/initiative.ts'
import { logText } from '../../text/log.ts'

/** Longest values in UTF-16 units, as the record type has them (domain/types/initiative.ts). */
const MAX_LENGTHS = [
  ['title', 200],
  ['theme', 60],
  ['goalIndicator', 60],
  ['goalUnit', 20],
  ['background', 16_000],
  ['detail', 16_000],
  ['goal', 16_000],
  ['plan', 16_000],
  ['result', 16_000],
] as const

/** {} when all is well. */
export function checkDraft(draft: InitiativeDraft): Partial<Record<keyof InitiativeDraft, string>> {
  const errors: Partial<Record<keyof InitiativeDraft, string>> = {}
  for (const [field, max] of MAX_LENGTHS) {
    if (draft[field].length > max) errors[field] = formText.tooLong(formText[field], max)
  }
  for (const field of FIGURE_FIELDS) {
    if (parseFigure(draft[field]) === undefined) errors[field] = formText.figureWrong(formText[field])
  }
  if (draft.title.trim() === '') errors.title = logText.titleMissing
  return errors
}
