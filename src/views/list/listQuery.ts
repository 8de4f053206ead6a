/** The list's filter as the URL query carries it. Whatever a link says, what comes out is a valid filter. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { PROGRESS_IDS } from '../../domain/progress.ts'
import { STAGE_IDS } from '../../domain/stage.ts'
import type { InitiativeFilter } from '../../stores/initiatives.ts'

const PROGRESS_CHOICES = ['unset', ...PROGRESS_IDS] as const
const MAX_QUERY_LENGTH = 200

export const NO_FILTER: InitiativeFilter = { fiscalYear: null, unit: '', progress: '', stage: '', query: '' }

export function parseListQuery(query: LocationQuery): InitiativeFilter {
  const year = textOf(query['year'])
  const unit = textOf(query['unit'])
  return {
    fiscalYear: /^\d{4}$/.test(year) ? Number(year) : null,
    unit: /^[A-Za-z0-9._-]{1,64}$/.test(unit) ? unit : '',
    progress: PROGRESS_CHOICES.find((id) => id === textOf(query['progress'])) ?? '',
    stage: STAGE_IDS.find((id) => id === textOf(query['stage'])) ?? '',
    query: textOf(query['q']).slice(0, MAX_QUERY_LENGTH),
  }
}

export function listQueryOf(filter: InitiativeFilter): LocationQueryRaw {
  const all = {
    year: filter.fiscalYear === null ? '' : String(filter.fiscalYear),
    unit: filter.unit,
    progress: filter.progress,
    stage: filter.stage,
    q: filter.query.slice(0, MAX_QUERY_LENGTH),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

function textOf(value: LocationQuery[string] | undefined): string {
  return typeof value === 'string' ? value : ''
}
