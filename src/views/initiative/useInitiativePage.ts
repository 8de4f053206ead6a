/** Everything the 取組 page shows, read again whenever one of its records changes. */
import { type MaybeRefOrGetter, type Ref, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import { type RecordId, asRecordId } from '../../domain/ids.ts'
import type { StoredRecord } from '../../domain/record.ts'
import type { Shown } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'

export interface InitiativePage {
  readonly state: Readonly<Ref<'loading' | 'found' | 'missing'>>
  readonly shown: Readonly<Ref<Shown | undefined>>
  readonly notes: Readonly<Ref<readonly Shown[]>>
  readonly feedback: Readonly<Ref<readonly Shown[]>>
  /** Open conflicts of the row. */
  readonly conflicts: Readonly<Ref<readonly StoredRecord[]>>
}

const byCreation = (a: Shown, b: Shown): number => (a.record.createdAt < b.record.createdAt ? -1 : 1)

export function useInitiativePage(id: MaybeRefOrGetter<string>): InitiativePage {
  const records = useRecords()
  const state = shallowRef<'loading' | 'found' | 'missing'>('loading')
  const shown = shallowRef<Shown>()
  const notes = shallowRef<readonly Shown[]>([])
  const feedback = shallowRef<readonly Shown[]>([])
  const conflicts = shallowRef<readonly StoredRecord[]>([])

  async function load(recordId: RecordId): Promise<void> {
    const [found, itsNotes, itsFeedback, itsConflicts] = await Promise.all([
      records.read(recordId),
      records.where('note', 'initiative', recordId),
      records.where('feedback', 'initiative', recordId),
      records.where('conflict', 'target', recordId),
    ])
    if (toValue(id) !== recordId) return
    shown.value = found
    notes.value = [...itsNotes].sort(byCreation)
    feedback.value = [...itsFeedback].sort(byCreation)
    conflicts.value = itsConflicts.map(({ record }) => record).filter(({ stage }) => stage === 'open')
    state.value =
      found === undefined || found.record.removed || found.record.type !== 'initiative' ? 'missing' : 'found'
  }

  /** Ids whose change makes the page read again; a child that is new names the row in its index entry. */
  const related = computed(() => {
    const own = toValue(id)
    const ids = new Set<string>([own])
    for (const type of ['note', 'feedback', 'conflict']) {
      for (const entry of records.ofType(type)) {
        if (entry.facets['initiative'] === own || entry.facets['target'] === own) ids.add(entry.id)
      }
    }
    return ids
  })

  watch(
    () => [toValue(id), records.loaded] as const,
    ([current, loaded]) => {
      state.value = 'loading'
      if (loaded) void load(asRecordId(current))
    },
    { immediate: true },
  )
  watch(
    () => records.lastChange,
    (changed) => {
      if ([...changed].some((changedId) => related.value.has(changedId))) void load(asRecordId(toValue(id)))
    },
  )

  return {
    state: shallowReadonly(state),
    shown: shallowReadonly(shown),
    notes: shallowReadonly(notes),
    feedback: shallowReadonly(feedback),
    conflicts: shallowReadonly(conflicts),
  }
}
