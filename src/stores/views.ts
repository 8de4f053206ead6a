/** 保存した条件 of 局一覧: the person's own, and those headquarters shares. */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import type { Json } from '../domain/json.ts'
import { fieldOf } from '../domain/record.ts'
import type { Result } from '../domain/result.ts'
import type { IndexEntry, OutboxEntry, SaveError } from '../sync/ports.ts'
import { createWish } from './changes.ts'
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

  async function add({ name, query, columns, isShared }: ViewValues, keptReasons: Json = null): Saved {
    const id = session.workplace?.newId()
    if (id === undefined) return undefined
    const stage = isShared ? 'shared' : 'own'
    return records.save(createWish('view', id, { stage, name, query, columns: [...columns], keptReasons }))
  }

  /** A view is never edited, so that two people cannot collide: the same under the new name takes its place. */
  async function rename(view: ViewItem, { name, keptReasons }: { name: string; keptReasons: Json }): Saved {
    const added = await add({ ...view, name }, keptReasons)
    return added?.ok === true ? remove(view) : added
  }

  /** Why personal data was left in its name (keptReasons.ts). */
  async function keptReasonsOf({ id }: ViewItem): Promise<Json> {
    const shown = await records.read(id)
    return shown === undefined ? null : fieldOf(shown.record, 'keptReasons')
  }

  async function remove({ id, isShared }: ViewItem): Saved {
    return records.save({ type: 'view', op: 'remove', id, stage: isShared ? 'shared' : 'own', set: {} })
  }

  return { items, add, rename, remove, keptReasonsOf }
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
