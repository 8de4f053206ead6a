/** 本部レビュー: what waits for this person of headquarters, and marking it as seen (M4-15). */
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { RecordId } from '../domain/ids.ts'
import { type Result, err, ok } from '../domain/result.ts'
import {
  NEVER_SEEN,
  type ReviewItem,
  type SeenUpTo,
  isSameSeen,
  reviewQueue,
  seenOf,
} from '../domain/reviewQueue.ts'
import { reviewIdOf } from '../domain/types/review.ts'
import type { SaveError } from '../sync/ports.ts'
import { changesBetween } from './changes.ts'
import { type InitiativeItem, useInitiatives } from './initiatives.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'

/** A row of the queue with what lists show of it. */
export interface ReviewRow extends ReviewItem {
  readonly row: InitiativeItem
}

/** What the person has looked at: the row as far as it was shown, and the replies that stood there. */
export interface Looked {
  readonly id: RecordId
  readonly seen: SeenUpTo
  readonly replies: readonly RecordId[]
}

/** Takes a 確認した back; false when that could not be saved. */
export type TakeBack = () => Promise<boolean>

/** How far a row is seen when it is looked at now; `queued`: own changes of it on their way [S4]. */
export function seenNow({ rev, queued }: { rev: number; queued: number }): SeenUpTo {
  return { rev: Math.max(1, rev - queued), ownRev: rev }
}

export const useReview = defineStore('review', () => {
  const session = useSession()
  const records = useRecords()
  const initiatives = useInitiatives()

  const queue = computed<readonly ReviewRow[]>(() => {
    const uid = session.profile?.uid
    if (uid === undefined) return []
    const rows = new Map(initiatives.items.map((row) => [row.id, row]))
    return reviewQueue(records.all, { uid }).flatMap((item) => {
      const row = rows.get(item.id)
      return row === undefined ? [] : [{ ...item, row }]
    })
  })

  const seenUpTo = computed(
    () =>
      new Map(
        records.ofType('review').map((entry) => [String(entry.facets['initiative'] ?? ''), seenOf(entry)]),
      ),
  )

  /** Marks a row as seen, and closes the replies that were read. Answers how to take that back. */
  async function confirm({ id, seen, replies }: Looked): Promise<Result<TakeBack, SaveError>> {
    const before = seenUpTo.value.get(id) ?? NEVER_SEEN
    const problem = await write(id, seen)
    if (problem !== undefined) return err(problem)
    const closed: RecordId[] = []
    for (const reply of replies) {
      if (await move(reply, { from: 'answered', to: 'closed' })) closed.push(reply)
    }
    return ok(async () => {
      const opened = await Promise.all(closed.map((reply) => move(reply, { from: 'closed', to: 'answered' })))
      return (await write(id, before)) === undefined && opened.every(Boolean)
    })
  }

  async function write(id: RecordId, seen: SeenUpTo): Promise<SaveError | undefined> {
    const uid = session.profile?.uid
    if (uid === undefined) return { type: 'notAllowed', field: null }
    const known = seenUpTo.value.get(id)
    if (known !== undefined && isSameSeen(known, seen)) return undefined
    const saved = await records.save(
      known === undefined
        ? {
            ...{ type: 'review', op: 'create', id: reviewIdOf(uid, id), stage: null },
            set: changesBetween({}, { stage: 'seen', initiative: id, ...seen }),
          }
        : {
            ...{ type: 'review', op: 'edit', id: reviewIdOf(uid, id), stage: 'seen' },
            set: changesBetween({ ...known }, { ...seen }),
          },
    )
    return saved.ok ? undefined : saved.error
  }

  /** False when the feedback has moved on meanwhile, or it could not be saved. */
  async function move(
    id: RecordId,
    { from, to }: { from: string; to: 'answered' | 'closed' },
  ): Promise<boolean> {
    const shown = await records.read(id)
    if (shown?.record.stage !== from) return false
    return (await initiatives.moveFeedback(shown.record, to)).ok
  }

  return { queue, confirm }
})
