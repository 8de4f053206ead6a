/** Which row of the queue is open and which are selected; both follow the queue as it changes. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { RecordId } from '../../domain/ids.ts'

/** What it asks of a row: who it is and when it came. */
interface Waiting {
  readonly id: RecordId
  readonly at: string
}

export function useDesk<T extends Waiting>(queue: MaybeRefOrGetter<readonly T[]>) {
  /** When each row came; a row that the reader changes does not go elsewhere under their eyes. */
  const since = new Map<RecordId, string>()
  const rows = computed(() => {
    const waiting = toValue(queue)
    const here = new Set(waiting.map(({ id }) => id))
    for (const id of since.keys()) if (!here.has(id)) since.delete(id)
    for (const { id, at } of waiting) if (!since.has(id)) since.set(id, at)
    const keyOf = ({ id }: Waiting): string => `${since.get(id) ?? ''} ${id}`
    return [...waiting].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  })
  /** The open row; it stays while the reader is at it, also when it has left the queue. */
  const kept = shallowRef<T>()
  const selected = shallowRef<ReadonlySet<RecordId>>(new Set())
  /** Rows that are on their way out of the queue: none of them is opened by itself again. */
  let leaving: ReadonlySet<RecordId> = new Set()
  /** Where a range begins. */
  let anchor: RecordId | undefined
  /** Where the open row stands, or stood when it left. */
  let place = 0

  const indexOf = (id: RecordId | undefined): number => rows.value.findIndex((item) => item.id === id)
  const index = computed(() => indexOf(kept.value?.id))
  const open = computed(() => rows.value[index.value] ?? kept.value)

  watch(
    rows,
    (now) => {
      const here = new Set(now.map(({ id }) => id))
      leaving = new Set([...leaving].filter((id) => here.has(id)))
      kept.value = open.value ?? now.find(({ id }) => !leaving.has(id))
      if (index.value >= 0) place = index.value
      if ([...selected.value].some((id) => !here.has(id)))
        selected.value = new Set([...selected.value].filter((id) => here.has(id)))
    },
    { immediate: true },
  )

  function put(item: T | undefined): void {
    kept.value = item
    place = Math.max(0, indexOf(item?.id))
  }
  const show = (id: RecordId): void => put(rows.value[indexOf(id)])

  /** Answers whether there was another row that way. */
  function move(steps: 1 | -1): boolean {
    // What stands where the open row has left is the next one.
    const at = index.value >= 0 ? index.value + steps : steps > 0 ? place : place - 1
    const next = rows.value[at]
    if (next !== undefined) put(next)
    return next !== undefined
  }

  /** Opens what comes after these rows, as they are about to leave. */
  function moveBeyond(gone: ReadonlySet<RecordId>): void {
    leaving = gone
    const all = rows.value
    const stays = ({ id }: Waiting): boolean => !gone.has(id)
    const from = index.value >= 0 ? index.value : place
    put(all.slice(from).find(stays) ?? all.slice(0, from).findLast(stays))
  }

  /** Begins again at the first row. */
  function restart(): void {
    put(rows.value[0])
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
    const range = rows.value.slice(Math.min(from, to), Math.max(from, to) + 1)
    selected.value = new Set([...selected.value, ...range.map((item) => item.id)])
    anchor = id
  }

  function selectAll(): void {
    selected.value = new Set(rows.value.map(({ id }) => id))
  }
  function clear(): void {
    selected.value = new Set()
    anchor = undefined
  }

  return {
    rows,
    index,
    open,
    selected: shallowReadonly(selected),
    ...{ show, move, moveBeyond, restart, toggle, selectTo, selectAll, clear },
  }
}
