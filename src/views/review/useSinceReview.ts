/** What changed in the open row since the person looked at it, from the server's history; the row as it was before. */
import {
  type MaybeRefOrGetter,
  computed,
  onBeforeUnmount,
  shallowReadonly,
  shallowRef,
  toValue,
  watch,
} from 'vue'
import { changesSince, valuesBefore } from '../../domain/changedSince.ts'
import { jsonEqual } from '../../domain/json.ts'
import { isPurged } from '../../domain/purgeMark.ts'
import { type StoredRecord, fieldOf } from '../../domain/record.ts'
import type { SeenUpTo } from '../../domain/reviewQueue.ts'
import { useHistory } from '../../stores/history.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { dateTimeText } from '../../text/dates.ts'
import { detailText } from '../../text/detail.ts'
import { fieldLabel } from '../../text/saveError.ts'

/** Whoever goes through the queue fast asks nothing for what they pass. */
const PAUSE_MS = 120
const HIDDEN_FIELDS = ['importKey', 'keptReasons']

/** A row as it was shown: `queued` own changes are on their way. */
export interface ShownRow {
  readonly record: StoredRecord
  readonly queued: number
  readonly seen: SeenUpTo
}

export function useSinceReview(target: MaybeRefOrGetter<ShownRow>) {
  const history = useHistory()
  const session = useSession()
  const units = useUnits()
  const problem = shallowRef<'offline' | 'failed'>()
  /** The revision the server's history was asked for last. */
  const askedFor = shallowRef('')
  let pause: ReturnType<typeof setTimeout> | undefined

  const revision = computed(() => {
    const { record, queued } = toValue(target)
    return `${record.id} ${record.rev - queued}`
  })
  const asks = computed(() => toValue(target).seen.rev > 0)
  const entries = computed(() => {
    const { record, queued } = toValue(target)
    const known = history.known.get(record.id)?.entries
    if (known === undefined) return undefined
    return askedFor.value === revision.value || (known[0]?.rev ?? 0) >= record.rev - queued
      ? known
      : undefined
  })
  const changes = computed(() => {
    const uid = session.profile?.uid
    if (!asks.value || entries.value === undefined || uid === undefined) return []
    return changesSince(entries.value, { rev: toValue(target).seen.rev, uid })
  })

  /** The row before those changes; the same as now where there is nothing to show. */
  const before = computed<StoredRecord>(() => {
    const { record } = toValue(target)
    const { stage, ...values } = valuesBefore(changes.value)
    const was = typeof stage === 'string' ? stage : record.stage
    const known = Object.entries(values).map(([field, value]) => [
      field,
      isPurged(value) ? detailText.purged : value,
    ])
    return { ...record, stage: was, fields: { ...record.fields, ...Object.fromEntries(known) } }
  })

  /** Who changed what, oldest first. */
  const lines = computed(() =>
    changes.value.map(({ rev, by, acceptedAt, set }) => ({
      key: rev,
      when: dateTimeText(acceptedAt),
      who: units.memberName(by) || detailText.someone,
      fields: Object.keys(set)
        .filter((field) => !HIDDEN_FIELDS.includes(field))
        .map((field) => fieldLabel('initiative', field)),
    })),
  )

  const changed = (field: string): boolean => {
    const { record } = toValue(target)
    return field === 'stage'
      ? before.value.stage !== record.stage
      : !jsonEqual(fieldOf(before.value, field), fieldOf(record, field))
  }

  async function load(): Promise<void> {
    const asked = revision.value
    problem.value = undefined
    const answer = await history.load(toValue(target).record.id)
    if (revision.value !== asked) return
    if (answer.ok) askedFor.value = asked
    else problem.value = ['offline', 'timeout'].includes(answer.error.type) ? 'offline' : 'failed'
  }

  watch(
    revision,
    () => {
      clearTimeout(pause)
      problem.value = undefined
      if (asks.value && entries.value === undefined) pause = setTimeout(() => void load(), PAUSE_MS)
    },
    { immediate: true },
  )
  onBeforeUnmount(() => clearTimeout(pause))

  const loading = computed(() => asks.value && entries.value === undefined && problem.value === undefined)
  return { before, lines, changed, loading, problem: shallowReadonly(problem), load }
}
