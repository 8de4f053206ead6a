/** 取組 for the views: typed list items, and what people do to a row. */
import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import { fiscalYearOf, localDateOf } from '../domain/fiscal.ts'
import type { RecordId } from '../domain/ids.ts'
import { type InitiativeFilter, type Survey, select, survey } from '../domain/initiativeFilter.ts'
import { byNumber, keepOrder } from '../domain/initiativeOrder.ts'
import type { Json } from '../domain/json.ts'
import { type Progress, parseProgress } from '../domain/progress.ts'
import { type StoredRecord, fieldOf } from '../domain/record.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { type Stage, parseStage } from '../domain/stage.ts'
import type { SyncMark } from '../domain/syncMark.ts'
import type { FeedbackKind } from '../domain/types/feedback.ts'
import type { IndexEntry, OutboxEntry, SaveError } from '../sync/ports.ts'
import { type FieldValues, changesBetween, createWish, editWish } from './changes.ts'
import { type Wish, useRecords } from './records.ts'
import type { Hits } from './search.ts'
import { useSession } from './session.ts'
import { useSyncStatus } from './syncStatus.ts'
import { useUnits } from './units.ts'

export interface InitiativeItem {
  readonly id: RecordId
  readonly no: number | null
  readonly title: string
  readonly unitLabel: string
  readonly leadUnit: string
  readonly jointUnits: readonly string[]
  readonly fiscalYear: number
  readonly theme: string
  readonly progress: Progress | null
  readonly stage: Stage
  readonly mark: SyncMark
  readonly receiptNo: string | null
  readonly updatedAt: string
  readonly updatedBy: string
  /** Feedback not yet answered. */
  readonly openFeedback: number
}

type Saved = Promise<Result<OutboxEntry, SaveError>>

/** What fills the highest screen. */
const FRONT_ROWS = 60
/** Nothing has changed for so long: the rows that the list shows first are kept. */
const QUIET_MS = 1000

