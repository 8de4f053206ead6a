/** Which rows a list shows, and how many each further choice would leave (M2-7, M2-8). One pass over the rows, however many. */
import { dayBefore } from './days.ts'
import type { Progress } from './progress.ts'
import type { Stage } from './stage.ts'

/** 未設定 beside the words of 進捗. */
export type ProgressChoice = Progress | 'unset'

/** Conditions hold together; an empty one ('' , [] or null) asks for nothing, several values of one are alternatives. */
export interface InitiativeFilter {
  readonly fiscalYear: number | null
  /** Ids of units: rows they lead or join in, with scope `listed` those they lead. */
  readonly units: readonly string[]
  readonly progress: readonly ProgressChoice[]
  readonly stages: readonly Stage[]
  /** 分類 by `themeKey`. */
  readonly theme: string
  /** Id of the 部 that the leading unit belongs to (`partOf`). */
  readonly part: string
  /** First and last day of the last change in Tokyo, `YYYY-MM-DD`, both included. */
  readonly updatedFrom: string
  readonly updatedTo: string
  /** `listed`: rows as figures count them, submitted and not withdrawn, each under its leading unit alone (M2-8). */
  readonly scope: '' | 'listed'
  /** Words to be found (search.ts). */
  readonly query: string
}

export const NO_FILTER: InitiativeFilter = {
  fiscalYear: null,
  units: [],
  progress: [],
  stages: [],
  theme: '',
  part: '',
  updatedFrom: '',
  updatedTo: '',
  scope: '',
  query: '',
}

/** What a filter reads of a row. */
export interface FilteredRow {
  readonly fiscalYear: number
  readonly leadUnit: string
  readonly jointUnits: readonly string[]
  readonly progress: Progress | null
  readonly stage: Stage
  readonly theme: string
  readonly updatedAt: string
  /** Search key of its texts. */
  readonly search: string
}

/** Conditions whose choices are counted. */
export type Facet = 'fiscalYear' | 'units' | 'progress' | 'stages' | 'theme' | 'part'

/** Rows by choice; a choice that would leave nothing is not in the map. */
export type FacetCounts = Readonly<Record<Facet, ReadonlyMap<string, number>>>

export interface Survey<T> {
  /** In the order they were given. */
  readonly rows: readonly T[]
  /** For each choice, the rows that meet it and all conditions on other things. */
  readonly counts: FacetCounts
}

/** 分類 as filters and figures name it; `none` = 未分類. */
export const themeKey = (theme: string): string => (theme === '' ? 'none' : theme)

/** Submitted and on, and not withdrawn: a row of the bureau's list. */
export const isListed = (stage: Stage): boolean => stage !== 'draft' && stage !== 'withdrawn'

interface SurveyOptions {
  readonly filter: InitiativeFilter
  /** Keys the row's search text must hold (queryKeys of the filter's query). */
  readonly keys: readonly string[]
  /** The 部 of a unit's id; '' when the unit is not known. */
  readonly partOfUnit: (unit: string) => string
}

/** Filters and counts. */
export function survey<T extends FilteredRow>(rows: readonly T[], options: SurveyOptions): Survey<T> {
  const values = valuesOf(options)
  const conditions = [...conditionsOf(options.filter)]
  const holds = plainCondition(options)
  const counts = emptyCounts()
  const found: T[] = []
  const tally = (facet: Facet, row: T): void => {
    const counted = counts[facet]
    for (const value of values[facet](row)) counted.set(value, (counted.get(value) ?? 0) + 1)
  }
  for (const row of rows) {
    const failed = conditions.filter(
      ([facet, wanted]) => !values[facet](row).some((value) => wanted.has(value)),
    )
    // A row that misses two facets is counted nowhere.
    if (failed.length > 1 || !holds(row)) continue
    const [missed] = failed
    if (missed !== undefined) tally(missed[0], row)
    else {
      found.push(row)
      for (const facet of FACETS) tally(facet, row)
    }
  }
  return { rows: found, counts }
}

const FACETS = ['fiscalYear', 'units', 'progress', 'stages', 'theme', 'part'] as const

const emptyCounts = (): Record<Facet, Map<string, number>> => ({
  fiscalYear: new Map(),
  units: new Map(),
  progress: new Map(),
  stages: new Map(),
  theme: new Map(),
  part: new Map(),
})

/** What a row is counted under. */
function valuesOf({
  filter,
  partOfUnit,
}: SurveyOptions): Record<Facet, (row: FilteredRow) => readonly string[]> {
  return {
    fiscalYear: (row) => [String(row.fiscalYear)],
    units: ({ leadUnit, jointUnits }) =>
      filter.scope === 'listed' || jointUnits.length === 0
        ? [leadUnit]
        : [...new Set([leadUnit, ...jointUnits])],
    progress: (row) => [row.progress ?? 'unset'],
    stages: (row) => [row.stage],
    theme: (row) => [themeKey(row.theme)],
    part: (row) => [partOfUnit(row.leadUnit)],
  }
}

/** What is asked for of each facet; facets of which nothing is asked are left out. */
function conditionsOf(filter: InitiativeFilter): ReadonlyMap<Facet, ReadonlySet<string>> {
  const asked: readonly (readonly [Facet, readonly string[]])[] = [
    ['fiscalYear', filter.fiscalYear === null ? [] : [String(filter.fiscalYear)]],
    ['units', filter.units],
    ['progress', filter.progress],
    ['stages', filter.stages],
    ['theme', filter.theme === '' ? [] : [filter.theme]],
    ['part', filter.part === '' ? [] : [filter.part]],
  ]
  return new Map(
    asked.filter(([, values]) => values.length > 0).map(([facet, values]) => [facet, new Set(values)]),
  )
}

/** The conditions that are not counted by choice. */
function plainCondition({ filter, keys }: SurveyOptions): (row: FilteredRow) => boolean {
  const from = filter.updatedFrom === '' ? '' : tokyoMidnight(dayBefore(filter.updatedFrom))
  const end = filter.updatedTo === '' ? '~' : tokyoMidnight(filter.updatedTo)
  return ({ stage, updatedAt, search }) =>
    (filter.scope === '' || isListed(stage)) &&
    updatedAt >= from &&
    updatedAt < end &&
    keys.every((key) => search.includes(key))
}

/** The instant, as ISO time, at which a day ends in Tokyo (UTC+9). */
const tokyoMidnight = (day: string): string => `${day}T15:00:00.000Z`
