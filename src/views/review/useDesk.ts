/** Which row of the queue is open and which are selected; both follow the queue as it changes. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { RecordId } from '../../domain/ids.ts'
import type { ReviewRow } from '../../stores/review.ts'

export function useDesk(rows: MaybeRefOrGetter<readonly ReviewRow[]>) {
  /** The open row; it stays while the reader is at it, also when it has left the queue. */
  const kept = shallowRef<ReviewRow>()
  const selected = shallowRef<ReadonlySet<RecordId>>(new Set())
  /** Where a range begins. */
  let anchor: RecordId | undefined
  /** Where the open row stands, or stood when it left. */
  let place = 0

  const indexOf = (id: RecordId | undefined): number => toValue(rows).findIndex((item) => item.id === id)
  const index = computed(() => indexOf(kept.value?.id))
  const open = computed(() => toValue(rows)[index.value] ?? kept.value)

  watch(
    () => toValue(rows),
    (now) => {
      kept.value = open.value ?? now[0]
      if (index.value >= 0) place = index.value
      const here = new Set(now.map(({ id }) => id))
      if ([...selected.value].some((id) => !here.has(id)))
        selected.value = new Set([...selected.value].filter((id) => here.has(id)))
    },
    { immediate: true },
  )

  function put(item: ReviewRow | undefined): void {
    kept.value = item
    place = Math.max(0, indexOf(item?.id))
  }
  const show = (id: RecordId): void => put(toValue(rows)[indexOf(id)])

  /** Answers whether there was another row that way. */
  function move(steps: 1 | -1): boolean {
    // What stands where the open row has left is the next one.
    const at = index.value >= 0 ? index.value + steps : steps > 0 ? place : place - 1
    const next = toValue(rows)[at]
    if (next !== undefined) put(next)
    return next !== undefined
  }

  /** Opens what comes after these rows, as they are about to leave. */
  function moveBeyond(leaving: ReadonlySet<RecordId>): void {
    const all = toValue(rows)
    const stays = ({ id }: ReviewRow): boolean => !leaving.has(id)
    const from = index.value >= 0 ? index.value : place
    put(all.slice(from).find(stays) ?? all.slice(0, from).findLast(stays))
  }

  /** Begins again at the first row. */
  function restart(): void {
    put(toValue(rows)[0])
    clear()
  }

  function toggle(id: RecordId): void {
    const next = new Set(selected.value)
    if (!next.delete(id)) next.add(id)
    selected.value = next
    anchor = id
  }

  function selectTo(id: RecordId): void {
    const [from, to] = [indexOf(anchor), indexOf(id)]
    if (from < 0) return toggle(id)
    const range = toValue(rows).slice(Math.min(from, to), Math.max(from, to) + 1)
    selected.value = new Set([...selected.value, ...range.map((item) => item.id)])
    anchor = id
  }

  function selectAll(): void {
    selected.value = new Set(toValue(rows).map(({ id }) => id))
  }
  function clear(): void {
    selected.value = new Set()
    anchor = undefined
  }

  return {
    index,
    open,
    selected: shallowReadonly(selected),
    ...{ show, move, moveBeyond, restart, toggle, selectTo, selectAll, clear },
  }
}
