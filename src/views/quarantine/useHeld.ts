/** 預かった記録, read from the server, by person and tablet, with headquarters' decisions. */
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import * as v from 'valibot'
import { type RecordId, asRecordId, recordIdSchema } from '../../domain/ids.ts'
import { type Mutation, mutationSchema } from '../../domain/mutation.ts'
import { type Held, MAX_DECISIONS } from '../../domain/quarantine.ts'
import { type Result, err } from '../../domain/result.ts'
import type { StoredRecord } from '../../domain/record.ts'
import { parentIdOf } from '../../domain/types/index.ts'
import type { HeldDesk } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'
import { quarantineText } from '../../text/quarantine.ts'

export type Which = 'quarantine' | 'setAside'

export interface HeldItem extends Held {
  readonly key: string
  /** Undefined when it cannot be read as one. */
  readonly parsed: Mutation | undefined
}

/** What came from one tablet of one person. */
export interface HeldGroup extends Pick<Held, 'uid' | 'deviceId'> {
  readonly key: string
  /** Its record, where this tablet knows it. */
  readonly tablet: StoredRecord | undefined
  readonly items: readonly HeldItem[]
}

type Failure = 'offline' | 'failed'
const OFFLINE = err({ type: 'offline' } as const)
type Failed = Extract<Awaited<ReturnType<HeldDesk['list']>>, { readonly ok: false }>['error']

