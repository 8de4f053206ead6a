/** 変更点 in words: the rows that changed since a day, group by group. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { DiffLine } from '../../components/changes/diffView.ts'
import { dayBefore, endOfDay } from '../../domain/days.ts'
import { type DiffGroup, type FieldDiff, type RowDiff, DIFF_GROUPS, diffList } from '../../domain/listDiff.ts'
import { parseProgress } from '../../domain/progress.ts'
import { initiativeType } from '../../domain/types/initiative.ts'
import { type ListRow, usePast } from '../../stores/past.ts'
import { useUnits } from '../../stores/units.ts'
import { fieldValueText } from '../../text/fieldValue.ts'
import { pastProblem } from '../../text/past.ts'
import { fieldLabel } from '../../text/saveError.ts'

interface Conditions {
  /** First day that counts, `YYYY-MM-DD`; '' = none chosen. */
  readonly since: string
  readonly fiscalYear: number | null
}

export function useListDiff(conditions: MaybeRefOrGetter<Conditions>) {
  const past = usePast()
  const units = useUnits()
  const loading = shallowRef(false)
  const problem = shallowRef('')

  /** The instant before the first day begins. */
  const moment = computed(() => {
    const { since } = toValue(conditions)
    return since === '' ? '' : endOfDay(dayBefore(since))
  })
  const loaded = computed(() => past.changes.get(moment.value))

  async function load(): Promise<void> {
    const asked = moment.value
    if (asked === '' || loading.value) return
    loading.value = true
    const answer = await past.loadChanges(asked)
    loading.value = false
    problem.value = answer.ok ? '' : pastProblem(answer.error.type)
    // Another day was chosen meanwhile.
    if (moment.value !== asked) void load()
  }
  // What was read is shown at once; what has come since then is asked for.
  watch(
    moment,
    () => {
      problem.value = ''
      void load()
    },
    { immediate: true },
  )

  const diff = computed(() => {
    const { fiscalYear } = toValue(conditions)
    if (loaded.value === undefined) return undefined
    const rows = loaded.value.rows.filter((row) => fiscalYear === null || row.fiscalYear === fiscalYear)
    return diffList(rows.toSorted(byNumber), loaded.value.changes)
  })
  const groups = computed(() =>
    DIFF_GROUPS.map((group) => ({
      group,
      lines: (diff.value?.rows ?? []).filter((row) => row.group === group).map((row) => lineOf(row)),
    })).filter(({ lines }) => lines.length > 0),
  )
  const countOf = (group: DiffGroup): number =>
    groups.value.find((each) => each.group === group)?.lines.length ?? 0

  function lineOf({ row, group, fields }: RowDiff<ListRow>): DiffLine {
    const progress = fields.find(({ field }) => field === 'progress')
    // The group and the chips say these already.
    const said = group === 'withdrawn' ? ['stage', 'progress'] : ['progress']
    return {
      ...row,
      moved: progress === undefined ? undefined : { from: parseProgress(progress.from) },
      changes: fields.filter(({ field }) => !said.includes(field)).map(changeOf),
    }
  }

  function changeOf({ field, from, to }: FieldDiff) {
    return {
      field,
      label: fieldLabel(initiativeType.name, field),
      from: fieldValueText(field, from, units.nameOf),
      to: fieldValueText(field, to, units.nameOf),
      isText: initiativeType.fields[field]?.freeText === true,
      parents: [],
      restorable: undefined,
    }
  }

  return {
    loaded,
    loading: shallowReadonly(loading),
    problem: shallowReadonly(problem),
    load,
    diff,
    groups,
    countOf,
  }
}

/** By No., rows without one last, then by unit. */
function byNumber(a: ListRow, b: ListRow): number {
  const [no, other] = [a.no ?? Infinity, b.no ?? Infinity]
  return no === other ? a.unitLabel.localeCompare(b.unitLabel, 'ja') : no - other
}
