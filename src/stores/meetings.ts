/** 報告会 and other meetings: their agenda, and what is written in them (M4-14). */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { type AgendaItem, readAgenda } from '../domain/agenda.ts'
import type { RecordId } from '../domain/ids.ts'
import type { Json } from '../domain/json.ts'
import { type StoredRecord, fieldOf } from '../domain/record.ts'
import type { Result } from '../domain/result.ts'
import type { IndexEntry, OutboxEntry, SaveError } from '../sync/ports.ts'
import { type FieldValues, createWish, editWish } from './changes.ts'
import { useRecords } from './records.ts'

type Saved = Promise<Result<OutboxEntry, SaveError>>

/** What is written in a meeting: to one row of the agenda, or with null to the meeting as a whole. */
interface Written {
  readonly id: RecordId
  readonly initiative: RecordId | null
  readonly text: string
  readonly keptReasons: Json
}

export const useMeetings = defineStore('meetings', () => {
  const records = useRecords()

  /** Those to come first, the nearest first; then those that were held, the latest first. */
  const meetings = computed<readonly IndexEntry[]>(() =>
    records.ofType('meeting').toSorted((a, b) => {
      if (a.stage !== b.stage) return a.stage === 'planned' ? -1 : 1
      const sign = a.stage === 'planned' ? 1 : -1
      return String(a.facets['date']) < String(b.facets['date']) ? -sign : sign
    }),
  )

  const plan = (id: RecordId, values: FieldValues): Saved =>
    records.save(createWish('meeting', id, { ...values, stage: 'planned' }))
  const edit = (started: StoredRecord, values: FieldValues): Saved => records.save(editWish(started, values))
  const remove = ({ type, id, stage }: StoredRecord): Saved =>
    records.save({ type, op: 'remove', id, stage, set: {} })

  async function setAgenda(started: StoredRecord, agenda: readonly AgendaItem[]): Saved {
    return edit(started, { agenda: agenda.map((item) => ({ ...item })) })
  }

  const addMinute = (meeting: RecordId, { id, ...written }: Written): Saved =>
    records.save(createWish('minute', id, { ...written, meeting, stage: 'posted' }))

  const addAction = (
    meeting: RecordId,
    { id, ...written }: Written & { readonly owner: string; readonly dueDate: string | null },
  ): Saved => records.save(createWish('action', id, { ...written, meeting, stage: 'open' }))

  return { meetings, plan, edit, remove, setAgenda, addMinute, addAction }
})

export const agendaOf = (meeting: StoredRecord): AgendaItem[] => readAgenda(fieldOf(meeting, 'agenda'))
