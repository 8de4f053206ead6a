/** Changes of 部所, saved like every edit. Each answers what went wrong in words; undefined when it is saved. */
import { type UnitDraft, unitValuesOf } from '../../components/units/unitDraft.ts'
import { asRecordId } from '../../domain/ids.ts'
import type { Change } from '../../domain/mutation.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { ENDED, unitType } from '../../domain/types/unit.ts'
import { type Placed, moved } from '../../domain/units.ts'
import { changesBetween } from '../../stores/changes.ts'
import { useRecords } from '../../stores/records.ts'
import { useUnits } from '../../stores/units.ts'
import { reasonText } from '../../text/saveError.ts'
import { unitsText } from '../../text/units.ts'

type Problem = Promise<string | undefined>

export function useUnitEdits() {
  const records = useRecords()
  const units = useUnits()

  async function save(
    id: string,
    { stage, set }: { stage: string | null; set: Readonly<Record<string, Change>> },
  ): Problem {
    const op = stage === null ? 'create' : 'edit'
    const saved = await records.save({ type: unitType.name, op, id: asRecordId(id), stage, set })
    return saved.ok ? undefined : reasonText(saved.error, unitType.name)
  }

  return {
    /** At the end of the bureau's order. */
    create(code: string, draft: UnitDraft): Problem {
      const order = Math.max(0, ...units.units.map((unit) => unit.order)) + 1
      const set = changesBetween({}, { ...unitValuesOf(draft), order, stage: 'active' })
      return save(code, { stage: null, set })
    },
    /** `started` is the record as it was when editing began. */
    edit(started: StoredRecord, draft: UnitDraft): Problem {
      const set = changesBetween(started.fields, unitValuesOf(draft))
      if (Object.keys(set).length === 0) return Promise.resolve(undefined)
      return save(started.id, { stage: started.stage, set })
    },
    setEnded(unit: StoredRecord, ended: boolean): Problem {
      const to = ended ? ENDED : 'active'
      return save(unit.id, { stage: unit.stage, set: { stage: { from: unit.stage, to } } })
    },
    /** Moves a unit among those shown around it. */
    async move(group: readonly Placed[], id: string, step: -1 | 1): Problem {
      for (const { id: unit, order } of moved(group, id, step)) {
        const known = units.units.find((each) => each.id === unit)
        const stage = known?.ended === true ? ENDED : 'active'
        const refused = await save(unit, { stage, set: { order: { from: known?.order ?? null, to: order } } })
        if (refused !== undefined) return refused
      }
      return undefined
    },
  }
}

/** What is missing, by field; {} when nothing is. */
export function unitErrors({ name, shortName, kind }: UnitDraft): Record<string, string> {
  return {
    ...(name.trim() === '' ? { name: unitsText.nameMissing } : {}),
    ...(shortName.trim() === '' ? { shortName: unitsText.shortNameMissing } : {}),
    ...(kind === null ? { kind: unitsText.kindMissing } : {}),
  }
}
