/** Tablets of the whole bureau as headquarters looks through them (M3). */

/** What the filter reads of a tablet. */
export interface DeviceFacts {
  readonly unit: string
  readonly revoked: boolean
  /** When it last received, or its person signed in (ISO); '' when never. */
  readonly usedAt: string
}

/** Conditions hold together; '' and 0 ask for nothing. */
export interface DeviceFilter {
  readonly unit: string
  /** Only tablets not there for so many days. */
  readonly unusedDays: number
  readonly withRevoked: boolean
}

const DAY_MS = 86_400_000

/** Whether a tablet is among those asked for. `now` is ISO. */
export function isAskedFor(
  { unit, revoked, usedAt }: DeviceFacts,
  filter: DeviceFilter,
  now: string,
): boolean {
  if (filter.unit !== '' && unit !== filter.unit) return false
  if (revoked && !filter.withRevoked) return false
  if (filter.unusedDays === 0) return true
  return usedAt === '' || Date.parse(now) - Date.parse(usedAt) >= filter.unusedDays * DAY_MS
}