export const useInitiatives = defineStore('initiatives', () => {
  const session = useSession()
  const records = useRecords()
  const sync = useSyncStatus()
  const units = useUnits()

  const openFeedback = computed(() => {
    const counts = new Map<string, number>()
    for (const { facets, stage } of records.ofType('feedback')) {
      const target = String(facets['initiative'] ?? '')
      if (stage === 'open' && facets['kind'] !== 'praise') counts.set(target, (counts.get(target) ?? 0) + 1)
    }
    return counts
  })

  /** Items by what they were made from: a row of which nothing has changed stays the same object. */
  const made = new WeakMap<IndexEntry, InitiativeItem>()

  function itemsOf(entries: readonly IndexEntry[]): InitiativeItem[] {
    const { markOf } = records
    const feedback = openFeedback.value
    return entries.map((entry) => {
      const { facets, id } = entry
      const unitLabel = String(facets['unitLabel'] ?? '') || units.nameOf(String(facets['leadUnit'] ?? ''))
      const now = { mark: markOf(entry), openFeedback: feedback.get(id) ?? 0, unitLabel }
      const known = made.get(entry)
      if (known !== undefined && isSame(known, now)) return known
      const item = makeItem(entry, now)
      made.set(entry, item)
      return item
    })
  }

  /** In No. order. */
  const items = computed<readonly InitiativeItem[]>((before) =>
    keepOrder(before ?? [], itemsOf(records.ofType('initiative')), byNumber),
  )

  /** The first rows of the list while all are read; none where they are not known. */
  const front = computed(() => itemsOf(records.front).sort(byNumber))
  let quiet: ReturnType<typeof setTimeout> | undefined
  watch([() => records.loaded, () => records.lastChange, () => sync.isReceiving], () => {
    clearTimeout(quiet)
    // More is likely to come.
    if (sync.isReceiving) return
    quiet = setTimeout(() => {
      if (records.loaded) records.keepFront(items.value.slice(0, FRONT_ROWS).map(({ id }) => id))
    }, QUIET_MS)
  })

  /** The fiscal year of today in Tokyo. */
  function currentFiscalYear(): number {
    const now = session.workplace?.now()
    return now === undefined ? 0 : fiscalYearOf(localDateOf(Date.parse(now)))
  }

  /** Fiscal years on the list and the present one, newest first. */
  const fiscalYears = computed(() => {
    const years = new Set(items.value.map(({ fiscalYear }) => fiscalYear))
    years.add(currentFiscalYear())
    return [...years].filter((year) => year > 0).sort((a, b) => b - a)
  })

  /** The newest year of which there are rows; the present one while there are none. */
  const newestYear = computed(
    () =>
      items.value.reduce((newest, { fiscalYear }) => Math.max(newest, fiscalYear), 0) || currentFiscalYear(),
  )

  /** 分類 in use, most used first. */
  const themes = computed(() => {
    const uses = new Map<string, number>()
    for (const { facets } of records.ofType('initiative')) {
      const theme = String(facets['theme'] ?? '')
      if (theme !== '') uses.set(theme, (uses.get(theme) ?? 0) + 1)
    }
    return [...uses].sort(([, a], [, b]) => b - a).map(([theme]) => theme)
  })

  /** The rows of a filter, in the order of `rows`, with the counts of its further choices; `hits`: of its query (useSearch). */
  function surveyOf(
    filter: InitiativeFilter,
    hits: Hits,
    rows: readonly InitiativeItem[] = items.value,
  ): Survey<InitiativeItem> {
    return survey(rows, { filter, hits, partOfUnit: units.partOf })
  }

  /** The rows of a filter alone. */
  const find = (filter: InitiativeFilter, hits: Hits): readonly InitiativeItem[] =>
    select(items.value, { filter, hits, partOfUnit: units.partOf })

  /** A row of the person's unit; `stage` is draft, or submitted for a lead. */
  function newRow(
    id: RecordId,
    { stage, values }: { stage: 'draft' | 'submitted'; values: FieldValues },
  ): Wish {
    const unit = session.profile?.unit ?? ''
    const all: FieldValues = {
      leadUnit: unit,
      // A tablet that has no master data yet leaves the name to whoever shows the row.
      unitLabel: units.isKnown(unit) ? units.nameOf(unit) : null,
      fiscalYear: currentFiscalYear(),
      ...values,
      stage,
    }
    return createWish('initiative', id, all)
  }

  const create = (...row: Parameters<typeof newRow>): Saved => records.save(newRow(...row))

  /** Saves what differs from the version the person started from; `submit` also moves the row on. */
  const edit = (started: StoredRecord, values: FieldValues): Saved => records.save(editWish(started, values))

  /** Throws a draft away, for the whole unit. */
  async function removeDraft(started: StoredRecord): Saved {
    return records.save({ type: 'initiative', op: 'remove', id: started.id, stage: started.stage, set: {} })
  }

  /** Adds a 経過; with a new progress the row's progress moves too, in the same transaction. */
  async function addNote(
    target: StoredRecord,
    {
      id,
      text,
      progress,
      keptReasons,
    }: { id: RecordId; text: string; progress: Progress | null; keptReasons: Json },
  ): Promise<Result<void, SaveError>> {
    const current = parseProgress(fieldOf(target, 'progress'))
    const moves = progress !== null && progress !== current
    const move: FieldValues = moves ? { progressFrom: current, progressTo: progress } : {}
    const written: FieldValues = { stage: 'posted', initiative: target.id, text, keptReasons, ...move }
    const note = createWish('note', id, written)
    const saved = await records.saveAll(moves ? [note, editWish(target, { progress })] : [note])
    return saved.ok ? ok(undefined) : err(saved.error.error)
  }

  /** The same feedback to many rows, or to none: `ids` has the id of each one's feedback by that of the row. */
  async function giveFeedback(
    ids: ReadonlyMap<RecordId, RecordId>,
    {
      kind,
      text,
      dueDate,
      keptReasons,
    }: { kind: FeedbackKind; text: string; dueDate: string; keptReasons: Json },
  ): Promise<Result<void, SaveError>> {
    const values = { stage: 'open', kind, text, dueDate: dueDate === '' ? null : dueDate, keptReasons }
    const saved = await records.saveAll(
      [...ids].map(([initiative, id]) => createWish('feedback', id, { ...values, initiative })),
    )
    return saved.ok ? ok(undefined) : err(saved.error.error)
  }

  async function reply(
    feedback: StoredRecord,
    { text, keptReasons }: { text: string; keptReasons: Json },
  ): Saved {
    const from: FieldValues = { ...feedback.fields, stage: feedback.stage }
    const set = changesBetween(from, { reply: text, stage: 'answered', keptReasons })
    return records.save({ type: 'feedback', op: 'edit', id: feedback.id, stage: feedback.stage, set })
  }

  /** Headquarters closes feedback, or opens it again. */
  async function moveFeedback(feedback: StoredRecord, to: 'open' | 'answered' | 'closed'): Saved {
    const set = { stage: { from: feedback.stage, to } }
    return records.save({ type: 'feedback', op: 'edit', id: feedback.id, stage: feedback.stage, set })
  }

  /** Settles a 要確認 with the value the person decided on. */
  async function resolve(
    conflict: StoredRecord,
    { target, value, keptReasons }: { target: StoredRecord; value: Json; keptReasons?: Json },
  ): Saved {
    const field = String(fieldOf(conflict, 'field'))
    const current = field === 'stage' ? target.stage : fieldOf(target, field)
    const isField = field !== 'removed'
    return records.save({
      type: target.type,
      op: 'resolve',
      id: target.id,
      stage: target.stage,
      resolves: conflict.id,
      set: {
        ...(isField ? { [field]: { from: current, to: value } } : {}),
        ...(keptReasons === undefined ? {} : changesBetween(target.fields, { keptReasons })),
      },
    })
  }

  function newId(): RecordId {
    const { workplace } = session
    if (workplace === undefined) throw new Error('Nobody is signed in.')
    return workplace.newId()
  }

  return {
    items,
    front,
    fiscalYears,
    newestYear,
    themes,
    currentFiscalYear,
    surveyOf,
    find,
    newRow,
    create,
    edit,
    removeDraft,
    addNote,
    giveFeedback,
    reply,
    moveFeedback,
    resolve,
    newId,
  }
})

/** What is worked out of other rows too. */
type WorkedOut = Pick<InitiativeItem, 'mark' | 'openFeedback' | 'unitLabel'>

const isSame = (a: WorkedOut, b: WorkedOut): boolean =>
  a.mark === b.mark && a.openFeedback === b.openFeedback && a.unitLabel === b.unitLabel

function makeItem(entry: IndexEntry, computed: WorkedOut): InitiativeItem {
  const { facets } = entry
  const joint = facets['jointUnits']
  return {
    ...computed,
    id: entry.id,
    no: typeof facets['no'] === 'number' ? facets['no'] : null,
    title: String(facets['title'] ?? ''),
    leadUnit: String(facets['leadUnit'] ?? ''),
    jointUnits: Array.isArray(joint) ? joint : [],
    fiscalYear: Number(facets['fiscalYear'] ?? 0),
    theme: String(facets['theme'] ?? ''),
    progress: parseProgress(facets['progress']),
    stage: parseStage(entry.stage),
    receiptNo: entry.receiptNo,
    updatedAt: entry.updatedAt,
    updatedBy: entry.updatedBy,
  }
}
