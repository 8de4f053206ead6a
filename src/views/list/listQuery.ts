/**
 * The list's filter as the URL query carries it: `year, unit, progress, stage, theme, part, updatedFrom, updatedTo, scope, q`.
 * Several values of unit, progress and stage stand between commas. Whatever a link says, what comes out is a valid filter.
 */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { parseDay } from '../../domain/fiscal.ts'
import type { InitiativeFilter, ProgressChoice } from '../../domain/initiativeFilter.ts'
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
