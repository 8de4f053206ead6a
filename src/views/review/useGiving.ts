/** Feedback to one or many rows: each is a record of its own, all of them saved or none. */
import { shallowReadonly, shallowRef } from 'vue'
import { textOf } from '../../domain/record.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { reasonText } from '../../text/saveError.ts'
import type { WrittenFeedback } from '../initiative/useFeedbackForm.ts'

/** So many of the last feedbacks are looked through for texts to use again, and so many texts are offered. */
const LOOKED_THROUGH = 40
const OFFERED = 8

export function useGiving() {
  const initiatives = useInitiatives()
  const records = useRecords()
  const session = useSession()
  const recent = shallowRef<readonly string[]>([])

  async function start(): Promise<void> {
    recent.value = await recentTexts()
  }

  /** Answers '' or why nothing was saved. */
  async function give({ ids, ...message }: WrittenFeedback): Promise<string> {
    const saved = await initiatives.giveFeedback(ids, message)
    return saved.ok ? '' : reasonText(saved.error, 'feedback')
  }

  /** Texts the person sent last, newest first, each once. */
  async function recentTexts(): Promise<string[]> {
    const latest = [...records.ofType('feedback')]
      .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
      .slice(0, LOOKED_THROUGH)
    const found = await Promise.all(latest.map(({ id }) => records.read(id)))
    const texts = found.flatMap((shown) =>
      shown?.record.createdBy === session.profile?.uid && shown !== undefined
        ? [textOf(shown.record, 'text')]
        : [],
    )
    return [...new Set(texts)].slice(0, OFFERED)
  }

  return { recent: shallowReadonly(recent), start, give }
}
