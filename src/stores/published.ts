/** 公表した集計 for the views, and how headquarters publishes and takes back. */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import type { Json } from '../domain/json.ts'
import type { Ledger } from '../domain/ledgerTables.ts'
import type { StoredRecord } from '../domain/record.ts'
import type { Result } from '../domain/result.ts'
import { figuresType } from '../domain/types/figures.ts'
import type { OutboxEntry, SaveError } from '../sync/ports.ts'
import { changesBetween } from './changes.ts'
import { useInitiatives } from './initiatives.ts'
import { useRecords } from './records.ts'

export interface PublishedItem {
  readonly id: RecordId
  readonly title: string
  /** ISO time. */
  readonly asOf: string
  /** null = every year. */
  readonly fiscalYear: number | null
  readonly total: number
  readonly withdrawn: boolean
  /** Who published it, or took it back. */
  readonly updatedBy: string
  readonly updatedAt: string
}

type Saved = Promise<Result<OutboxEntry, SaveError>>

export const usePublished = defineStore('published', () => {
  const records = useRecords()
  const initiatives = useInitiatives()

  /** Newest moment first. */
  const items = computed<readonly PublishedItem[]>(() =>
    records
      .ofType(figuresType.name)
      .map(({ id, stage, facets, updatedBy, updatedAt }) => ({
        id,
        title: String(facets['title'] ?? ''),
        asOf: String(facets['asOf'] ?? ''),
        fiscalYear: Number(facets['fiscalYear'] ?? 0) || null,
        total: Number(facets['total'] ?? 0),
        withdrawn: stage === 'withdrawn',
        updatedBy,
        updatedAt,
      }))
      .sort((a, b) => (a.asOf < b.asOf ? 1 : -1)),
  )

  async function publish(values: {
    title: string
    asOf: string
    fiscalYear: number | null
    ledger: Ledger
    keptReasons: Json
  }): Saved {
    const set = changesBetween({}, { stage: 'published', ...values })
    return records.save({
      ...{ type: figuresType.name, op: 'create', stage: null },
      id: initiatives.newId(),
      set,
    })
  }

  async function withdraw(
    record: StoredRecord,
    { reason, keptReasons }: { reason: string; keptReasons: Json },
  ): Saved {
    const from = { ...record.fields, stage: record.stage }
    const set = changesBetween(from, { stage: 'withdrawn', withdrawReason: reason, keptReasons })
    return records.save({ type: record.type, op: 'edit', id: record.id, stage: record.stage, set })
  }

  return { items, publish, withdraw }
})
