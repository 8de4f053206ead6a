/** [S24] [S26] Photos' bytes of a tablet whose grant has ended, as raw requests signed by its key. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import { BLOB_CHUNK_BYTES } from '../../../src/domain/blobs.ts'
import { mutationJson } from '../../../src/domain/mutation.ts'
import { quarantineProofText } from '../../../src/domain/session.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { sha256 } from '../../support/photoStation.ts'
import {
  COMPLETE,
  LARGE,
  NOT_FOUND,
  type PhotoWorld,
  answered,
  openPhotoWorld,
  photoOf,
} from '../../support/photoWorld.ts'
import { enrolSigningTablet, quarantineHeaders } from '../../support/signingTablet.ts'
import { intention, newId } from '../../support/world.ts'

let world: PhotoWorld
beforeEach(async () => {
  world = await openPhotoWorld()
})
afterEach(() => world.close())

describe('[S24][S26] a stopped tablet', () => {
  test('sends the photos of what it handed over by its key, and no others', async () => {
    const tablet = await enrolSigningTablet(world.deps, 'staff')
    const row = await world.makeRow()
    const id = newId()
    const mutation = { ...mutationJson(photoOf(row, LARGE, id)), mid: 1, base: { rev: 0 } }
    const revoked = intention('device', 'edit', {
      id: tablet.deviceId,
      set: { stage: 'revoked' },
      from: { stage: 'active' },
      stage: 'active',
    })
    const signed = async (bytes: Uint8Array): Promise<Record<string, string>> => ({
      'content-type': 'application/octet-stream',
      'x-device-id': tablet.deviceId,
      'x-device-proof': await tablet.key.signText(quarantineProofText(tablet.deviceId, sha256(bytes))),
    })
    const sendStopped = async (
      bytes: Uint8Array,
      { at = id, mid = 1, offset = 0, size = LARGE.length, proofOf = bytes } = {},
    ): Promise<[number, unknown]> =>
      answered(
        await fetch(
          `${world.url}/api/quarantine/blobs/${at}/sha256?client=c-stopped&mid=${mid}&offset=${offset}&size=${size}`,
          { method: 'PUT', headers: await signed(proofOf), body: Uint8Array.from(bytes) },
        ),
      )
    const [first, rest] = [LARGE.subarray(0, BLOB_CHUNK_BYTES), LARGE.subarray(BLOB_CHUNK_BYTES)]
    expect(await sendStopped(first)).toEqual([403, { type: 'forbidden' }])
    expect(await commitAs(world.deps, SYSTEM, [revoked])).toMatchObject({ ok: true })
    expect(await sendStopped(first)).toEqual(NOT_FOUND)

    const body = JSON.stringify({
      protocol: PROTOCOL_VERSION,
      clientId: 'c-stopped',
      mutations: [mutation],
    })
    const handed = await fetch(`${world.url}/api/quarantine`, {
      method: 'POST',
      headers: await quarantineHeaders(tablet, body),
      body,
    })
    expect(handed.status).toBe(200)
    expect(await sendStopped(first, { proofOf: rest })).toEqual([401, { type: 'unauthenticated' }])
    expect(await sendStopped(first, { at: newId() })).toEqual(NOT_FOUND)
    expect(await sendStopped(first, { mid: 2 })).toEqual(NOT_FOUND)
    const begun = [200, { type: 'partial', offset: BLOB_CHUNK_BYTES }]
    expect(await sendStopped(first)).toEqual(begun)
    const asked = await fetch(`${world.url}/api/quarantine/blobs/${id}/sha256/state?client=c-stopped&mid=1`, {
      headers: await signed(new Uint8Array()),
    })
    expect(await answered(asked)).toEqual(begun)
    const middle = rest.subarray(0, BLOB_CHUNK_BYTES)
    expect(await sendStopped(middle, { offset: BLOB_CHUNK_BYTES })).toEqual([
      200,
      { type: 'partial', offset: 2 * BLOB_CHUNK_BYTES },
    ])
    const last = rest.subarray(BLOB_CHUNK_BYTES)
    expect(await sendStopped(last, { offset: 2 * BLOB_CHUNK_BYTES })).toEqual(COMPLETE)
    expect([...world.objects.keys()]).toEqual([`photos/${id}/${sha256(LARGE)}.jpg`])
  })
})
