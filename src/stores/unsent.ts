/** What has not reached the server from this tablet, kept in step with the outbox, and how long it has waited [S27]. */
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import * as v from 'valibot'
import type { DeviceId, RecordId } from '../domain/ids.ts'
import { buildOutboxFile, type OutboxFile } from '../domain/outboxFile.ts'
import { photoType } from '../domain/types/photo.ts'
import { type UnsentItem, type UnsentWatch, lookAtUnsent, overdueIn } from '../domain/unsentWatch.ts'
import type { Workplace } from './ports.ts'
import { useRecords } from './records.ts'
import { useSession } from './session.ts'
import { useSyncStatus } from './syncStatus.ts'

export type UnsentEntry = Awaited<ReturnType<Workplace['outbox']['unsettled']>>[number]

export interface OverdueUnsent {
  /** How many entries wait for too long, and how many of them the server refused. */
  readonly count: number
  readonly parked: number
  /** Photos of which the server has the record and not the picture [S24]. */
  readonly photos: number
  /** ISO instant by the server's clock, where that is known. */
  readonly since: string
}

const LOOK_MS = 60_000
/** While syncing is in these states, entries change with their records. */
const MOVING: readonly string[] = ['sending', 'pending', 'loading']
const PHOTO_KEY = 'photo '
/** Kept beside the forms, so that it goes with the person's database. */
const WATCH_ID = '.unsent'

const watchSchema = v.object({ seenAtMs: v.number(), waitedMs: v.record(v.string(), v.number()) })

