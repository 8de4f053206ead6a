/** [S24] Photos' bytes as raw requests: what is taken, from whom, and who is shown them. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM, commitAs } from '../../../functions/src/commit.ts'
import type { Caller } from '../../../functions/src/handlers/context.ts'
import { push } from '../../../functions/src/handlers/push.ts'
import { BLOB_CHUNK_BYTES, MAX_BLOB_BYTES } from '../../../src/domain/blobs.ts'
import { asDeviceId, asUid } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import { type Intention, mutationJson } from '../../../src/domain/mutation.ts'
import { quarantineProofText } from '../../../src/domain/session.ts'
import { PROTOCOL_VERSION, type Receipt } from '../../../src/domain/wire.ts'
import { EXIF, makeJpeg } from '../../support/jpeg.ts'
import { type ListeningApp, listen } from '../../support/listening.ts'
import { memoryBlobs } from '../../support/memoryBlobs.ts'
import { enrolSigningTablet, quarantineHeaders } from '../../support/signingTablet.ts'
import { type World, draftValues, enrol, intention, newId, openWorld } from '../../support/world.ts'

let world: World
let server: ListeningApp
let url: string
let objects: Map<string, Uint8Array>
const mids = new Map<string, number>()

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const callerOf = (uid: string): Caller => ({ uid: asUid(uid), deviceId: asDeviceId(`dev-${uid}`) })

beforeEach(async () => {
  mids.clear()
  world = await openWorld()
  await enrol(world, 'staff', 'kameido', ['staff'])
  await enrol(world, 'mate', 'kameido', ['staff'])
  await enrol(world, 'lead', 'kameido', ['lead'])
  await enrol(world, 'other', 'osaki', ['staff', 'lead'])
  await enrol(world, 'hq', 'somu', ['hq'])
  objects = new Map()
  server = await listen(world.deps, memoryBlobs(objects))
  url = server.url
})
afterEach(async () => {
  server.close()
  await world.close()
})

/** Pushes one mutation from the person's own outbox and answers its receipt. */
async function send(uid: string, what: Intention): Promise<Receipt> {
  const mid = (mids.get(uid) ?? 0) + 1
  mids.set(uid, mid)
  const mutations = [{ ...mutationJson(what), mid, base: { rev: what.op === 'create' ? 0 : 1 } }]
  const body = { protocol: PROTOCOL_VERSION, clientId: `c-${uid}`, mutations }
  const answer = await push(world.deps, callerOf(uid), body)
  const receipt = answer.ok && answer.value.type === 'receipts' ? answer.value.receipts[0] : undefined
  if (receipt === undefined) throw new Error(JSON.stringify(answer))
  return receipt
}

const photoOf = (initiative: string, bytes: Uint8Array, id = newId()): Intention =>
  intention('photo', 'create', {
    id,
    set: {
      stage: 'posted',
      initiative,
      sha256: sha256(bytes),
      thumbSha256: sha256(makeJpeg({ seed: 200 })),
      width: 640,
      height: 480,
      bytes: bytes.length,
    },
  })

async function makeRow(stage: 'draft' | 'submitted' = 'draft'): Promise<string> {
  const id = newId()
  await send(
    'lead',
    intention('initiative', 'create', { id, set: { ...draftValues('kameido', '棚'), stage } }),
  )
  return id
}

/** A photo's record on a draft; its bytes are still to come. */
async function makePhoto(bytes: Uint8Array, row?: string): Promise<string> {
  const id = newId()
  const made = await send('staff', photoOf(row ?? (await makeRow()), bytes, id))
  expect(made).toMatchObject({ outcome: 'accepted' })
  return id
}

const bearer = async (uid: string): Promise<{ authorization: string }> => {
  const { authorization = '' } = await server.headersOf(callerOf(uid))
  return { authorization }
}
async function request(uid: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/api/blobs/${path}`, {
    ...init,
    headers: { ...(await bearer(uid)), ...Object.fromEntries(new Headers(init.headers)) },
  })
}
const answered = async (response: Response): Promise<[number, unknown]> => [
  response.status,
  await response.json(),
]
const put = async (
  uid: string,
  path: string,
  { offset, size, bytes }: { offset: number; size: number; bytes: Uint8Array },
): Promise<[number, unknown]> =>
  answered(
    await request(uid, `${path}?offset=${offset}&size=${size}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: Uint8Array.from(bytes),
    }),
  )
