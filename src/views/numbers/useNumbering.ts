/** The draft of a fiscal year's numbers: kept on the tablet while it is worked on, saved and taken back as a whole. */
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import * as v from 'valibot'
import { isListed } from '../../domain/initiativeFilter.ts'
import { byNumber } from '../../domain/initiativeOrder.ts'
import {
  type Numbered,
  type Numbering,
  keepUp,
  numberChanges,
  problemsOf,
  startNumbering,
} from '../../domain/numbering.ts'
import { editWish } from '../../stores/changes.ts'
import { type InitiativeItem, useInitiatives } from '../../stores/initiatives.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { numbersText } from '../../text/numbers.ts'
import { reasonText } from '../../text/saveError.ts'

const keptSchema = v.array(v.object({ id: v.string(), no: v.nullable(v.number()) }))
/** Kept with the forms; the dot keeps it out of their list. */
const formId = (fiscalYear: number): string => `.numbers-${fiscalYear}`

export function useNumbering(fiscalYear: () => number) {
  const initiatives = useInitiatives()
  const records = useRecords()
  const session = useSession()
  const toasts = useToasts()

  /** The bureau's rows of the year; drafts and withdrawn ones have no place on it. */
  const items = computed<readonly InitiativeItem[]>(() =>
    initiatives.items
      .filter((item) => item.fiscalYear === fiscalYear() && isListed(item.stage))
      .sort(byNumber),
  )
  const itemOf = computed(() => new Map<string, InitiativeItem>(items.value.map((item) => [item.id, item])))

  /** undefined = not touched: the numbers as they are. */
  const touched = shallowRef<Numbering>()
  const draft = computed<Numbering>(() =>
    touched.value === undefined ? startNumbering(items.value) : keepUp(touched.value, items.value),
  )
  const changes = computed(() => numberChanges(items.value, draft.value))
  const problems = computed(() => problemsOf(draft.value))
  const saving = shallowRef(false)

  watch(
    fiscalYear,
    async (year) => {
      touched.value = undefined
      const kept = await session.workplace?.forms.load(formId(year))
      if (year === fiscalYear() && v.is(keptSchema, kept)) touched.value = kept
    },
    { immediate: true },
  )

  function arrange(numbering: Numbering | undefined): void {
    touched.value = numbering
    const forms = session.workplace?.forms
    if (numbering === undefined) void forms?.drop(formId(fiscalYear()))
    else void forms?.keep(formId(fiscalYear()), numbering)
  }

  /** Saves these numbers on the tablet, all or none; answers those that stood there before. */
  async function write(numbers: readonly Numbered[]): Promise<readonly Numbered[]> {
    saving.value = true
    const rows = numbers.flatMap(({ id, no }) => {
      const item = itemOf.value.get(id)
      return item === undefined ? [] : [{ item, no }]
    })
    const shown = await Promise.all(rows.map(({ item }) => records.read(item.id)))
    const edits = rows.flatMap(({ item, no }, index) => {
      const record = shown[index]?.record
      return record === undefined ? [] : [{ item, wish: editWish(record, { no }) }]
    })
    const saved = await records.saveAll(edits.map(({ wish }) => wish))
    saving.value = false
    if (saved.ok) return edits.map(({ item: { id, no } }) => ({ id, no }))
    const { index, error } = saved.error
    toasts.show(numbersText.failed(edits[index]?.item.title ?? '', reasonText(error, 'initiative')), 'error')
    return []
  }

  async function save(): Promise<void> {
    if (saving.value) return
    const wanted = changes.value
    const before = await write(wanted)
    // What failed stays in the draft.
    if (before.length === wanted.length) arrange(undefined)
    if (before.length > 0)
      toasts.offer(numbersText.saved(before.length), {
        label: numbersText.undo,
        run: () => void write(before).then((undone) => toasts.show(numbersText.undone(undone.length))),
      })
  }

  /** Ids of the rows in the order in which they were made; who made them is not asked. */
  async function idsByCreation(): Promise<string[]> {
    const shown = await Promise.all(items.value.map(({ id }) => records.read(id)))
    const made = shown.flatMap((row) => (row === undefined ? [] : [row.record]))
    return made.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1)).map(({ id }) => id)
  }

  return {
    items,
    itemOf,
    draft,
    changes,
    problems,
    saving: shallowReadonly(saving),
    isTouched: computed(() => touched.value !== undefined && changes.value.length > 0),
    arrange,
    save,
    idsByCreation,
  }
}