export function useHeld() {
  const session = useSession()
  const records = useRecords()
  const toasts = useToasts()
  const which = shallowRef<Which>('quarantine')
  const items = shallowRef<readonly HeldItem[]>()
  const more = shallowRef(false)
  const failure = shallowRef<Failure>()
  /** Keys being decided. */
  const working = shallowRef<ReadonlySet<string>>(new Set())
  const titles = shallowRef<ReadonlyMap<string, string>>(new Map())
  const tablets = shallowRef<ReadonlyMap<string, StoredRecord>>(new Map())
  let asked = 0

  async function load(): Promise<void> {
    const { workplace } = session
    if (workplace === undefined || !session.has('hq', 'admin')) return
    asked += 1
    const mine = asked
    const answer = await ask((desk) => desk.list(which.value))
    if (mine !== asked) return
    failure.value = answer.ok ? undefined : failureOf(answer.error)
    if (!answer.ok) return
    const fresh = answer.value.items.map(itemOf)
    titles.value = await titlesOf(fresh)
    tablets.value = await tabletsOf(fresh)
    items.value = fresh
    more.value = answer.value.more
  }
  watch(
    () => [which.value, session.workplace, records.loaded] as const,
    ([next], before) => {
      if (next !== before?.[0]) items.value = undefined
      if (records.loaded) void load()
    },
    { immediate: true },
  )

  async function ask<T, E>(
    work: (desk: HeldDesk) => Promise<Result<T, E>>,
  ): Promise<Result<T, E | { readonly type: 'offline' }>> {
    const desk = await session.workplace?.held()
    return desk === undefined ? OFFLINE : work(desk)
  }

  /** Titles of the records they are about, as far as this tablet or the list itself knows them. */
  async function titlesOf(held: readonly HeldItem[]): Promise<Map<string, string>> {
    const mutations = held.flatMap(({ parsed }) => (parsed === undefined ? [] : [parsed]))
    const ids = new Set<RecordId>(mutations.map(({ id }) => id))
    for (const mutation of mutations) {
      const parent = v.safeParse(recordIdSchema, parentIdOf(mutation))
      if (parent.success) ids.add(parent.output)
    }
    const wanted = [...ids]
    const known = (await session.workplace?.records.some(wanted)) ?? []
    const found = new Map<string, string>()
    wanted.forEach((id, index) => {
      const { title, name } = known[index]?.facets ?? {}
      if (typeof title === 'string') found.set(id, title)
      else if (typeof name === 'string') found.set(id, name)
    })
    for (const { op, id, set } of mutations) {
      const title = set['title']?.to
      if (op === 'create' && typeof title === 'string') found.set(id, title)
    }
    return found
  }

  async function tabletsOf(held: readonly HeldItem[]): Promise<Map<string, StoredRecord>> {
    const ids = [...new Set(held.map(({ deviceId }) => asRecordId(deviceId)))]
    const shown = await Promise.all(ids.map((id) => records.read(id)))
    return new Map(
      shown.flatMap((each) => (each?.record.type === 'device' ? [[each.record.id, each.record]] : [])),
    )
  }

  /** Decides in the order of saving; what fails on the way leaves the rest as it was. */
  async function decide(
    chosen: readonly HeldItem[],
    act: (desk: HeldDesk, part: Parameters<HeldDesk['adopt']>[0]) => Promise<Result<unknown, Failed>>,
  ): Promise<boolean> {
    if (working.value.size > 0) return false
    working.value = new Set(chosen.map(({ key }) => key))
    try {
      for (const part of partsOf(chosen)) {
        const done = await ask((desk) => act(desk, part))
        if (done.ok) continue
        failure.value = failureOf(done.error)
        return false
      }
      return true
    } finally {
      working.value = new Set()
    }
  }

  async function adopt(chosen: readonly HeldItem[]): Promise<void> {
    const counts = { adopted: 0, conflicted: 0, kept: 0 }
    const done = await decide(chosen, async (desk, part) => {
      const answer = await desk.adopt(part)
      for (const { outcome, reason } of answer.ok ? answer.value : []) {
        if (outcome === 'conflicted') counts.conflicted += 1
        else if (outcome !== 'parked') counts.adopted += 1
        else if (!waits(reason)) counts.kept += 1
      }
      return answer
    })
    if (counts.adopted > 0) toasts.show(quarantineText.adopted(counts.adopted))
    if (counts.conflicted > 0) toasts.show(quarantineText.conflicted(counts.conflicted), 'info')
    if (counts.kept > 0) toasts.show(quarantineText.kept(counts.kept), 'error')
    if (done) await load()
    void session.workplace?.sync.now()
  }

  async function setAside(chosen: readonly HeldItem[], aside: boolean): Promise<void> {
    if (!(await decide(chosen, (desk, part) => desk.setAside(part, aside)))) return
    toasts.show(aside ? quarantineText.movedAside : quarantineText.broughtBack)
    await load()
  }

  /** By person and tablet, in the order of arrival. */
  const groups = computed<readonly HeldGroup[] | undefined>(() => {
    const byTablet = Map.groupBy(items.value ?? [], ({ uid, deviceId }) => `${uid}|${deviceId}`)
    const made = [...byTablet].flatMap(([key, [first, ...rest]]) => {
      if (first === undefined) return []
      const { uid, deviceId } = first
      return [{ key, uid, deviceId, tablet: tablets.value.get(deviceId), items: [first, ...rest] }]
    })
    return items.value === undefined ? undefined : made
  })

  return {
    which,
    groups,
    count: computed(() => items.value?.length ?? 0),
    more: shallowReadonly(more),
    failure: shallowReadonly(failure),
    working: shallowReadonly(working),
    titleOf: (id: string) => titles.value.get(id),
    load,
    adopt,
    setAside,
  }
}

/** Adopted, it is decided when the record it is about comes [S11]. */
export function waits(reason: Held['reason']): boolean {
  return reason?.type === 'unknownRecord' || reason?.type === 'unknownParent'
}

function itemOf(held: Held): HeldItem {
  const parsed = v.safeParse(mutationSchema, held.mutation)
  return {
    ...held,
    key: `${held.clientId}|${held.mid}`,
    parsed: parsed.success ? parsed.output : undefined,
  }
}

/** Per outbox, by number, as many as one request takes. */
function partsOf(chosen: readonly HeldItem[]): Parameters<HeldDesk['adopt']>[0][] {
  return [...Map.groupBy(chosen, ({ clientId }) => clientId)].flatMap(([clientId, own]) => {
    const mids = own.map(({ mid }) => mid).sort((a, b) => a - b)
    return Array.from({ length: Math.ceil(mids.length / MAX_DECISIONS) }, (_, index) => ({
      clientId,
      mids: mids.slice(index * MAX_DECISIONS, (index + 1) * MAX_DECISIONS),
    }))
  })
}

function failureOf({ type }: { readonly type: string }): Failure {
  return type === 'offline' || type === 'timeout' ? 'offline' : 'failed'
}
