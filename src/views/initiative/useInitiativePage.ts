/** Everything the 取組 page shows, read again whenever one of its records changes. */
import { type MaybeRefOrGetter, type Ref, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import { type RecordId, asRecordId } from '../../domain/ids.ts'
import type { Shown } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'
import type { OpenConflict } from './useConflicts.ts'

export interface InitiativePage {
  readonly state: Readonly<Ref<'loading' | 'found' | 'missing'>>
  readonly shown: Readonly<Ref<Shown | undefined>>
  readonly notes: Readonly<Ref<readonly Shown[]>>
  readonly feedback: Readonly<Ref<readonly Shown[]>>
  /** Open conflicts of the row and of what hangs on it. */
  readonly conflicts: Readonly<Ref<readonly OpenConflict[]>>
}

const byCreation = (a: Shown, b: Shown): number => (a.record.createdAt < b.record.createdAt ? -1 : 1)

/** `id`: '' while there is none. */
export function useInitiativePage(id: MaybeRefOrGetter<string>): InitiativePage {
  const records = useRecords()
  const state = shallowRef<'loading' | 'found' | 'missing'>('loading')
  const shown = shallowRef<Shown>()
  const notes = shallowRef<readonly Shown[]>([])
  const feedback = shallowRef<readonly Shown[]>([])
  const conflicts = shallowRef<readonly OpenConflict[]>([])

  async function load(recordId: RecordId): Promise<void> {
    const [found, itsNotes, itsFeedback, itsChecks] = await Promise.all([
      records.read(recordId),
      records.where('note', 'initiative', recordId),
      records.where('feedback', 'initiative', recordId),
      records.where('check', 'initiative', recordId),
    ])
    const all = found === undefined ? [] : [found, ...itsNotes, ...itsFeedback, ...itsChecks]
    const open = (await Promise.all(all.map(openConflictsOf))).flat()
    if (toValue(id) !== recordId) return
    shown.value = found
    notes.value = [...itsNotes].sort(byCreation)
    feedback.value = [...itsFeedback].sort(byCreation)
    conflicts.value = open
    state.value =
      found === undefined || found.record.removed || found.record.type !== 'initiative' ? 'missing' : 'found'
  }

  async function openConflictsOf({ record, parent }: Shown): Promise<OpenConflict[]> {
    // Most records have none: the index knows.
    if (!records.conflicted.has(record.id)) return []
    const found = await records.where('conflict', 'target', record.id)
    return found
      .filter((conflict) => conflict.record.stage === 'open')
      .map((conflict) => ({ conflict: conflict.record, target: record, parent }))
  }

  /** Ids whose change makes the page read again; a child that is new names the row in its index entry. */
  const related = computed(() => {
    const own = toValue(id)
    if (own === '') return new Set<string>()
    const ids = new Set<string>([own])
    for (const type of ['note', 'feedback', 'check', 'conflict']) {
      for (const { id: other, facets } of records.ofType(type)) {
        if (facets['initiative'] === own || ids.has(String(facets['target'] ?? ''))) ids.add(other)
      }
    }
    return ids
  })

  watch(
    () => [toValue(id), records.loaded] as const,
    ([current, loaded]) => {
      state.value = 'loading'
      if (loaded && current !== '') void load(asRecordId(current))
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
