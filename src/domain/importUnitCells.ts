/** 部所 of an imported row: by id, by name, by a person's choice, or the one given for all. */
import type { ImportRow } from './importing.ts'
import { type Reading, cellOf, cleaned, sameValue } from './importCells.ts'
import type { Json } from './json.ts'
import { type StoredRecord, listOf, textOf } from './record.ts'
import type { ColumnMapping } from './sheetColumns.ts'
import type { Unit } from './types/unit.ts'
import { createUnitFinder } from './unitNames.ts'

export interface UnitReaderOptions {
  readonly columns: ColumnMapping
  readonly units: readonly Unit[]
  /** Units chosen by a person for names that mean none, by the name as written, trimmed. */
  readonly chosenUnits?: ReadonlyMap<string, string>
  /** Unit of rows that name none. */
  readonly defaultUnit?: string | undefined
}

type UnitReader = (cells: ImportRow['cells'], existing: StoredRecord | undefined) => Reading[]

export function createUnitReader({
  columns,
  units,
  chosenUnits,
  defaultUnit,
}: UnitReaderOptions): UnitReader {
  const find = createUnitFinder(units)
  const ids = new Set(units.map(({ id }) => id))
  const reading = (field: string, heading: string, cell: string, value: Json): Reading => ({
    field,
    heading,
    cell,
    value,
  })

  return (cells, existing) => {
    const label = cellOf(cells, columns['unit_label'])
    const labelHeading = columns['unit_label'] ?? ''
    const labelReading = label === '' ? [] : [reading('unitLabel', labelHeading, label, label)]
    const id = cellOf(cells, columns['unit_id'])
    if (id !== '') {
      const heading = columns['unit_id'] ?? ''
      const joint = cellOf(cells, columns['joint_unit_ids'])
        .split(/[\s,、]+/)
        .filter((one) => one !== '')
      if (existing === undefined && ![id, ...joint].every((one) => ids.has(one)))
        return [{ field: 'leadUnit', heading, cell: id, value: undefined, error: 'unknownUnit' }]
      const jointReading =
        joint.length === 0 ? [] : [reading('jointUnits', columns['joint_unit_ids'] ?? '', '', joint)]
      // A row without a name of its own is written with its unit's.
      const nameless = existing !== undefined && textOf(existing, 'unitLabel') === ''
      return [reading('leadUnit', heading, id, id), ...jointReading, ...(nameless ? [] : labelReading)]
    }
    if (label === '') {
      return defaultUnit === undefined || existing !== undefined
        ? []
        : [reading('leadUnit', '', '', defaultUnit)]
    }
    if (existing !== undefined && cleaned(textOf(existing, 'unitLabel')) === label) return []
    const chosen = chosenUnits?.get(label)
    const found = chosen === undefined ? find(label) : ({ type: 'found', ids: [chosen] } as const)
    if (found.type !== 'found')
      return [{ field: 'leadUnit', heading: labelHeading, cell: label, value: undefined, error: found.type }]
    const [leadUnit = '', ...jointUnits] = found.ids
    const nameless =
      existing !== undefined &&
      textOf(existing, 'unitLabel') === '' &&
      textOf(existing, 'leadUnit') === leadUnit &&
      sameValue(listOf(existing, 'jointUnits'), jointUnits)
    if (nameless) return []
    return [
      reading('leadUnit', labelHeading, label, leadUnit),
      ...(jointUnits.length > 0 ? [reading('jointUnits', labelHeading, label, jointUnits)] : []),
      ...labelReading,
    ]
  }
}
