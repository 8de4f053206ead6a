/** A tablet that hands its outbox over by its own key, against a server that listens. */
import { createHash } from 'node:crypto'
import { enrolDevice } from '../../functions/src/identity/devices.ts'
import type { Deps } from '../../functions/src/handlers/context.ts'
import { type DeviceId, asUid } from '../../src/domain/ids.ts'
import { quarantineProofText } from '../../src/domain/session.ts'
import { type DeviceKey, makeDeviceKey } from './deviceKey.ts'

export interface SigningTablet {
  readonly deviceId: DeviceId
  readonly key: DeviceKey
}

/** Enrols a tablet with a key of its own for a member. */
export async function enrolSigningTablet(deps: Deps, uid: string): Promise<SigningTablet> {
  const key = await makeDeviceKey()
  const device = { id: null, label: 'テスト端末', publicKey: key.publicKey }
  const enrolled = await enrolDevice(deps, { uid: asUid(uid), device })
  if (!enrolled.ok) throw new Error('The tablet was not enrolled.')
  return { deviceId: enrolled.value, key }
}

/** The headers with which this tablet hands over this body. */
export async function quarantineHeaders(
  { deviceId, key }: SigningTablet,
  body: string,
): Promise<Record<string, string>> {
  const bodyHash = createHash('sha256').update(body).digest('hex')
  return {
    'content-type': 'application/json',
    'x-device-id': deviceId,
    'x-device-proof': await key.signText(quarantineProofText(deviceId, bodyHash)),
  }
}
