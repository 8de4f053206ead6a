/** What is asked for, condition by condition, in words; each can be taken back by itself. */
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import type { InitiativeFilter } from '../../domain/initiativeFilter.ts'
import { progressLabel } from '../../domain/progress.ts'
import { stageLabel } from '../../domain/stage.ts'
import { useUnits } from '../../stores/units.ts'
import { localDateText } from '../../text/dates.ts'
import { filterText } from '../../text/listFilter.ts'

interface Chip {
  readonly key: string
  readonly label: string
  /** The filter without it. */
  readonly without: Partial<InitiativeFilter>
}

export function useFilterChips(filter: MaybeRefOrGetter<InitiativeFilter>) {
  const units = useUnits()
  const nameOf = (unit: string): string => units.nameOf(unit) || unit

  return computed<readonly Chip[]>(() => {
    const asked = toValue(filter)
    const chips: Chip[] = []
    const add = (name: keyof InitiativeFilter, words: string, without: Partial<InitiativeFilter>): void => {
      const label = filterText.condition(filterText.names[name], words)
      chips.push({ key: `${name} ${words}`, label, without })
    }
    if (asked.fiscalYear !== null) add('fiscalYear', fiscalYearLabel(asked.fiscalYear), { fiscalYear: null })
    for (const id of asked.units)
      add('units', nameOf(id), { units: asked.units.filter((other) => other !== id) })
    for (const id of asked.progress)
      add('progress', progressLabel(id === 'unset' ? null : id), {
        progress: asked.progress.filter((other) => other !== id),
      })
    for (const id of asked.stages)
      add('stages', stageLabel(id), { stages: asked.stages.filter((other) => other !== id) })
    if (asked.theme !== '')
      add('theme', asked.theme === 'none' ? filterText.noTheme : asked.theme, { theme: '' })
    if (asked.part !== '') add('part', nameOf(asked.part), { part: '' })
    if (asked.updatedFrom !== '') add('updatedFrom', localDateText(asked.updatedFrom), { updatedFrom: '' })
    if (asked.updatedTo !== '') add('updatedTo', localDateText(asked.updatedTo), { updatedTo: '' })
    if (asked.scope !== '') add('scope', filterText.listed, { scope: '' })
    if (asked.query.trim() !== '') add('query', asked.query.trim(), { query: '' })
    return chips
  })
}
