/**
 * The list's filter as the URL query carries it: `year, unit, progress, stage, theme, part, updatedFrom, updatedTo, scope, q`.
 * Several values of unit, progress and stage stand between commas; `sort` names columns, a hyphen before those that go down. Whatever a link says, what comes out is a valid filter.
 */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { parseDay } from '../../domain/days.ts'
import type { InitiativeFilter, ProgressChoice } from '../../domain/initiativeFilter.ts'
import { SORT_KEYS, type SortStep } from '../../domain/initiativeOrder.ts'
import { PROGRESS_IDS } from '../../domain/progress.ts'
import { STAGE_IDS } from '../../domain/stage.ts'

/** In the order of the filter's choices. */
export const PROGRESS_CHOICES: readonly ProgressChoice[] = [...PROGRESS_IDS, 'unset']
const MAX_QUERY_LENGTH = 200
const MAX_UNITS = 100
const UNIT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export function parseListQuery(query: LocationQuery): InitiativeFilter {
  const year = textOf(query['year'])
  const part = textOf(query['part'])
  const progress = listOf(query['progress'])
  const stages = listOf(query['stage'])
  const units = listOf(query['unit']).filter((id) => UNIT_ID.test(id))
  return {
    fiscalYear: /^\d{4}$/.test(year) ? Number(year) : null,
    units: [...new Set(units)].slice(0, MAX_UNITS),
    progress: PROGRESS_CHOICES.filter((id) => progress.includes(id)),
    stages: STAGE_IDS.filter((id) => stages.includes(id)),
    theme: shorten(textOf(query['theme'])),
    part: UNIT_ID.test(part) ? part : '',
    updatedFrom: dayOf(query['updatedFrom']),
    updatedTo: dayOf(query['updatedTo']),
    scope: textOf(query['scope']) === 'listed' ? 'listed' : '',
    query: shorten(textOf(query['q'])),
  }
}

export function listQueryOf(filter: InitiativeFilter): LocationQueryRaw {
  const all = {
    year: filter.fiscalYear === null ? '' : String(filter.fiscalYear).padStart(4, '0'),
    unit: filter.units.join(),
    progress: filter.progress.join(),
    stage: filter.stages.join(),
    theme: shorten(filter.theme),
    part: filter.part,
    updatedFrom: filter.updatedFrom,
    updatedTo: filter.updatedTo,
    scope: filter.scope,
    q: shorten(filter.query),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

const MAX_SORT_STEPS = 3

/** The order asked for; [] = No. order. */
export function parseListSort(query: LocationQuery): readonly SortStep[] {
  const asked = listOf(query['sort']).map((text) => ({
    key: SORT_KEYS.find((key) => key === text.replace(/^-/, '')),
    descending: text.startsWith('-'),
  }))
  const steps = asked.flatMap(({ key, descending }) => (key === undefined ? [] : [{ key, descending }]))
  return steps
    .filter(({ key }, index) => steps.findIndex((step) => step.key === key) === index)
    .slice(0, MAX_SORT_STEPS)
}

export function listSortOf(steps: readonly SortStep[]): LocationQueryRaw {
  const sort = steps.map(({ key, descending }) => `${descending ? '-' : ''}${key}`).join()
  return sort === '' ? {} : { sort }
}

type QueryValue = LocationQuery[string] | undefined

function textOf(value: QueryValue): string {
  return typeof value === 'string' ? value : ''
}

/** Also reads a parameter that stands several times. */
function listOf(value: QueryValue): string[] {
  return [value].flat().flatMap((item) => (typeof item === 'string' ? item.split(',') : []))
}

function dayOf(value: QueryValue): string {
  const text = textOf(value)
  return parseDay(text) === undefined ? '' : text
}

/** No longer than an address carries; a letter cut in half cannot be in an address either. */
function shorten(text: string): string {
  return text.slice(0, MAX_QUERY_LENGTH).toWellFormed()
}