export const useUnsent = defineStore('unsent', () => {
  const session = useSession()
  const records = useRecords()
  const sync = useSyncStatus()
  const entries = shallowRef<readonly UnsentEntry[]>([])
  const deviceId = shallowRef<DeviceId>()
  const waiting = shallowRef<UnsentWatch>()
  let last: { readonly ticksMs: number; readonly seenAtMs: number } | undefined
  let looking: Promise<void> = Promise.resolve()
  let lookIsDue = false
  let reading: Promise<void> = Promise.resolve()

  /** Reads all of them anew. */
  const reload = (): Promise<void> => inTurn(async (workplace) => (await workplace?.outbox.unsettled()) ?? [])

  /** Reads those of records that look different now, as far as they may have any: after an import all are thousands. */
  const follow = (changed: ReadonlySet<RecordId>): Promise<void> =>
    inTurn(async (workplace) => {
      const held = new Set(entries.value.map(({ recordId }) => recordId))
      const ids = [...changed].filter((id) => {
        const { queued, parked } = records.entryOf(id) ?? { queued: 1, parked: 0 }
        return queued + parked > 0 || held.has(id)
      })
      if (ids.length === 0) return entries.value
      const [read, fresh] = [new Set(ids), (await workplace?.outbox.unsettled(ids)) ?? []]
      const others = entries.value.filter(({ recordId }) => !read.has(recordId))
      return [...others, ...fresh].sort((one, other) => one.n - other.n)
    })

  /** One reading after the other: each goes on from the one before. */
  function inTurn(
    read: (workplace: Workplace | undefined) => Promise<readonly UnsentEntry[]>,
  ): Promise<void> {
    const turn = reading.then(async () => {
      const { workplace } = session
      const fresh = await read(workplace)
      if (session.workplace !== workplace) return
      entries.value = fresh
      look()
    })
    reading = turn.catch(() => undefined)
    return turn
  }

  /** One look after the other: each goes on from what the one before has kept, and sees what came before it began. */
  function look(): void {
    if (lookIsDue) return
    lookIsDue = true
    looking = looking
      .then(() => {
        lookIsDue = false
        return lookNow()
      })
      .catch((error: unknown) => {
        console.error('How long work has waited could not be kept.', error)
      })
  }

  async function lookNow(): Promise<void> {
    const { workplace } = session
    if (workplace === undefined) return
    const photos = await photosAlone(workplace)
    if (entries.value.length === 0 && photos.length === 0) {
      if (waiting.value !== undefined) await workplace.forms.drop(WATCH_ID)
      waiting.value = undefined
      last = undefined
      return
    }
    const parsed = v.safeParse(watchSchema, await workplace.forms.load(WATCH_ID))
    const kept = parsed.success ? parsed.output : undefined
    const [nowMs, ticksMs] = [Date.parse(workplace.now()), performance.now()]
    // Another tab has looked since: its time is counted already.
    const elapsedMs = last !== undefined && last.seenAtMs === kept?.seenAtMs ? ticksMs - last.ticksMs : 0
    const items = entries.value.map((entry) => ({
      key: keyOf(entry),
      savedAtMs: Date.parse(entry.mutation.at),
    }))
    const next = lookAtUnsent(kept, [...items, ...photos.map(photoItem(nowMs))], { nowMs, elapsedMs })
    last = { ticksMs, seenAtMs: nowMs }
    if (session.workplace !== workplace) return
    waiting.value = next
    await workplace.forms.keep(WATCH_ID, next)
  }

  /** Photos that wait by themselves: the records of the others are still in the outbox. */
  async function photosAlone(workplace: Workplace): Promise<readonly RecordId[]> {
    const inOutbox = new Set(entries.value.map(({ recordId }) => recordId))
    const all = await (await workplace.photos())?.waiting()
    return (all ?? []).filter((id) => !inOutbox.has(id))
  }

  function photoItem(nowMs: number): (id: RecordId) => UnsentItem {
    const savedAt = new Map(records.ofType(photoType.name).map(({ id, updatedAt }) => [id, updatedAt]))
    return (id) => ({ key: PHOTO_KEY + id, savedAtMs: Date.parse(savedAt.get(id) ?? '') || nowMs })
  }

  watch(
    () => session.workplace,
    async (workplace) => {
      waiting.value = undefined
      last = undefined
      deviceId.value = undefined
      const id = await workplace?.deviceId()
      if (session.workplace === workplace) deviceId.value = id
    },
    { immediate: true },
  )
  watch(() => session.workplace, reload, { immediate: true })
  watch(() => records.lastChange, follow)
  // What syncing does to entries beside their records is seen when it has come to rest.
  watch(
    () => sync.status,
    (status, before) => {
      if (MOVING.includes(status.type)) return undefined
      return status.type === before.type ? look() : reload()
    },
  )
  setInterval(look, LOOK_MS)
  document.addEventListener('visibilitychange', look)

  const parked = computed(() => entries.value.filter(({ state }) => state === 'parked'))

  const overdue = computed<OverdueUnsent | undefined>(() => {
    const late = waiting.value === undefined ? undefined : overdueIn(waiting.value)
    const { workplace } = session
    if (late === undefined || workplace === undefined || waiting.value === undefined) return undefined
    const found = entries.value.filter((entry) => late.keys.includes(keyOf(entry)))
    const nowMs = waiting.value.seenAtMs + (workplace.sync.clockSkewMs() ?? 0)
    return {
      count: found.length,
      parked: found.filter(({ state }) => state === 'parked').length,
      photos: late.keys.filter((key) => key.startsWith(PHOTO_KEY)).length,
      since: new Date(nowMs - late.longestMs).toISOString(),
    }
  })

  /** The content of the file headquarters imports; undefined when it cannot be said from whom it is. */
  function outboxFile(from: readonly UnsentEntry[]): OutboxFile | undefined {
    const { workplace } = session
    if (workplace === undefined || deviceId.value === undefined) return undefined
    const { uid } = workplace.profile
    return buildOutboxFile({ exportedAt: workplace.now(), uid, deviceId: deviceId.value }, from)
  }

  return {
    entries: shallowReadonly(entries),
    parked,
    queuedCount: computed(() => entries.value.length - parked.value.length),
    overdue,
    outboxFile,
    reload,
  }
})

/** Stays the same when the entry is renumbered under another clientId [S10]. */
const keyOf = ({ n }: UnsentEntry): string => String(n)
