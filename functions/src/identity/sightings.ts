/** When a tablet was last there (最終接続), to the hour: written after its pull was answered, never in its way [S26]. */
import type { DeviceId } from '../../../src/domain/ids.ts'
import { textOf } from '../../../src/domain/record.ts'
import { deviceType } from '../../../src/domain/types/device.ts'
import { SYSTEM, readEpoch } from '../commit.ts'
import type { Deps } from '../handlers/context.ts'
import { StorageBusyError } from '../storage/storage.ts'
import { Workspace } from '../workspace.ts'

const HOUR_MS = 60 * 60 * 1000

/** Takes note of tablets; one process asks the store about each at most once an hour. */
export function createSightings(deps: Deps): (deviceId: DeviceId) => void {
  const noted = new Map<DeviceId, number>()
  return (deviceId) => {
    const nowMs = Date.parse(deps.now())
    if (Math.abs(nowMs - (noted.get(deviceId) ?? 0)) < HOUR_MS) return
    noted.set(deviceId, nowMs)
    // After the answer is on its way.
    setImmediate(() => {
      noteSighting(deps, deviceId).catch((error: unknown) => {
        noted.delete(deviceId)
        if (!(error instanceof StorageBusyError)) deps.report(error)
      })
    })
  }
}

/** Writes the time unless it was written within the hour, by whichever process; the history does not mention it. */
export async function noteSighting(deps: Deps, deviceId: DeviceId): Promise<void> {
  await deps.storage.transact(async (tx) => {
    const workspace = new Workspace(tx, await readEpoch(tx))
    const device = await workspace.record(deviceId)
    const now = deps.now()
    if (device?.type !== deviceType.name || device.stage !== 'active') return
    if (Date.parse(now) - (Date.parse(textOf(device, 'lastSeenAt')) || 0) < HOUR_MS) return
    await workspace.store({
      ...device,
      rev: device.rev + 1,
      fields: { ...device.fields, lastSeenAt: now },
      updatedBy: SYSTEM.uid,
      updatedAt: now,
    })
    workspace.flush()
  })
}
