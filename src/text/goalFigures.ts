/** 目標 in figures as people read it: 「現状値 20分 → 目標値 10分 → 実績値 12分」. */
import { figureText } from '../domain/figure.ts'
import type { Initiative } from '../domain/types/initiative.ts'
import { formText } from './initiative.ts'

type Figures = Pick<Initiative, 'goalUnit' | 'goalBaseline' | 'goalTarget' | 'goalActual'>

/** '' when there are none. */
export function goalFiguresText({ goalUnit, goalBaseline, goalTarget, goalActual }: Figures): string {
  const figure = (label: string, value: number | null): string[] =>
    value === null ? [] : [`${label} ${figureText(value)}${goalUnit}`]
  return [
    ...figure(formText.goalBaseline, goalBaseline),
    ...figure(formText.goalTarget, goalTarget),
    ...figure(formText.goalActual, goalActual),
  ].join(' → ')
}
