/** The log form's texts for the privacy gate. */
import { type InitiativeDraft, fieldIdOf } from '../../components/initiative/initiativeDraft.ts'
import type { GatedField } from '../../composables/usePrivacyGate.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import { fieldLabel } from '../../text/saveError.ts'

const TEXTS = [
  'title',
  'background',
  'detail',
  'goal',
  'goalIndicator',
  'goalUnit',
  'plan',
  'result',
  'theme',
] as const

/** Every text of the form; `started` is the row it began from. */
export function gatedFieldsOf(draft: InitiativeDraft, started: StoredRecord | null): GatedField[] {
  return TEXTS.map((key) => ({
    key,
    label: fieldLabel('initiative', key),
    text: draft[key],
    before: started === null ? '' : textOf(started, key),
    elementId: fieldIdOf(key),
  }))
}

/** The draft with the texts as the gate let them pass; itself where they are as they were. */
export function withTexts(draft: InitiativeDraft, texts: Readonly<Record<string, string>>): InitiativeDraft {
  const passed = Object.fromEntries(TEXTS.map((key) => [key, texts[key] ?? draft[key]]))
  return TEXTS.every((key) => passed[key] === draft[key]) ? draft : { ...draft, ...passed }
}
