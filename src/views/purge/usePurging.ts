/** 個人情報を消す: what of a record or of what hangs on it goes, counted by the server, and the act itself [S18]. */
import { type MaybeRefOrGetter, computed, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { RecordId } from '../../domain/ids.ts'
import { type PurgeExtent, type PurgeScope, mayPurge, purgeableFields } from '../../domain/purge.ts'
import { type RecordType, type StoredRecord, fieldOf, textOf } from '../../domain/record.ts'
import { typeOf } from '../../domain/types/index.ts'
import type { Refusal } from '../../domain/wire.ts'
import type { PurgeDesk } from '../../stores/ports.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { relativeText } from '../../text/dates.ts'
import { fieldValueText } from '../../text/fieldValue.ts'
import { purgeText } from '../../text/purge.ts'
import { fieldLabel } from '../../text/saveError.ts'

export type PurgeWay = 'earlier' | 'record'

/** So much of a text tells one note from another. */
const WORDS_LENGTH = 20
/** Written once: nothing earlier can be there. */
const WRITTEN_ONCE = ['note', 'photo']

function waysOf(type: RecordType): PurgeWay[] {
  const earlier: PurgeWay[] = WRITTEN_ONCE.includes(type.name) ? [] : ['earlier']
  return mayPurge(type, 'record') ? [...earlier, 'record'] : earlier
}

export function usePurging(targets: MaybeRefOrGetter<readonly StoredRecord[]>) {
  const session = useSession()
  const units = useUnits()
  const id = shallowRef('')
  const wanted = shallowRef<PurgeWay | null>('earlier')
  const fields = shallowRef<readonly string[]>([])
  const extent = shallowRef<PurgeExtent>()
  const counting = shallowRef(false)
  const working = shallowRef(false)
  const problem = shallowRef('')

  /** As it is now; what has gone meanwhile, as it was last: there is still something to say of it, or to go on with. */
  const target = computed<StoredRecord | undefined>(
    (before) =>
      toValue(targets).find((record) => record.id === id.value) ??
      (before?.id === id.value ? before : undefined),
  )
  const all = computed(() => {
    const listed = toValue(targets)
    return target.value === undefined || listed.includes(target.value) ? listed : [target.value, ...listed]
  })
  const options = computed(() => {
    const seen = new Map<string, number>()
    return all.value.map((one) => {
      const label = labelOf(one)
      const n = (seen.get(label) ?? 0) + 1
      seen.set(label, n)
      return { value: one.id, label: n === 1 ? label : purgeText.nth(label, n) }
    })
  })
  /** The record that is chosen, with its own words. */
  const chosen = computed(() => {
    const label = options.value.find(({ value }) => value === id.value)?.label ?? ''
    return purgeText.words(label, target.value === undefined ? '' : short(ownWords(target.value)))
  })
  const type = computed(() => (target.value === undefined ? undefined : typeOf(target.value.type)))
  /** The ways there are for it. */
  const ways = computed(() => (type.value === undefined ? [] : waysOf(type.value)))
  const way = computed(() => ways.value.find((one) => one === wanted.value) ?? ways.value[0])
  const fieldOptions = computed(() => {
    const [record, of] = [target.value, type.value]
    if (record === undefined || of === undefined) return []
    return purgeableFields(of).map((field) => ({
      field,
      label: fieldLabel(of.name, field),
      now: short(fieldValueText(field, fieldOf(record, field), units.nameOf, of.name)) || purgeText.empty,
    }))
  })
  const scope = computed<PurgeScope | undefined>(() => {
    if (way.value === 'record') return 'record'
    return fields.value.length > 0 ? [...fields.value] : undefined
  })
  const lines = computed(() => (extent.value === undefined ? [] : linesOf(extent.value)))

  function labelOf({ type, createdAt }: StoredRecord): string {
    if (type === 'initiative') return purgeText.row
    return purgeText.child(
      typeOf(type)?.label ?? type,
      relativeText(createdAt, session.workplace?.now() ?? ''),
    )
  }

  function start(): void {
    id.value = toValue(targets)[0]?.id ?? ''
    wanted.value = 'earlier'
    fields.value = []
  }
  watch([id, way], () => (fields.value = []))

  let asked = 0
  let seen: number | undefined
  async function count(): Promise<void> {
    asked += 1
    const mine = asked
    const what = scope.value
    extent.value = undefined
    problem.value = ''
    counting.value = what !== undefined && target.value !== undefined
    if (what === undefined || target.value === undefined) return
    const answer = await ask((desk, of) => desk.extent({ id: of, scope: what }))
    if (mine !== asked) return
    counting.value = false
    if (answer.ok) extent.value = answer.value
    else problem.value = problemOf(answer.error, purgeText.unknown)
  }
  watch([scope, id], () => void count())

  /** What is there now has been looked at: it is what stays. */
  function look(): void {
    seen = target.value?.rev
  }

  /** Sent again it goes on where it stopped; `changed`: somebody has just written anew what is to stay. */
  async function purge(reason: string): Promise<'done' | 'changed' | 'failed'> {
    const what = scope.value
    if (what === undefined || working.value) return 'failed'
    working.value = true
    problem.value = ''
    const rev = seen === undefined ? {} : { rev: seen }
    const answer = await ask((desk, of) => desk.purge({ id: of, scope: what, reason, ...rev }))
    const isChanged = !answer.ok && isRefusedAs(answer.error, 'changed')
    // This tablet holds it too, like any other.
    if (answer.ok || isChanged) await session.workplace?.sync.now()
    if (isChanged) await count()
    if (!answer.ok) problem.value = problemOf(answer.error, purgeText.failed)
    working.value = false
    if (answer.ok) return 'done'
    return isChanged ? 'changed' : 'failed'
  }

  async function ask(request: (desk: PurgeDesk, of: RecordId) => ReturnType<PurgeDesk['purge']>) {
    const desk = await session.workplace?.purges()
    const of = target.value?.id
    if (desk === undefined || of === undefined) return { ok: false, error: { type: 'offline' } } as const
    return request(desk, of)
  }

  return {
    id,
    wanted,
    way,
    ways,
    fields,
    options,
    chosen,
    fieldOptions,
    scope,
    extent: shallowReadonly(extent),
    lines,
    counting: shallowReadonly(counting),
    working: shallowReadonly(working),
    problem: shallowReadonly(problem),
    start,
    count,
    look,
    purge,
  }
}

const OWN_WORDS: Readonly<Record<string, string>> = {
  initiative: 'title',
  meeting: 'title',
  photo: 'caption',
  check: 'issues',
  cycle: 'note',
}
const ownWords = (record: StoredRecord): string => textOf(record, OWN_WORDS[record.type] ?? 'text')

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return Array.from(line).length > WORDS_LENGTH
    ? `${Array.from(line).slice(0, WORDS_LENGTH).join('')}…`
    : line
}

function linesOf({ history, conflicts, openConflicts, parked, records }: PurgeExtent): string[] {
  return [
    ...Object.entries(records).map(([type, many]) => purgeText.records(typeOf(type)?.label ?? type, many)),
    ...(history > 0 ? [purgeText.history(history)] : []),
    ...(conflicts > 0 ? [purgeText.conflicts(conflicts, openConflicts)] : []),
    ...(parked > 0 ? [purgeText.parked(parked)] : []),
  ]
}

type Failed = Extract<Awaited<ReturnType<PurgeDesk['purge']>>, { readonly ok: false }>['error']

const isRefusedAs = (error: Failed, type: Refusal['type']): boolean =>
  error.type === 'refused' && error.refusal.type === type

function problemOf(error: Failed, otherwise: string): string {
  if (error.type === 'offline' || error.type === 'signInNeeded') return purgeText.offline
  if (error.type !== 'refused') return otherwise
  if (error.refusal.type === 'changed') return purgeText.changed
  if (error.refusal.type === 'notFound') return purgeText.notFound
  return error.refusal.type === 'forbidden' ? purgeText.forbidden : otherwise
}
