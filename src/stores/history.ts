/** 変更の履歴, asked from the server; what was read stays in memory for when the network is gone. */
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef, watch } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import type { Json } from '../domain/json.ts'
import { type Result, err, ok } from '../domain/result.ts'
import type { HistoryEntry } from '../domain/wire.ts'
import type { TransportError } from '../sync/ports.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

/** Two versions that became 要確認; the record's own history only names their field [S16]. */
export interface KeptVersions {
  readonly field: string
  readonly by: string
  /** When the tablet saved it: the same as in the record's history entry. */
  readonly at: string
  readonly theirs: Json
  readonly mine: Json
}

export interface LoadedHistory {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[]
  readonly versions: readonly KeptVersions[]
  readonly loadedAt: string
}

export const useHistory = defineStore('history', () => {
  const session = useSession()
  const records = useRecords()
  const known = shallowRef<ReadonlyMap<RecordId, LoadedHistory>>(new Map())
  watch(
    () => session.workplace,
    () => (known.value = new Map()),
  )

  /** Asks the server; what it answers is in `known`. */
  async function load(id: RecordId): Promise<Result<void, TransportError>> {
    const { workplace } = session
    if (workplace === undefined) return err({ type: 'signInNeeded' })
    const answer = await workplace.history(id)
    if (!answer.ok) return answer
    const conflicted = answer.value.some((entry) => entry.conflicted.length > 0)
    const versions = conflicted ? await versionsOf(id) : []
    if (session.workplace !== workplace) return err({ type: 'signInNeeded' })
    const loaded = { entries: answer.value.toReversed(), versions, loadedAt: workplace.now() }
    known.value = new Map(known.value).set(id, loaded)
    return ok(undefined)
  }

  async function versionsOf(target: RecordId): Promise<KeptVersions[]> {
    const conflicts = await records.where('conflict', 'target', target)
    const histories = await Promise.all(
      conflicts.map(async ({ record }) => session.workplace?.history(record.id)),
    )
    return histories.flatMap((history) => (history?.ok === true ? versionsIn(history.value) : []))
  }

  return { known: shallowReadonly(known), load }
})

/** What a conflict record held after each of its changes, oldest first. */
function versionsIn(entries: readonly HistoryEntry[]): KeptVersions[] {
  const fields = new Map<string, Json>()
  return entries.map((entry) => {
    for (const [name, { to }] of Object.entries(entry.set)) fields.set(name, to)
    const value = (name: string): Json => fields.get(name) ?? null
    return {
      field: String(value('field')),
      by: String(value('by')),
      at: entry.at,
      theirs: value('theirs'),
      mine: value('mine'),
    }
  })
}
