/** Enrolment of tablets: signing in makes a device record, or finds the one the tablet already has [S26]. A tablet is its key. */
import { randomBytes } from 'node:crypto'
import { type DeviceId, type Uid, asDeviceId, asRecordId, uuidv7 } from '../../../src/domain/ids.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import { fieldOf, textOf } from '../../../src/domain/record.ts'
import { type Result, err, ok } from '../../../src/domain/result.ts'
import { deviceType } from '../../../src/domain/types/device.ts'
import type { PublicKey } from '../../../src/domain/session.ts'
import type { Refusal } from '../../../src/domain/wire.ts'
import { SYSTEM, commitAs } from '../commit.ts'
import type { Deps } from '../handlers/context.ts'
import { storedKey } from './deviceKey.ts'

/** A tablet as it presents itself; `id` is null while it has none. */
export interface PresentedDevice {
  readonly id: DeviceId | null
  readonly label: string
  readonly publicKey: PublicKey
}

/** The tablet's device id from now on. Errs `revoked` when the device it names has been revoked. */
export async function enrolDevice(
  deps: Deps,
  { uid, device }: { readonly uid: Uid; readonly device: PresentedDevice },
): Promise<Result<DeviceId, Refusal>> {
  const known =
    device.id === null ? undefined : await deps.storage.read((tx) => tx.get('records', device.id ?? ''))
  const now = deps.now()
  const publicKey = storedKey(device.publicKey)
  // An id the server does not know, or of another person or another key, is replaced: a device record is one tablet's.
  if (
    known?.type !== deviceType.name ||
    textOf(known.record, 'owner') !== uid ||
    !['', publicKey].includes(textOf(known.record, 'publicKey'))
  ) {
    const id = asDeviceId(uuidv7(Date.parse(now), randomBytes(10)))
    const from = null
    await commit(deps, {
      ...intentionOn(id, now),
      op: 'create',
      stage: null,
      set: {
        stage: { from, to: 'active' },
        owner: { from, to: uid },
        label: { from, to: device.label },
        enrolledAt: { from, to: now },
        publicKey: { from, to: publicKey },
        lastSignInAt: { from, to: now },
      },
    })
    return ok(id)
  }
  const { record } = known
  if (record.stage !== 'active') return err({ type: 'revoked' })
  await commit(deps, {
    ...intentionOn(record.id, now),
    op: 'edit',
    stage: record.stage,
    set: {
      publicKey: { from: fieldOf(record, 'publicKey'), to: publicKey },
      lastSignInAt: { from: fieldOf(record, 'lastSignInAt'), to: now },
    },
  })
  return ok(asDeviceId(record.id))
}

function intentionOn(id: string, at: string): Pick<Intention, 'v' | 'type' | 'id' | 'blobs' | 'at'> {
  return { v: deviceType.version, type: deviceType.name, id: asRecordId(id), blobs: [], at }
}

async function commit(deps: Deps, intention: Intention): Promise<void> {
  const committed = await commitAs(deps, SYSTEM, [intention])
  if (!committed.ok) throw new Error(`A device could not be enrolled: ${committed.error.type}`)
}
