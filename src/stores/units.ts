/** 部所 and 職員 names, from master data. */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { ENDED } from '../domain/types/unit.ts'
import { partOf as partOfUnit } from '../domain/unitPart.ts'
import { useRecords } from './records.ts'

export interface UnitItem {
  readonly id: string
  readonly name: string
  readonly shortName: string
  readonly kind: string
  /** Id of the 部 it belongs to; '' for a 部 itself. */
  readonly parent: string
  /** It takes nothing new. */
  readonly ended: boolean
  readonly order: number
}

export const useUnits = defineStore('units', () => {
  const records = useRecords()

  const units = computed<readonly UnitItem[]>(() =>
    records
      .ofType('unit')
      .map(({ id, stage, facets }) => ({
        id,
        name: String(facets['name'] ?? id),
        shortName: String(facets['shortName'] ?? id),
        kind: String(facets['kind'] ?? ''),
        parent: String(facets['parent'] ?? ''),
        ended: stage === ENDED,
        order: Number(facets['order'] ?? 0),
      }))
      .sort((a, b) => a.order - b.order),
  )
  /** Those that take new rows and members. */
  const standing = computed(() => units.value.filter(({ ended }) => !ended))
  const byId = computed(() => new Map(units.value.map((unit) => [unit.id, unit])))
  const memberNames = computed(
    () =>
      new Map(records.ofType('member').map(({ id, facets }) => [String(id), String(facets['name'] ?? '')])),
  )

  /** Short name of a unit; '' while master data is not here yet. */
  const nameOf = (unitId: string): string => byId.value.get(unitId)?.shortName ?? ''
  /** Name of a person, '' when unknown. */
  const memberName = (uid: string): string => memberNames.value.get(uid) ?? ''

  const isKnown = (unitId: string): boolean => byId.value.has(unitId)

  /** Place of a unit in the bureau's order; unknown ones come last. */
  const orderOf = (unitId: string): number => byId.value.get(unitId)?.order ?? Number.MAX_SAFE_INTEGER

  /** Id of the 部 a unit is counted under; '' while master data is not here yet. */
  const partOf = (unitId: string): string => {
    const unit = byId.value.get(unitId)
    return unit === undefined ? '' : partOfUnit(unit)
  }

  return { units, standing, nameOf, partOf, isKnown, orderOf, memberName }
})
