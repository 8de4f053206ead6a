/** [S24] Photos' bytes as raw requests: what is taken, from whom, and who is shown them. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BLOB_CHUNK_BYTES, MAX_BLOB_BYTES } from '../../../src/domain/blobs.ts'
import { EXIF, makeJpeg } from '../../support/jpeg.ts'
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
import { draftValues, intention, newId } from '../../support/world.ts'

let world: PhotoWorld
beforeEach(async () => {
  world = await openPhotoWorld()
})
afterEach(() => world.close())

describe('[S24] sending', () => {
  test('a photo comes in chunks, goes on where it stopped, and is served with headers that make it a picture only', async () => {
    const id = await world.makePhoto(LARGE)
    const path = `${id}/sha256`
    expect(await world.state('staff', path)).toEqual([200, { type: 'partial', offset: 0 }])
    const first = LARGE.subarray(0, BLOB_CHUNK_BYTES)
    const begun = [200, { type: 'partial', offset: BLOB_CHUNK_BYTES }]
    expect(await world.put('staff', path, { offset: 0, size: LARGE.length, bytes: first })).toEqual(begun)
    // The answer was lost: the same chunk again, and one from too far on, are told where to go on from.
    expect(await world.put('staff', path, { offset: 0, size: LARGE.length, bytes: first })).toEqual(begun)
    const last = LARGE.subarray(2 * BLOB_CHUNK_BYTES)
    expect(
      await world.put('staff', path, { offset: 2 * BLOB_CHUNK_BYTES, size: LARGE.length, bytes: last }),
    ).toEqual(begun)
    expect(await world.state('staff', path)).toEqual(begun)
    expect((await world.request('staff', path)).status).toBe(404)
    expect(await world.upload('staff', path, LARGE)).toEqual(COMPLETE)
    expect(await world.state('staff', path)).toEqual(COMPLETE)
    expect(await world.upload('staff', path, LARGE)).toEqual(COMPLETE)
    expect([...world.objects.keys()]).toEqual([`photos/${id}/${sha256(LARGE)}.jpg`])

    const answer = await world.request('mate', path)
    expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(sha256(LARGE))
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'content-disposition': `inline; filename="photo-${id}.jpg"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    })
  })

  test.each<readonly [string, Uint8Array]>([
    ['metadata', makeJpeg({ extra: EXIF })],
    ['notJpeg', new TextEncoder().encode('<!doctype html><script>alert(1)</script>')],
    ['truncated', makeJpeg().subarray(0, 90)],
    ['dimensions', makeJpeg({ width: 4000, height: 3000 })],
  ])('%s is refused by type and nothing of it is kept', async (fault, bytes) => {
    const id = await world.makePhoto(bytes)
    expect(await world.upload('staff', `${id}/sha256`, bytes)).toEqual([200, { type: 'refused', fault }])
    expect([...world.objects]).toEqual([])
    expect(await world.state('staff', `${id}/sha256`)).toEqual([200, { type: 'partial', offset: 0 }])
  })

  test('bytes that are not those the record names are refused, and the right ones taken afterwards', async () => {
    const id = await world.makePhoto(LARGE)
    const other = makeJpeg({ seed: 1, length: 2 * BLOB_CHUNK_BYTES + 1000 })
    expect(await world.upload('staff', `${id}/sha256`, other)).toEqual([
      200,
      { type: 'refused', fault: 'hash' },
    ])
    expect([...world.objects]).toEqual([])
    expect(await world.upload('staff', `${id}/sha256`, LARGE)).toEqual(COMPLETE)
  })

  test('a chunk too large, empty, past its own end, undeclared or of another type is refused; so is a photo too large', async () => {
    const id = await world.makePhoto(LARGE)
    const path = `${id}/sha256`
    const large = new Uint8Array(BLOB_CHUNK_BYTES + 1)
    expect(await world.put('staff', path, { offset: 0, size: large.length, bytes: large })).toEqual([
      413,
      { type: 'tooLarge' },
    ])
    const one = Uint8Array.of(1)
    const invalid = [400, { type: 'invalid' }]
    expect(await world.put('staff', path, { offset: 0, size: 10, bytes: new Uint8Array() })).toEqual(invalid)
    expect(await world.put('staff', path, { offset: 10, size: 10, bytes: one })).toEqual(invalid)
    expect(await world.put('staff', path, { offset: 0, size: MAX_BLOB_BYTES + 1, bytes: one })).toEqual([
      200,
      { type: 'refused', fault: 'tooLarge' },
    ])
    for (const query of [
      '',
      '?offset=0',
      '?offset=-1&size=10',
      '?offset=0x1&size=10',
      '?offset=0&size=1e3',
      '?offset=0&offset=1&size=2',
    ]) {
      const init = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: one }
      expect(await answered(await world.request('staff', `${path}${query}`, init))).toEqual(invalid)
    }
    const json = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect(await answered(await world.request('staff', `${path}?offset=0&size=2`, json))).toEqual(invalid)
    for (const method of ['POST', 'DELETE', 'PATCH'])
      expect((await world.request('staff', path, { method })).status).toBe(404)
    expect([...world.objects]).toEqual([])
  })

  test('of one photo sent twice at once one is kept, whole, and nothing lies about', async () => {
    const id = await world.makePhoto(LARGE)
    const path = `${id}/sha256`
    for (let offset = 0; offset < LARGE.length; offset += BLOB_CHUNK_BYTES) {
      const bytes = LARGE.subarray(offset, offset + BLOB_CHUNK_BYTES)
      await Promise.all([1, 2, 3].map(() => world.put('staff', path, { offset, size: LARGE.length, bytes })))
    }
    expect(await world.state('staff', path)).toEqual(COMPLETE)
    expect([...world.objects.keys()]).toEqual([`photos/${id}/${sha256(LARGE)}.jpg`])
  })

  test('only the record’s author sends; nobody learns of a record they may not read', async () => {
    const id = await world.makePhoto(LARGE)
    const chunk = { offset: 0, size: LARGE.length, bytes: LARGE.subarray(0, 10) }
    for (const uid of ['mate', 'lead']) {
      expect(await world.put(uid, `${id}/sha256`, chunk)).toEqual([403, { type: 'forbidden' }])
      expect(await world.state(uid, `${id}/sha256`)).toEqual([403, { type: 'forbidden' }])
    }
    for (const uid of ['other', 'hq']) {
      expect(await world.put(uid, `${id}/sha256`, chunk)).toEqual(NOT_FOUND)
      expect(await world.state(uid, `${id}/sha256`)).toEqual(NOT_FOUND)
    }
    expect([...world.objects]).toEqual([])
  })
})

describe('[S24] reading', () => {
  test('a draft’s photo is its unit’s alone; submitted with its row it is the bureau’s', async () => {
    const row = await world.makeRow()
    const id = await world.makePhoto(LARGE, row)
    await world.upload('staff', `${id}/sha256`, LARGE)
    for (const uid of ['other', 'hq'])
      expect(await answered(await world.request(uid, `${id}/sha256`))).toEqual(NOT_FOUND)
    const submit = intention('initiative', 'edit', {
      id: row,
      stage: 'draft',
      set: { stage: 'submitted' },
      from: { stage: 'draft' },
    })
    expect(await world.send('lead', submit)).toMatchObject({ outcome: 'accepted' })
    for (const uid of ['other', 'hq', 'mate'])
      expect((await world.request(uid, `${id}/sha256`)).status).toBe(200)
  })

  test('who knows a photo’s hash gets it neither by the hash nor by a record of their own that names it', async () => {
    const id = await world.makePhoto(LARGE)
    await world.upload('staff', `${id}/sha256`, LARGE)
    const row = newId()
    await world.send(
      'other',
      intention('initiative', 'create', { id: row, set: draftValues('osaki', '横取り') }),
    )
    const stolen = newId()
    expect(await world.send('other', photoOf(row, LARGE, stolen))).toMatchObject({ outcome: 'accepted' })
    expect(await answered(await world.request('other', `${stolen}/sha256`))).toEqual(NOT_FOUND)
    expect(await world.state('other', `${stolen}/sha256`)).toEqual([200, { type: 'partial', offset: 0 }])
    expect((await world.request('other', `${sha256(LARGE)}/sha256`)).status).toBe(404)
  })

  test('a removed photo, another field, another type and a path that leads elsewhere are not found', async () => {
    const row = await world.makeRow()
    const id = await world.makePhoto(LARGE, row)
    await world.upload('staff', `${id}/sha256`, LARGE)
    for (const path of [`${id}/caption`, `${id}/constructor`, `${row}/sha256`, `${newId()}/sha256`])
      expect((await world.request('staff', path)).status).toBe(404)
    const port = Number(new URL(world.url).port)
    const { authorization } = await world.bearer('staff')
    for (const path of [`..%2f..%2fetc/passwd`, `../photos/${id}/sha256`, `%2e%2e/sha256`, `${id}/..%2fx`]) {
      const socket = connect(port, '127.0.0.1')
      socket.write(
        `GET /api/blobs/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
      )
      let text = ''
      socket.on('data', (data: Buffer) => (text += data.toString('latin1')))
      await once(socket, 'close')
      expect(text).toMatch(/^HTTP\/1\.1 40[04] /)
    }
    const remove = intention('photo', 'remove', { id, stage: 'posted', set: {} })
    expect(await world.send('staff', remove)).toMatchObject({ outcome: 'accepted' })
    expect(await answered(await world.request('staff', `${id}/sha256`))).toEqual(NOT_FOUND)
  })

  test('without a token of ours nothing is said', async () => {
    const id = await world.makePhoto(LARGE)
    for (const [method, path] of [
      ['GET', `${id}/sha256`],
      ['GET', `${id}/sha256/state`],
      ['PUT', `${id}/sha256?offset=0&size=1`],
    ] as const) {
      const answer = await fetch(`${world.url}/api/blobs/${path}`, { method })
      expect(await answered(answer)).toEqual([401, { type: 'unauthenticated' }])
    }
  })
})
