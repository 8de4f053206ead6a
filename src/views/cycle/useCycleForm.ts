/** The terms of a 点検, of a new one or one to change: kept as they are typed until they are saved [S3]. */
import { shallowReadonly, shallowRef } from 'vue'
import * as v from 'valibot'
import type { RecordId } from '../../domain/ids.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import { CYCLE_KINDS, type CycleKind, cycleIdOf } from '../../domain/types/cycle.ts'
import { recordSchema } from '../../domain/wire.ts'
import { useClock } from '../../stores/clock.ts'
import { useCycles } from '../../stores/cycles.ts'
import { useInitiatives } from '../../stores/initiatives.ts'
import { cycleText } from '../../text/cycle.ts'
import { reasonText } from '../../text/saveError.ts'
import { useKeptForm } from '../forms/useKeptForm.ts'

const keptSchema = v.object({
  /** The version the person began from; null for a new one. */
  started: v.nullable(recordSchema),
  draft: v.object({
    year: v.string(),
    kind: v.nullable(v.picklist(CYCLE_KINDS)),
    opens: v.string(),
    dueDate: v.string(),
    note: v.string(),
  }),
})
type Kept = v.InferOutput<typeof keptSchema>

interface Errors {
  readonly opens?: string
  readonly dueDate?: string
}

export function useCycleForm() {
  const cycles = useCycles()
  const initiatives = useInitiatives()
  const clock = useClock()

  const started = shallowRef<StoredRecord | null>(null)
  const year = shallowRef('')
  const kind = shallowRef<CycleKind | null>('interim')
  const opens = shallowRef('')
  const dueDate = shallowRef('')
  const note = shallowRef('')
  const errors = shallowRef<Errors>({})
  const failure = shallowRef('')
  const saving = shallowRef(false)

  const draftNow = (): Kept['draft'] => ({
    ...{ year: year.value, kind: kind.value },
    ...{ opens: opens.value, dueDate: dueDate.value, note: note.value },
  })
  const draftOf = (record: StoredRecord | null): Kept['draft'] => ({
    year: String(initiatives.currentFiscalYear()),
    kind: 'interim',
    opens: record === null ? clock.today : textOf(record, 'opens'),
    dueDate: record === null ? '' : textOf(record, 'dueDate'),
    note: record === null ? '' : textOf(record, 'note'),
  })

  const { isRestored, close, discard, ...form } = useKeptForm<Kept>({
    schema: keptSchema,
    read: () => ({ started: started.value, draft: draftNow() }),
    fill: (kept) => {
      started.value = kept.started
      year.value = kept.draft.year
      kind.value = kept.draft.kind
      opens.value = kept.draft.opens
      dueDate.value = kept.draft.dueDate
      note.value = kept.draft.note
    },
    isEmpty: () => JSON.stringify(draftNow()) === JSON.stringify(draftOf(started.value)),
  })

  /** `record`: the one to change; undefined begins a new one. */
  async function open(record: StoredRecord | undefined): Promise<void> {
    errors.value = {}
    failure.value = ''
    const from = record ?? null
    await form.open(`cycle:${record?.id ?? 'new'}`, { started: from, draft: draftOf(from) })
  }

  function dueProblem(): string | undefined {
    if (dueDate.value === '') return cycleText.dayMissing(cycleText.dueDate)
    if (dueDate.value < opens.value) return cycleText.dueBeforeStart
    // What is over can still be explained.
    const isAsBefore = started.value !== null && dueDate.value === textOf(started.value, 'dueDate')
    return dueDate.value < clock.today && !isAsBefore ? cycleText.duePast : undefined
  }

  /** Answers the id of the cycle once it is saved; undefined when the person is to go on. */
  async function save(): Promise<RecordId | undefined> {
    if (saving.value) return undefined
    failure.value = ''
    const due = dueProblem()
    errors.value = {
      ...(opens.value === '' ? { opens: cycleText.dayMissing(cycleText.opens) } : {}),
      ...(due === undefined ? {} : { dueDate: due }),
    }
    if (Object.keys(errors.value).length > 0) return undefined
    saving.value = true
    return trySave().finally(() => (saving.value = false))
  }

  async function trySave(): Promise<RecordId | undefined> {
    const which = { fiscalYear: Number(year.value), kind: kind.value ?? 'interim' }
    const id = started.value?.id ?? cycleIdOf(which.fiscalYear, which.kind)
    if (started.value === null && cycles.cycles.some((cycle) => cycle.id === id)) {
      failure.value = cycleText.exists
      return undefined
    }
    const terms = { opens: opens.value, dueDate: dueDate.value, note: note.value }
    const saved = await (started.value === null
      ? cycles.start(which, terms)
      : cycles.change(started.value, terms))
    if (!saved.ok) {
      failure.value = reasonText(saved.error, 'cycle')
      return undefined
    }
    await form.drop()
    return id
  }

  return {
    ...{ year, kind, opens, dueDate, note, isRestored },
    errors: shallowReadonly(errors),
    failure: shallowReadonly(failure),
    saving: shallowReadonly(saving),
    ...{ open, close, discard, save },
  }
}
