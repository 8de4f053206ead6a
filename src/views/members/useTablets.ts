/** A person's tablets, from the records this tablet holds; changes go through the outbox like every edit. */
import { type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from 'vue'
import type { RecordId, Uid } from '../../domain/ids.ts'
import { type StoredRecord, textOf } from '../../domain/record.ts'
import type { SyncMark } from '../../domain/syncMark.ts'
import { deviceType } from '../../domain/types/device.ts'
import type { Shown } from '../../stores/ports.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { dateText, dateTimeText } from '../../text/dates.ts'
import { reasonText } from '../../text/saveError.ts'

export interface TabletItem {
  readonly id: RecordId
  readonly label: string
  readonly enrolledAt: string
  readonly lastSignInAt: string
  readonly lastSeenAt: string
  readonly revoked: boolean
  /** It is the one in the hands of whoever is looking. */
  readonly own: boolean
  readonly mark: SyncMark
  readonly record: StoredRecord
}

/** A device record as shown. `ownId` is the device of whoever is looking. */
export function tabletOf(
  { record, queued, parked }: Shown,
  { ownId, markOf }: { ownId: string | undefined; markOf: ReturnType<typeof useRecords>['markOf'] },
): TabletItem {
  return {
    id: record.id,
    record,
    label: textOf(record, 'label'),
    enrolledAt: dateText(textOf(record, 'enrolledAt')),
    lastSignInAt: dateTimeText(textOf(record, 'lastSignInAt')),
    lastSeenAt: dateTimeText(textOf(record, 'lastSeenAt')),
    revoked: record.stage !== 'active',
    own: String(record.id) === ownId,
    mark: markOf({ id: record.id, queued: queued.length, parked: parked.length }),
  }
}

/** Changes of a tablet's record. Each answers what went wrong in words; undefined when it is saved. */
export function useTabletEdits() {
  const records = useRecords()

  async function save(
    { id, revoked }: Pick<TabletItem, 'id' | 'revoked'>,
    set: Readonly<Record<string, { from: string; to: string }>>,
  ): Promise<string | undefined> {
    const stage = revoked ? 'revoked' : 'active'
    const saved = await records.save({ type: deviceType.name, op: 'edit', id, stage, set })
    return saved.ok ? undefined : reasonText(saved.error, deviceType.name)
  }

  return {
    rename: (tablet: TabletItem, label: string) => save(tablet, { label: { from: tablet.label, to: label } }),
    revoke: (tablet: Pick<TabletItem, 'id' | 'revoked'>) =>
      save(tablet, { stage: { from: 'active', to: 'revoked' } }),
  }
}

export function useTablets(owner: MaybeRefOrGetter<Uid>) {
  const records = useRecords()
  const session = useSession()
  const tablets = shallowRef<readonly TabletItem[]>()

  watch(
    () => [toValue(owner), records.lastChange, session.workplace] as const,
    async ([uid, , workplace]) => {
      const found = await records.where(deviceType.name, 'owner', uid)
      const ownId = await workplace?.deviceId()
      if (toValue(owner) !== uid) return
      tablets.value = found
        .toSorted((a, b) => order(a.record, b.record))
        .map((shown) => tabletOf(shown, { ownId, markOf: records.markOf }))
    },
    { immediate: true },
  )

  return {
    /** Undefined while they are read. */
    tablets: shallowReadonly(tablets),
    ...useTabletEdits(),
  }
}

/** When somebody last used it, ISO; '' when never. */
export function lastUseOf(record: StoredRecord): string {
  return [textOf(record, 'lastSeenAt'), textOf(record, 'lastSignInAt')].toSorted().at(-1) ?? ''
}

/** Those in use first, then the ones used last. */
function order(a: StoredRecord, b: StoredRecord): number {
  if (a.stage !== b.stage) return a.stage === 'active' ? -1 : 1
  return lastUseOf(a) > lastUseOf(b) ? -1 : 1
}
