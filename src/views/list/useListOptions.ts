/** Choices of the list's filters. */
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { fiscalYearLabel } from '../../domain/fiscal.ts'
import type { InitiativeFilter } from '../../domain/initiativeFilter.ts'
import { PROGRESS_IDS, progressLabel } from '../../domain/progress.ts'
import { STAGE_IDS, stageLabel } from '../../domain/stage.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { useUnits } from '../../stores/units.ts'
import { listText } from '../../text/list.ts'

interface Option {
  readonly value: string
  readonly label: string
}

const ALL: Option = { value: '', label: listText.all }
const PROGRESSES: readonly Option[] = [
  ALL,
  ...PROGRESS_IDS.map((id) => ({ value: id, label: progressLabel(id) })),
  { value: 'unset', label: progressLabel(null) },
]
const STAGES: readonly Option[] = [ALL, ...STAGE_IDS.map((id) => ({ value: id, label: stageLabel(id) }))]

export function useListOptions(filter: MaybeRefOrGetter<InitiativeFilter>) {
  const initiatives = useInitiatives()
  const units = useUnits()

  const years = computed<readonly Option[]>(() => {
    // A link may name a year of which nothing is here yet; the select still says what is asked for.
    const asked = toValue(filter).fiscalYear
    const known = new Set([...initiatives.fiscalYears, ...(asked === null ? [] : [asked])])
    return [
      { value: '', label: listText.allYears },
      ...[...known]
        .sort((a, b) => b - a)
        .map((year) => ({ value: String(year), label: fiscalYearLabel(year) })),
    ]
  })

  const unitOptions = computed<readonly Option[]>(() => {
    const known = units.units.map(({ id, shortName }) => ({ value: id, label: shortName }))
    const missing = toValue(filter).units.filter((id) => !units.isKnown(id))
    return [
      { value: '', label: listText.allUnits },
      ...known,
      ...missing.map((id) => ({ value: id, label: id })),
    ]
  })

  return { years, units: unitOptions, progresses: PROGRESSES, stages: STAGES }
}
