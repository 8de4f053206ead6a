import type { Progress } from '../../domain/progress.ts'

/** What the log form edits. */
export interface InitiativeDraft {
  title: string
  progress: Progress | null
  background: string
  detail: string
  goal: string
  plan: string
  result: string
  lifeWorkBalance: boolean
  viewpoints: string[]
}

/** The id of a field's element in InitiativeForm, for UiErrorSummary. */
export function fieldIdOf(key: keyof InitiativeDraft): string {
  return `field-${key}`
}

/** Fields that stand behind 「くわしく書く」. */
export const MORE_FIELDS = ['goal', 'plan', 'result', 'viewpoints', 'lifeWorkBalance'] as const
