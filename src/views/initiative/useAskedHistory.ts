/** A record's history, asked from the server when somebody wants to see it, and again when the record went on. */
import { type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { StoredRecord } from '../../domain/record.ts'
import { useHistory } from '../../stores/history.ts'
import { dateTimeText } from '../../text/dates.ts'
import { historyText } from '../../text/history.ts'

export function useAskedHistory(target: MaybeRefOrGetter<Pick<StoredRecord, 'id' | 'rev'>>) {
  const history = useHistory()
  const opened = shallowRef(false)
  const loading = shallowRef(false)
  const problem = shallowRef('')

  async function show(): Promise<void> {
    if (loading.value) return
    const { id } = toValue(target)
    loading.value = true
    const answer = await history.load(id)
    loading.value = false
    const known = history.known.get(id)
    opened.value = answer.ok || known !== undefined
    problem.value = answer.ok ? '' : problemText(answer.error.type, known?.loadedAt)
  }
  watch(
    () => toValue(target).rev,
    () => {
      if (opened.value) void show()
    },
  )
  watch(
    () => toValue(target).id,
    () => {
      opened.value = false
      problem.value = ''
    },
  )

  return {
    opened: shallowReadonly(opened),
    loading: shallowReadonly(loading),
    /** What went wrong, in words; '' when nothing did. */
    problem: shallowReadonly(problem),
    show,
  }
}

function problemText(
  type: 'offline' | 'timeout' | 'signInNeeded' | 'refused' | 'malformed',
  loadedAt: string | undefined,
): string {
  if (type === 'signInNeeded') return historyText.signInNeeded
  if (type === 'refused' || type === 'malformed') return historyText.failed
  return loadedAt === undefined ? historyText.offline : historyText.offlineKnown(dateTimeText(loadedAt))
}
