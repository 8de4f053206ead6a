/**
 * The agenda of a meeting: rows in order, with planned minutes. Stored as a set whose members name their place, so that
 * people who add, move and take away at the same time all have their way [S14]; two places for one row are one place.
 */
import * as v from 'valibot'
import { type RecordId, recordIdSchema } from './ids.ts'
import type { Json } from './json.ts'

/** Most rows on one agenda. */
export const MAX_AGENDA = 100

const itemSchema = v.object({
  initiative: recordIdSchema,
  /** Planned length. */
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(240)),
  /** Sorts the agenda; places between two rows are halves. */
  order: v.pipe(v.number(), v.finite()),
})
export type AgendaItem = v.InferOutput<typeof itemSchema>

/** Merged sets may name a row twice. */
export const agendaSchema = v.pipe(v.array(itemSchema), v.maxLength(2 * MAX_AGENDA))

/** The agenda of a field value in order, each row once: where two people gave it a place, the later one. */
export function readAgenda(value: Json): AgendaItem[] {
  const items = (Array.isArray(value) ? value : []).flatMap((item) => {
    const parsed = v.safeParse(itemSchema, item)
    return parsed.success ? [parsed.output] : []
  })
  const sorted = items.toSorted((a, b) => a.order - b.order || (a.initiative < b.initiative ? -1 : 1))
  return [...new Map(sorted.map((item) => [item.initiative, item])).values()].sort(
    (a, b) => a.order - b.order,
  )
}

/** With a row at the end; the same agenda when it is on it already, or is full. */
export function withItem(
  agenda: readonly AgendaItem[],
  { initiative, minutes }: { initiative: RecordId; minutes: number },
): AgendaItem[] {
  if (agenda.length >= MAX_AGENDA || agenda.some((item) => item.initiative === initiative)) return [...agenda]
  return [...agenda, { initiative, minutes, order: (agenda.at(-1)?.order ?? 0) + 1 }]
}

/**
 * With the row at `from` moved to `to` (places from 0). The others keep their places unless halving has used up the room
 * between two of them; then all are numbered anew.
 */
export function withMove(
  agenda: readonly AgendaItem[],
  { from, to }: { from: number; to: number },
): AgendaItem[] {
  const moved = agenda[from]
  if (moved === undefined || from === to || agenda[to] === undefined) return [...agenda]
  const rest = agenda.toSpliced(from, 1)
  const before = rest[to - 1]?.order
  const after = rest[to]?.order
  const order =
    before === undefined ? (after ?? 0) - 1 : after === undefined ? before + 1 : before + (after - before) / 2
  const next = rest.toSpliced(to, 0, { ...moved, order })
  const hasRoom = (before === undefined || before < order) && (after === undefined || order < after)
  return hasRoom ? next : next.map((item, index) => ({ ...item, order: index + 1 }))
}
