/** A 点検票 as its form holds it. */
import type { Achievement } from '../../domain/types/check.ts'
import type { CycleKind } from '../../domain/types/cycle.ts'

export interface CheckDraft {
  readonly achievement: Achievement | null
  /** 達成率 as typed. */
  readonly rate: string
  readonly issues: string
  readonly measures: string
  /** One line a person. */
  readonly opinions: string
  readonly next: string
  readonly result: string
  readonly learnt: string
}

/** The texts a kind of 点検 asks for, in order. */
export const CHECK_TEXTS = {
  interim: ['issues', 'measures', 'opinions', 'next'],
  result: ['result', 'learnt', 'issues', 'next'],
} as const satisfies Readonly<Record<CycleKind, readonly (keyof CheckDraft)[]>>

/** Id of the element a field is typed in. */
export const checkFieldId = (field: keyof CheckDraft): string => `field-${field}`
