/** 確認した: one row or many, and taking back what was confirmed last. */
import { shallowReadonly, shallowRef } from 'vue'
import type { RecordId } from '../../domain/ids.ts'
import { type Looked, type TakeBack, useReview } from '../../stores/review.ts'
import { useToasts } from '../../stores/toasts.ts'
import { reviewText } from '../../text/review.ts'
import { reasonText } from '../../text/saveError.ts'

export function useConfirming({ onUndone }: { onUndone: (first: RecordId) => void }) {
  const review = useReview()
  const toasts = useToasts()
  /** How far a confirmation of many is; undefined when none is under way. */
  const progress = shallowRef<{ readonly value: number; readonly max: number }>()
  let last:
    | { readonly first: RecordId; readonly steps: readonly TakeBack[]; readonly withdraw: () => void }
    | undefined

  async function confirm(rows: readonly Looked[]): Promise<void> {
    const [first] = rows
    if (first === undefined || progress.value !== undefined) return
    const steps: TakeBack[] = []
    progress.value = { value: 0, max: rows.length }
    for (const row of rows) {
      const saved = await review.confirm(row)
      if (!saved.ok) {
        toasts.show(reasonText(saved.error, 'review'), 'error')
        break
      }
      steps.push(saved.value)
      progress.value = { value: steps.length, max: rows.length }
    }
    progress.value = undefined
    if (steps.length === 0) return
    last?.withdraw()
    const withdraw = toasts.offer(reviewText.confirmed(steps.length), {
      label: reviewText.undo,
      run: () => void undo(),
    })
    last = { first: first.id, steps, withdraw }
  }

  async function undo(): Promise<void> {
    if (last === undefined) return
    const { first, steps, withdraw } = last
    last = undefined
    withdraw()
    let complete = true
    for (const takeBack of steps) complete = (await takeBack()) && complete
    if (complete) toasts.show(reviewText.undone)
    else toasts.show(reviewText.undoFailed, 'error')
    onUndone(first)
  }

  return { progress: shallowReadonly(progress), confirm, undo }
}