/** Sends everything in chunks and answers what the last one came to. */
async function upload(uid: string, path: string, bytes: Uint8Array): Promise<[number, unknown]> {
  let last: [number, unknown] = [0, undefined]
  for (let offset = 0; offset < bytes.length; offset += BLOB_CHUNK_BYTES) {
    const chunk = bytes.subarray(offset, offset + BLOB_CHUNK_BYTES)
    last = await put(uid, path, { offset, size: bytes.length, bytes: chunk })
  }
  return last
}
const state = async (uid: string, path: string): Promise<[number, unknown]> =>
  answered(await request(uid, `${path}/state`))

const COMPLETE = [200, { type: 'complete' }]
const NOT_FOUND = [404, { type: 'notFound' }]
const LARGE = makeJpeg({ length: 2 * BLOB_CHUNK_BYTES + 1000 })

describe('[S24] sending', () => {
  test('a photo comes in chunks, goes on where it stopped, and is served with headers that make it a picture only', async () => {
    const id = await makePhoto(LARGE)
    const path = `${id}/sha256`
    expect(await state('staff', path)).toEqual([200, { type: 'partial', offset: 0 }])
    const first = LARGE.subarray(0, BLOB_CHUNK_BYTES)
    const begun = [200, { type: 'partial', offset: BLOB_CHUNK_BYTES }]
    expect(await put('staff', path, { offset: 0, size: LARGE.length, bytes: first })).toEqual(begun)
    // The answer was lost: the same chunk again, and one from too far on, are told where to go on from.
    expect(await put('staff', path, { offset: 0, size: LARGE.length, bytes: first })).toEqual(begun)
    const last = LARGE.subarray(2 * BLOB_CHUNK_BYTES)
    expect(
      await put('staff', path, { offset: 2 * BLOB_CHUNK_BYTES, size: LARGE.length, bytes: last }),
    ).toEqual(begun)
    expect(await state('staff', path)).toEqual(begun)
    expect((await request('staff', path)).status).toBe(404)
    expect(await upload('staff', path, LARGE)).toEqual(COMPLETE)
    expect(await state('staff', path)).toEqual(COMPLETE)
    expect(await upload('staff', path, LARGE)).toEqual(COMPLETE)
    expect([...objects.keys()]).toEqual([`photos/${id}/${sha256(LARGE)}.jpg`])

    const answer = await request('mate', path)
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
    const id = await makePhoto(bytes)
    expect(await upload('staff', `${id}/sha256`, bytes)).toEqual([200, { type: 'refused', fault }])
    expect([...objects]).toEqual([])
    expect(await state('staff', `${id}/sha256`)).toEqual([200, { type: 'partial', offset: 0 }])
  })

  test('bytes that are not those the record names are refused, and the right ones taken afterwards', async () => {
    const id = await makePhoto(LARGE)
    const other = makeJpeg({ seed: 1, length: 2 * BLOB_CHUNK_BYTES + 1000 })
    expect(await upload('staff', `${id}/sha256`, other)).toEqual([200, { type: 'refused', fault: 'hash' }])
    expect([...objects]).toEqual([])
    expect(await upload('staff', `${id}/sha256`, LARGE)).toEqual(COMPLETE)
  })

  test('a chunk too large, empty, past its own end, undeclared or of another type is refused; so is a photo too large', async () => {
    const id = await makePhoto(LARGE)
    const path = `${id}/sha256`
    const large = new Uint8Array(BLOB_CHUNK_BYTES + 1)
    expect(await put('staff', path, { offset: 0, size: large.length, bytes: large })).toEqual([
      413,
      { type: 'tooLarge' },
    ])
    const one = Uint8Array.of(1)
    const invalid = [400, { type: 'invalid' }]
    expect(await put('staff', path, { offset: 0, size: 10, bytes: new Uint8Array() })).toEqual(invalid)
    expect(await put('staff', path, { offset: 10, size: 10, bytes: one })).toEqual(invalid)
    expect(await put('staff', path, { offset: 0, size: MAX_BLOB_BYTES + 1, bytes: one })).toEqual([
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
      expect(await answered(await request('staff', `${path}${query}`, init))).toEqual(invalid)
    }
    const json = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect(await answered(await request('staff', `${path}?offset=0&size=2`, json))).toEqual(invalid)
    for (const method of ['POST', 'DELETE', 'PATCH'])
      expect((await request('staff', path, { method })).status).toBe(404)
    expect([...objects]).toEqual([])
  })

  test('of one photo sent twice at once one is kept, whole, and nothing lies about', async () => {
    const id = await makePhoto(LARGE)
    const path = `${id}/sha256`
    for (let offset = 0; offset < LARGE.length; offset += BLOB_CHUNK_BYTES) {
      const bytes = LARGE.subarray(offset, offset + BLOB_CHUNK_BYTES)
      await Promise.all([1, 2, 3].map(() => put('staff', path, { offset, size: LARGE.length, bytes })))
    }
    expect(await state('staff', path)).toEqual(COMPLETE)
    expect([...objects.keys()]).toEqual([`photos/${id}/${sha256(LARGE)}.jpg`])
  })

  test('only the record’s author sends; nobody learns of a record they may not read', async () => {
    const id = await makePhoto(LARGE)
    const chunk = { offset: 0, size: LARGE.length, bytes: LARGE.subarray(0, 10) }
    for (const uid of ['mate', 'lead']) {
      expect(await put(uid, `${id}/sha256`, chunk)).toEqual([403, { type: 'forbidden' }])
      expect(await state(uid, `${id}/sha256`)).toEqual([403, { type: 'forbidden' }])
    }
    for (const uid of ['other', 'hq']) {
      expect(await put(uid, `${id}/sha256`, chunk)).toEqual(NOT_FOUND)
      expect(await state(uid, `${id}/sha256`)).toEqual(NOT_FOUND)
    }
    expect([...objects]).toEqual([])
  })
})

describe('[S24] reading', () => {
  test('a draft’s photo is its unit’s alone; submitted with its row it is the bureau’s', async () => {
    const row = await makeRow()
    const id = await makePhoto(LARGE, row)
    await upload('staff', `${id}/sha256`, LARGE)
    for (const uid of ['other', 'hq'])
      expect(await answered(await request(uid, `${id}/sha256`))).toEqual(NOT_FOUND)
    const submit = intention('initiative', 'edit', {
      id: row,
      stage: 'draft',
      set: { stage: 'submitted' },
      from: { stage: 'draft' },
    })
    expect(await send('lead', submit)).toMatchObject({ outcome: 'accepted' })
    for (const uid of ['other', 'hq', 'mate']) expect((await request(uid, `${id}/sha256`)).status).toBe(200)
  })

  test('who knows a photo’s hash gets it neither by the hash nor by a record of their own that names it', async () => {
    const id = await makePhoto(LARGE)
    await upload('staff', `${id}/sha256`, LARGE)
    const row = newId()
    await send('other', intention('initiative', 'create', { id: row, set: draftValues('osaki', '横取り') }))
    const stolen = newId()
    expect(await send('other', photoOf(row, LARGE, stolen))).toMatchObject({ outcome: 'accepted' })
    expect(await answered(await request('other', `${stolen}/sha256`))).toEqual(NOT_FOUND)
    expect(await state('other', `${stolen}/sha256`)).toEqual([200, { type: 'partial', offset: 0 }])
    expect((await request('other', `${sha256(LARGE)}/sha256`)).status).toBe(404)
  })

  test('a removed photo, another field, another type and a path that leads elsewhere are not found', async () => {
    const row = await makeRow()
    const id = await makePhoto(LARGE, row)
    await upload('staff', `${id}/sha256`, LARGE)
    for (const path of [`${id}/caption`, `${id}/constructor`, `${row}/sha256`, `${newId()}/sha256`])
      expect((await request('staff', path)).status).toBe(404)
    const port = Number(new URL(url).port)
    const { authorization } = await bearer('staff')
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
    expect(await send('staff', remove)).toMatchObject({ outcome: 'accepted' })
    expect(await answered(await request('staff', `${id}/sha256`))).toEqual(NOT_FOUND)
  })

  test('without a token of ours nothing is said', async () => {
    const id = await makePhoto(LARGE)
    for (const [method, path] of [
      ['GET', `${id}/sha256`],
      ['GET', `${id}/sha256/state`],
      ['PUT', `${id}/sha256?offset=0&size=1`],
    ] as const) {
      const answer = await fetch(`${url}/api/blobs/${path}`, { method })
      expect(await answered(answer)).toEqual([401, { type: 'unauthenticated' }])
    }
  })
})

describe('[S24] photos of a row', () => {
  test('twenty are taken and the next is parked by its type; removing one makes room; batches count too', async () => {
    const row = await makeRow()
    const first = newId()
    const batch = Array.from({ length: 22 }, (_, index) => ({
      ...mutationJson(photoOf(row, makeJpeg({ seed: index }), index === 0 ? first : newId())),
      mid: index + 1,
      base: { rev: 0 },
    }))
    const body = { protocol: PROTOCOL_VERSION, clientId: 'c-staff', mutations: batch }
    const answer = await push(world.deps, callerOf('staff'), body)
    const receipts = answer.ok && answer.value.type === 'receipts' ? answer.value.receipts : []
    const parked = { outcome: 'parked', reason: { type: 'tooMany' } }
    expect(receipts.slice(0, 20).every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(receipts.slice(20)).toMatchObject([parked, parked])
    expect(await send('mate', photoOf(row, LARGE))).toMatchObject(parked)
    const remove = intention('photo', 'remove', { id: first, stage: 'posted', set: {} })
    expect(await send('lead', remove)).toMatchObject({ outcome: 'accepted' })
    expect(await send('mate', photoOf(row, LARGE))).toMatchObject({ outcome: 'accepted' })
    expect(await send('mate', photoOf(row, LARGE))).toMatchObject(parked)
  })

  test('they are added by the unit, removed by author and lead, and never changed', async () => {
    const row = await makeRow('submitted')
    const refused = { outcome: 'parked', reason: { type: 'notAllowed' } }
    expect(await send('other', photoOf(row, LARGE))).toMatchObject(refused)
    expect(await send('hq', photoOf(row, LARGE))).toMatchObject(refused)
    const id = await makePhoto(LARGE, row)
    const edit = (set: Record<string, Json>): Intention =>
      intention('photo', 'edit', { id, stage: 'posted', set, from: { sha256: sha256(LARGE) } })
    expect(await send('staff', edit({ sha256: 'a'.repeat(64) }))).toMatchObject(refused)
    expect(await send('staff', edit({ caption: '後から' }))).toMatchObject(refused)
    const remove = intention('photo', 'remove', { id, stage: 'posted', set: {} })
    for (const uid of ['mate', 'other', 'hq']) expect(await send(uid, remove)).toMatchObject(refused)
    expect(await send('staff', remove)).toMatchObject({ outcome: 'accepted' })
  })
})

describe('[S24][S26] a stopped tablet', () => {
  test('sends the photos of what it handed over by its key, and no others', async () => {
    const tablet = await enrolSigningTablet(world.deps, 'staff')
    const row = await makeRow()
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
          `${url}/api/quarantine/blobs/${at}/sha256?client=c-stopped&mid=${mid}&offset=${offset}&size=${size}`,
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
    const handed = await fetch(`${url}/api/quarantine`, {
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
    const asked = await fetch(`${url}/api/quarantine/blobs/${id}/sha256/state?client=c-stopped&mid=1`, {
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
    expect([...objects.keys()]).toEqual([`photos/${id}/${sha256(LARGE)}.jpg`])
  })
})
