/** Every tablet of the bureau with its person and unit, filtered and in order. */
import { computed, shallowRef, watch } from 'vue'
import { type DeviceFacts, type DeviceFilter, isAskedFor } from '../../domain/devices.ts'
import { textOf } from '../../domain/record.ts'
import { deviceType } from '../../domain/types/device.ts'
import { useClock } from '../../stores/clock.ts'
import { useRecords } from '../../stores/records.ts'
import { useSession } from '../../stores/session.ts'
import { useUnits } from '../../stores/units.ts'
import { devicesText } from '../../text/devices.ts'
import { type TabletItem, lastUseOf, tabletOf } from '../members/useTablets.ts'

export interface DeviceItem extends TabletItem, DeviceFacts {
  readonly person: string
}

export type DeviceOrder = keyof typeof devicesText.orders

export function useDevices() {
  const records = useRecords()
  const session = useSession()
  const units = useUnits()
  const clock = useClock()

  const filter = shallowRef<DeviceFilter>({ unit: '', unusedDays: 0, withRevoked: false })
  const order = shallowRef<DeviceOrder>('oldest')
  const all = shallowRef<readonly DeviceItem[]>()

  watch(
    () => [records.loaded, records.lastChange, session.workplace] as const,
    async ([loaded, , workplace]) => {
      if (!loaded) return
      const [active, revoked, ownId] = await Promise.all([
        records.where(deviceType.name, 'stage', 'active'),
        records.where(deviceType.name, 'stage', 'revoked'),
        workplace?.deviceId(),
      ])
      const unitOf = new Map(records.ofType('member').map(({ id, facets }) => [String(id), facets['unit']]))
      all.value = [...active, ...revoked].map((shown) => {
        const owner = textOf(shown.record, 'owner')
        return {
          ...tabletOf(shown, { ownId, markOf: records.markOf }),
          person: units.memberName(owner) || devicesText.someone,
          unit: String(unitOf.get(owner) ?? ''),
          usedAt: lastUseOf(shown.record),
        }
      })
    },
    { immediate: true },
  )

  const found = computed(() =>
    all.value
      ?.filter((device) => isAskedFor(device, filter.value, clock.now))
      .sort((a, b) => {
        const unit = order.value === 'unit' ? units.orderOf(a.unit) - units.orderOf(b.unit) : 0
        const used = a.usedAt < b.usedAt ? -1 : a.usedAt > b.usedAt ? 1 : 0
        return unit || (order.value === 'newest' ? -used : used)
      }),
  )

  return {
    filter,
    order,
    /** Undefined while they are read. */
    found,
  }
}
