/** [S20] Pulls as the network sees them: the real server. */
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Pulled, pullUrl, pulledAt, pulledSchema } from '../../../src/domain/patch.ts'
import { type Cursor, PROTOCOL_VERSION, pullResponseSchema } from '../../../src/domain/wire.ts'
import { addRows } from '../../support/manyRows.ts'
import { type RawTablet, rawTablet } from '../../support/rawTablet.ts'
import { type RunningServer, startServer } from '../../support/server.ts'
import { tempDir } from '../../support/tempDir.ts'

let directory: Awaited<ReturnType<typeof tempDir>>
let server: RunningServer
let tablet: RawTablet

beforeAll(async () => {
  directory = await tempDir()
  const dataDir = join(directory.path, 'data')
  server = await startServer({ dataDir, demo: true })
  await server.kill()
  await addRows(dataDir, 600)
  await server.restart()
  tablet = await rawTablet(server.url, 'labor-kameido')
})
afterAll(async () => {
  await server.stop()
  await directory.remove()
})

type Cursors = Readonly<Record<string, Cursor>>

const ask = async (
  path: string,
  cursors: Cursors,
  encoding = 'identity',
): Promise<{ text: string; answer: Response }> => {
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-encoding': encoding,
      authorization: `Bearer ${tablet.token()}`,
    },
    body: JSON.stringify({ protocol: PROTOCOL_VERSION, clientId: null, cursors }),
  })
  return { text: await answer.text(), answer }
}

async function patches(cursors: Cursors): Promise<Pulled> {
  const { text } = await ask(pullUrl({}), cursors)
  return pulledAt(cursors, v.parse(pulledSchema, JSON.parse(text)))
}

const after = (cursors: Cursors, { pages }: Pick<Pulled, 'pages'>): Cursors => ({
  ...cursors,
  ...Object.fromEntries(pages.map(({ stream, cursor }) => [stream, cursor])),
})

/** Cursors of a tablet that has everything. */
async function upToDate(): Promise<Cursors> {
  let cursors: Cursors = {}
  for (;;) {
    const pulled = await patches(cursors)
    cursors = after(cursors, pulled)
    if (!pulled.more) return cursors
  }
}

test('nothing new is said in 300 bytes, in one answer', async () => {
  const cursors = await upToDate()
  const { text, answer } = await ask(pullUrl({}), cursors)
  expect(JSON.parse(text)).toMatchObject({ pages: [], more: false })
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(300)
  expect(answer.headers.get('etag')).toBeNull()
})

test('[S20] an edit reaches who has the row as what it changed, and who is new as the whole row', async () => {
  const id = 'patched-1'
  const set = {
    title: '窓口の案内',
    detail: '内容'.repeat(300),
    leadUnit: 'labor-kameido',
    unitLabel: '亀戸',
  }
  await tablet.write([
    { op: 'create', type: 'initiative', id, set: { ...set, fiscalYear: 2026, stage: 'draft' } },
  ])
  const cursors = await upToDate()
  const edit = { title: '窓口の案内（改）' }
  await tablet.write([
    { op: 'edit', type: 'initiative', id, rev: 1, stage: 'draft', set: edit, from: { title: set.title } },
  ])
  const { pages } = await patches(cursors)
  expect(pages.map(({ rows }) => rows)).toEqual([[expect.objectContaining({ id, rev: 2, fields: edit })]])
  expect(pages[0]?.rows[0]).toHaveProperty('over', cursors['unit/labor-kameido']?.[1])

  // Tablets of earlier releases do not ask for patches.
  const { text } = await ask('/api/pull', cursors)
  const whole = v.parse(pullResponseSchema, JSON.parse(text))
  expect(whole.pages[0]?.rows[0]?.record?.fields).toMatchObject({ ...set, ...edit })
  expect(whole.streams).toContain('unit/labor-kameido')
  // Nor does one get them that may lack the row.
  const inTheMiddle = await ask(pullUrl({ 'unit/labor-kameido': 0 }), cursors)
  expect(v.parse(pulledSchema, JSON.parse(inTheMiddle.text)).pages[0]?.rows[0]).toHaveProperty('record')
})

test('a large answer is the same text, compressed or not, asked for once or twice', async () => {
  const plain = await ask(pullUrl({}), {})
  const withoutTime = (text: string): string => text.replace(/"serverTime":"[^"]*"/, '')
  for (const encoding of ['gzip', 'gzip, br', 'br', 'gzip']) {
    const { text, answer } = await ask(pullUrl({}), {}, encoding)
    expect(withoutTime(text)).toBe(withoutTime(plain.text))
    expect(answer.headers.get('content-encoding')).toBe(encoding === 'br' ? 'br' : 'gzip')
    expect(answer.headers.get('vary')).toContain('Accept-Encoding')
  }
  expect(plain.answer.headers.get('content-encoding')).toBeNull()
})

test('a question for patches that says something else is refused', async () => {
  for (const query of ['?patches=x', '?patches=a&patches=b'])
    expect((await ask(`/api/pull${query}`, {})).answer.status).toBe(400)
})
