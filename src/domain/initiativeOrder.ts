/** In what order a list stands, and how it is kept so while single rows change. */
import { PROGRESS_IDS, type Progress } from './progress.ts'
import { STAGE_IDS, type Stage } from './stage.ts'

/** What rows can be ordered by. */
export const SORT_KEYS = [
  'no',
  'title',
  'unit',
  'theme',
  'progress',
  'stage',
  'fiscalYear',
  'updatedAt',
] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface SortStep {
  readonly key: SortKey
  readonly descending: boolean
}

/** What an order reads of a row. */
export interface OrderedRow {
  readonly id: string
  readonly no: number | null
  readonly title: string
  readonly leadUnit: string
  readonly unitLabel: string
  readonly theme: string
  readonly progress: Progress | null
  readonly stage: Stage
  readonly fiscalYear: number
  readonly updatedAt: string
}

type Compare<T> = (a: T, b: T) => number

const collator = new Intl.Collator('ja', { numeric: true })

/** No. order within a year, newest year first; rows without a No. after those with one, newest change first. */
export function byNumber(a: OrderedRow, b: OrderedRow): number {
  if (a.fiscalYear !== b.fiscalYear) return b.fiscalYear - a.fiscalYear
  if (a.no !== null && b.no !== null && a.no !== b.no) return a.no - b.no
  if ((a.no === null) !== (b.no === null)) return a.no === null ? 1 : -1
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1
  return a.id < b.id ? -1 : a.id === b.id ? 0 : 1
}

interface OrderOptions {
  /** Place of a unit in the bureau's order. */
  readonly orderOfUnit: (unit: string) => number
}

/** The order that the steps ask for, the first deciding first; what they leave open is in No. order. Total: 0 for the same row alone. */
export function orderBy(steps: readonly SortStep[], { orderOfUnit }: OrderOptions): Compare<OrderedRow> {
  const compares: Readonly<Record<SortKey, Compare<OrderedRow>>> = {
    no: (a, b) => (a.no ?? 0) - (b.no ?? 0),
    title: (a, b) => collator.compare(a.title, b.title),
    unit: (a, b) =>
      orderOfUnit(a.leadUnit) - orderOfUnit(b.leadUnit) || collator.compare(a.unitLabel, b.unitLabel),
    theme: (a, b) => collator.compare(a.theme, b.theme),
    progress: (a, b) => placeOfProgress(a) - placeOfProgress(b),
    stage: (a, b) => STAGE_IDS.indexOf(a.stage) - STAGE_IDS.indexOf(b.stage),
    fiscalYear: (a, b) => a.fiscalYear - b.fiscalYear,
    updatedAt: (a, b) => (a.updatedAt === b.updatedAt ? 0 : a.updatedAt < b.updatedAt ? -1 : 1),
  }
  const inOrder = steps.map(({ key, descending }) => {
    const compare = compares[key]
    const isEmpty = EMPTY[key]
    // What has no value stands last in either direction.
    return (a: OrderedRow, b: OrderedRow): number =>
      Number(isEmpty?.(a) ?? 0) - Number(isEmpty?.(b) ?? 0) || (descending ? compare(b, a) : compare(a, b))
  })
  return (a, b) => {
    for (const compare of inOrder) {
      const order = compare(a, b)
      if (order !== 0) return order
    }
    return byNumber(a, b)
  }
}

const EMPTY: Readonly<Partial<Record<SortKey, (row: OrderedRow) => boolean>>> = {
  no: ({ no }) => no === null,
  title: ({ title }) => title === '',
  theme: ({ theme }) => theme === '',
  progress: ({ progress }) => progress === null,
}

const placeOfProgress = ({ progress }: OrderedRow): number =>
  progress === null ? PROGRESS_IDS.length : PROGRESS_IDS.indexOf(progress)

/**
 * The rows in order, made from how they stood before: rows that are the same objects keep their places, only the others are
 * sorted. O(n + k log k) for k new ones. `compare` must be total.
 */
export function keepOrder<T>(before: readonly T[], rows: Iterable<T>, compare: Compare<T>): readonly T[] {
  if (before.length === 0) return [...rows].sort(compare)
  const fresh = new Set(rows)
  const kept = before.filter((row) => fresh.delete(row))
  if (fresh.size === 0) return kept.length === before.length ? before : kept
  const added = [...fresh].sort(compare)
  const merged: T[] = []
  let next = 0
  for (const row of kept) {
    for (let other = added[next]; other !== undefined && compare(other, row) < 0; other = added[next]) {
      merged.push(other)
      next += 1
    }
    merged.push(row)
  }
  return merged.concat(added.slice(next))
}

/** What a tap on a heading asks for: that column up, then down, then as before; `add` keeps the other columns. */
export function toggleSort(steps: readonly SortStep[], key: SortKey, add: boolean): readonly SortStep[] {
  const at = steps.findIndex((step) => step.key === key)
  const others = add ? steps : steps.filter((step) => step.key === key)
  const current = steps[at]
  if (current === undefined) return [...(add ? steps : []), { key, descending: false }]
  if (current.descending) return others.filter((step) => step.key !== key)
  return others.map((step) => (step.key === key ? { key, descending: true } : step))
}
