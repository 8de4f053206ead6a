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
  readonly id: string
  readonly fiscalYear: number
  readonly leadUnit: string
  readonly jointUnits: readonly string[]
  readonly progress: Progress | null
  readonly stage: Stage
  readonly theme: string
  readonly updatedAt: string
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
  /** Ids of the rows that hold the words of the filter's query; undefined while none are asked for. */
  readonly hits: ReadonlySet<string> | undefined
  /** The 部 of a unit's id; '' when the unit is not known. */
  readonly partOfUnit: (unit: string) => string
}

/** Filters and counts. */
export function survey<T extends FilteredRow>(all: readonly T[], options: SurveyOptions): Survey<T> {
  const rows = rowsHit(all, options.hits)
  const asked = conditionsOf(options.filter)
  const plain = plainConditions(options)
  const facets = facetsOf(options).map(([facet, read]) => ({
    ...{ facet, read, wanted: asked.get(facet) },
    tally: new Map<string | number, { rows: number }>(),
  }))
  const conditions = facets.filter(({ wanted }) => wanted !== undefined)
  const found: T[] = []
  for (const row of rows) {
    let missed: (typeof facets)[number] | undefined
    let misses = 0
    for (const condition of conditions) {
      if (meets(condition.read(row), condition.wanted)) continue
      missed = condition
      misses += 1
      if (misses > 1) break
    }
    // A row that misses two facets is counted nowhere.
    if (misses > 1 || !plain.every((holds) => holds(row))) continue
    if (missed === undefined) {
      found.push(row)
      for (const { tally, read } of facets) count(tally, read(row))
    } else count(missed.tally, missed.read(row))
  }
  const counts = emptyCounts()
  for (const { facet, tally } of facets)
    for (const [value, counted] of tally) counts[facet].set(String(value), counted.rows)
  return { rows: found, counts }
}

/** The rows that a survey finds, without its counts. */
export function select<T extends FilteredRow>(all: readonly T[], options: SurveyOptions): readonly T[] {
  const rows = rowsHit(all, options.hits)
  const asked = conditionsOf(options.filter)
  const counted = facetsOf(options).flatMap(([facet, read]): Condition[] => {
    const wanted = asked.get(facet)
    return wanted === undefined ? [] : [(row) => meets(read(row), wanted)]
  })
  const conditions = [...counted, ...plainConditions(options)]
  return conditions.length === 0 ? rows : rows.filter((row) => conditions.every((holds) => holds(row)))
}

/** When fewer of the rows are hits, each is looked up: to look at every row would take longer. */
const FEW_HITS = 1 / 4

/** The rows that are hits, in their order. */
function rowsHit<T extends FilteredRow>(
  rows: readonly T[],
  hits: ReadonlySet<string> | undefined,
): readonly T[] {
  if (hits === undefined) return rows
  if (hits.size > rows.length * FEW_HITS) return rows.filter(({ id }) => hits.has(id))
  const places = placesIn(rows)
  const found = Uint32Array.from([...hits].flatMap((id) => places.get(id) ?? [])).sort()
  return Array.from(found, (place) => rows[place]).filter((row) => row !== undefined)
}

const knownPlaces = new WeakMap<readonly FilteredRow[], ReadonlyMap<string, number>>()

/** Where each row stands in a list, by its id; worked out once a list, which stays the same while somebody types. */
function placesIn(rows: readonly FilteredRow[]): ReadonlyMap<string, number> {
  const known = knownPlaces.get(rows)
  if (known !== undefined) return known
  const places = new Map(rows.map(({ id }, place) => [id, place]))
  knownPlaces.set(rows, places)
  return places
}

/** What a row is counted under in one facet: a value, or several different ones. Strings are not made for every row. */
type FacetValues = string | number | readonly string[]

function meets(values: FacetValues, wanted: ReadonlySet<string | number> | undefined): boolean {
  if (wanted === undefined) return true
  return typeof values === 'object' ? values.some((value) => wanted.has(value)) : wanted.has(values)
}

function count(tally: Map<string | number, { rows: number }>, values: FacetValues): void {
  if (typeof values === 'object') return values.forEach((value) => count(tally, value))
  const counted = tally.get(values)
  if (counted === undefined) tally.set(values, { rows: 1 })
  else counted.rows += 1
}

const emptyCounts = (): Record<Facet, Map<string, number>> => ({
  fiscalYear: new Map(),
  units: new Map(),
  progress: new Map(),
  stages: new Map(),
  theme: new Map(),
  part: new Map(),
})

function facetsOf({
  filter,
  partOfUnit,
}: SurveyOptions): readonly (readonly [Facet, (row: FilteredRow) => FacetValues])[] {
  return [
    ['fiscalYear', ({ fiscalYear }) => fiscalYear],
    [
      'units',
      ({ leadUnit, jointUnits }) =>
        filter.scope === 'listed' || jointUnits.length === 0
          ? leadUnit
          : [...new Set([leadUnit, ...jointUnits])],
    ],
    ['progress', ({ progress }) => progress ?? 'unset'],
    ['stages', ({ stage }) => stage],
    ['theme', ({ theme }) => themeKey(theme)],
    ['part', ({ leadUnit }) => partOfUnit(leadUnit)],
  ]
}

/** What is asked for of each facet; facets of which nothing is asked are left out. */
function conditionsOf(filter: InitiativeFilter): ReadonlyMap<Facet, ReadonlySet<string | number>> {
  const asked: readonly (readonly [Facet, readonly (string | number)[]])[] = [
    ['fiscalYear', filter.fiscalYear === null ? [] : [filter.fiscalYear]],
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

type Condition = (row: FilteredRow) => boolean

/** The conditions that are not counted by choice, as far as they are asked for. */
function plainConditions({ filter }: SurveyOptions): Condition[] {
  const conditions: Condition[] = []
  if (filter.scope !== '') conditions.push(({ stage }) => isListed(stage))
  if (filter.updatedFrom !== '') {
    const from = tokyoMidnight(dayBefore(filter.updatedFrom))
    conditions.push(({ updatedAt }) => updatedAt >= from)
  }
  if (filter.updatedTo !== '') {
    const end = tokyoMidnight(filter.updatedTo)
    conditions.push(({ updatedAt }) => updatedAt < end)
  }
  return conditions
}

/** The instant, as ISO time, at which a day ends in Tokyo (UTC+9). */
const tokyoMidnight = (day: string): string => `${day}T15:00:00.000Z`
