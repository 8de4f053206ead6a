/** [S23] Snapshots as the network sees them: the real server, a thousand rows. */
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_PASSWORD } from '../../../functions/src/demo.ts'
import { openDiskBlobs } from '../../../functions/src/blobs/diskBlobs.ts'
import { blobsPath } from '../../../functions/src/ops/dataDir.ts'
import { sessionResponseSchema } from '../../../src/domain/session.ts'
import { SNAPSHOT_MIN_ROWS } from '../../../src/domain/snapshot.ts'
import { PROTOCOL_VERSION } from '../../../src/domain/wire.ts'
import { makeDeviceKey } from '../../support/deviceKey.ts'
import { addRows, titleOf } from '../../support/manyRows.ts'
import { type RunningServer, startServer } from '../../support/server.ts'
import { pagesOf } from '../../support/snapshots.ts'
import { tempDir } from '../../support/tempDir.ts'

let directory: Awaited<ReturnType<typeof tempDir>>
let dataDir: string
let server: RunningServer
let token: string

const ask = (encoding: string): Promise<Response> =>
  fetch(`${server.url}/api/snapshot`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'accept-encoding': encoding,
    },
    body: JSON.stringify({ protocol: PROTOCOL_VERSION, cursors: {} }),
  })

beforeAll(async () => {
  directory = await tempDir()
  dataDir = join(directory.path, 'data')
  server = await startServer({ dataDir, demo: true })
  await server.kill()
  await addRows(dataDir, SNAPSHOT_MIN_ROWS)
  await server.restart()
  const { publicKey } = await makeDeviceKey()
  const answer = await fetch(`${server.url}/api/session/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'labor-kameido@demo.example',
      password: DEMO_PASSWORD,
      device: { id: null, label: 'test', publicKey },
    }),
  })
  token = v.parse(sessionResponseSchema, await answer.json()).accessToken
}, 120_000)
afterAll(async () => {
  await server.stop()
  await directory.remove()
})

test('[S23] who takes no brotli is told to pull, and no snapshot is made for them', async () => {
  const answer = await ask('gzip')
  expect([answer.status, await answer.json()]).toEqual([404, { type: 'notFound' }])
  expect(await openDiskBlobs(blobsPath(dataDir)).list('snapshots')).toEqual([])
})

test('[S23] a part is sent as brotli, whole and uncached, and is made once', async () => {
  const answer = await ask('gzip, br')
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
  })
  const text = await answer.text()
  expect(text.endsWith('\n{"type":"end","more":false}\n')).toBe(true)
  const records = pagesOf(text).flatMap((page) => page.records)
  expect(records.map((record) => record?.fields['title'])).toContain(titleOf(SNAPSHOT_MIN_ROWS))
  const blobs = openDiskBlobs(blobsPath(dataDir))
  const kept = await blobs.list('snapshots')
  await server.restart()
  expect((await ask('br')).status).toBe(200)
  expect(await blobs.list('snapshots')).toEqual(kept)
})
