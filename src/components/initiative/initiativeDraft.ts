import type { Progress } from '../../domain/progress.ts'
import type { Schedule } from '../../domain/types/initiative.ts'

/** What the log form edits. Figures stay as typed until they are saved. */
export interface InitiativeDraft {
  title: string
  progress: Progress | null
  background: string
  detail: string
  theme: string
  jointUnits: string[]
  goal: string
  goalIndicator: string
  goalUnit: string
  goalBaseline: string
  goalTarget: string
  goalActual: string
  schedule: Schedule | null
  plan: string
  result: string
  lifeWorkBalance: boolean
  viewpoints: string[]
  /** The row of an earlier year it was begun from. */
  carriedFrom: string | null
}

/** The id of a field's element in InitiativeForm, for UiErrorSummary. */
export function fieldIdOf(key: keyof InitiativeDraft): string {
  return `field-${key}`
}

/** 目標 in figures, in the order of the form. */
export const FIGURE_FIELDS = ['goalBaseline', 'goalTarget', 'goalActual'] as const

/** Fields that stand behind 「くわしく書く」. */
export const MORE_FIELDS = [
  'background',
  'detail',
  'theme',
  'jointUnits',
  'goal',
  'goalIndicator',
  'goalUnit',
  ...FIGURE_FIELDS,
  'schedule',
  'plan',
  'result',
  'viewpoints',
  'lifeWorkBalance',
] as const

/** Something stands behind 「くわしく書く」: the form opens it, so that nothing already written is out of sight. */
export function writesMore(draft: InitiativeDraft): boolean {
  return MORE_FIELDS.some((field) => {
    const value = draft[field]
    return Array.isArray(value) ? value.length > 0 : value !== '' && value !== null && value !== false
  })
}
