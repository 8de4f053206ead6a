/** 保存した条件 of 局一覧: the person's own, and those headquarters shares. */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { IndexEntry, OutboxEntry, SaveError } from '../sync/ports.ts'
import { changesBetween } from './changes.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

/** What a view holds. */
export interface ViewValues {
  readonly name: string
  readonly query: string
  readonly columns: readonly string[]
  readonly isShared: boolean
}

export interface ViewItem extends ViewValues {
  readonly id: RecordId
}

type Saved = Promise<Result<OutboxEntry, SaveError> | undefined>

export const useViews = defineStore('views', () => {
  const records = useRecords()
  const session = useSession()

  /** Own ones first, by name. */
  const items = computed<readonly ViewItem[]>(() =>
    records
      .ofType('view')
      .map(itemOf)
      .sort(
        (a, b) =>
          Number(a.isShared) - Number(b.isShared) || a.name.localeCompare(b.name, 'ja', { numeric: true }),
      ),
  )

  async function add({ name, query, columns, isShared }: ViewValues): Saved {
    const id = session.workplace?.newId()
    if (id === undefined) return undefined
    const set = changesBetween({}, { stage: isShared ? 'shared' : 'own', name, query, columns: [...columns] })
    return records.save({ type: 'view', op: 'create', id, stage: null, set })
  }

  async function remove({ id, isShared }: ViewItem): Saved {
    return records.save({ type: 'view', op: 'remove', id, stage: isShared ? 'shared' : 'own', set: {} })
  }

  return { items, add, remove }
})

function itemOf({ id, stage, facets }: IndexEntry): ViewItem {
  const columns = facets['columns']
  return {
    id,
    name: String(facets['name'] ?? ''),
    query: String(facets['query'] ?? ''),
    columns: Array.isArray(columns) ? columns : [],
    isShared: stage === 'shared',
  }
}
