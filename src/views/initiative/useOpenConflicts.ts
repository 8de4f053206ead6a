/** Open 要確認 of records that no row's page shows: cycles of 点検, meetings and what is written in them. */
import { type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { StoredRecord } from '../../domain/record.ts'
import { useRecords } from '../../stores/records.ts'
import type { OpenConflict } from './useConflicts.ts'

export function useOpenConflicts(targets: MaybeRefOrGetter<readonly StoredRecord[]>) {
  const records = useRecords()
  const open = shallowRef<readonly OpenConflict[]>([])
  watch(
    () => [toValue(targets), records.conflicted] as const,
    async ([wanted, conflicted]) => {
      const found = await Promise.all(
        wanted
          .filter(({ id }) => conflicted.has(id))
          .map(async (target) => {
            const conflicts = await records.where('conflict', 'target', target.id)
            return conflicts
              .filter(({ record }) => record.stage === 'open')
              .map(({ record }) => ({ conflict: record, target, parent: undefined }))
          }),
      )
      if (conflicted === records.conflicted) open.value = found.flat()
    },
    { immediate: true },
  )
  return shallowReadonly(open)
}
