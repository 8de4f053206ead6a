/** [S9] The real server as a process: killed between any two pushes, it has applied each mutation once when it is back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../src/domain/json.ts'
import { mutationJson } from '../../src/domain/mutation.ts'
import {
  PROTOCOL_VERSION,
  type PullResponse,
  type PushResponse,
  pullResponseSchema,
  pushResponseSchema,
} from '../../src/domain/wire.ts'
import { sessionResponseSchema } from '../../src/domain/session.ts'
import * as v from 'valibot'
import { makeDeviceKey } from '../support/deviceKey.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { draftValues, intention, newId } from '../support/world.ts'

let server: RunningServer
let token: string

const post = (path: string, body: unknown, authorization = `Bearer ${token}`): Promise<Response> =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  })

beforeAll(async () => {
  server = await startServer({ demo: true })
  const { publicKey } = await makeDeviceKey()
  const answer = await post('/api/session/sign-in', {
    email: 'labor-kameido@demo.example',
    password: 'kaizen-demo',
    device: { id: null, label: 'test', publicKey },
  })
  token = v.parse(sessionResponseSchema, await answer.json()).accessToken
})
afterAll(() => server.stop())

const pushOf = async (mutations: readonly Json[]): Promise<PushResponse> => {
  const answer = await post('/api/push', { protocol: PROTOCOL_VERSION, clientId: 'killed-often', mutations })
  return v.parse(pushResponseSchema, await answer.json())
}

async function pullAll(): Promise<PullResponse['pages'][number]['rows']> {
  const cursors: Record<string, Json> = {}
  const rows: PullResponse['pages'][number]['rows'] = []
  for (;;) {
    const answer = await post('/api/pull', { protocol: PROTOCOL_VERSION, clientId: null, cursors })
    const page = v.parse(pullResponseSchema, await answer.json())
    for (const { stream, cursor, rows: found } of page.pages) {
      cursors[stream] = [...cursor]
      rows.push(...found)
    }
    if (!page.more) return rows
  }
}

test('[S9][S10] a server killed at any moment of a push applies each mutation once', async () => {
  const ids = Array.from({ length: 12 }, () => newId())
  const mutations: Json[] = ids.flatMap((id, index) => {
    const create = mutationJson(
      intention('initiative', 'create', { id, set: draftValues('labor-kameido', `取組${index}`) }),
    )
    const edit = mutationJson(
      intention('initiative', 'edit', { id, stage: 'draft', set: { progress: 'doing' } }),
    )
    return [
      { ...create, mid: index * 2 + 1, base: { rev: 0 } },
      { ...edit, mid: index * 2 + 2, base: { mid: index * 2 + 1 } },
    ]
  })
  const receiptNos = new Map<number, string | null>()
  for (const [round, first] of [0, 4, 8, 12, 16, 20].entries()) {
    // The answer is lost with the process, sometimes before the commit, sometimes after it.
    const lost = pushOf(mutations.slice(first, first + 4)).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, round * 3))
    await server.restart()
    await lost
    const answer = await pushOf(mutations.slice(first, first + 4))
    if (answer.type !== 'receipts') throw new Error(JSON.stringify(answer))
    expect(answer.lmid).toBe(first + 4)
    for (const { mid, outcome, receiptNo } of answer.receipts) {
      expect(outcome).toBe('accepted')
      receiptNos.set(mid, receiptNo)
    }
    const repeated = await pushOf(mutations.slice(first, first + 4))
    expect(repeated).toMatchObject({ type: 'receipts', receipts: answer.receipts })
  }
  expect(new Set(receiptNos.values()).size).toBe(24)
  const rows = (await pullAll()).filter(({ id }) => ids.some((each) => each === id))
  expect(rows.map(({ rev, record }) => [rev, record?.fields['progress']])).toEqual(
    ids.map(() => [2, 'doing']),
  )
}, 120_000)

test('requests without a valid token are refused by the running server', async () => {
  const [header, payload, signature] = token.split('.')
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
  const forged = Buffer.from(JSON.stringify({ sub: 'hq', did: 'x', exp: 9_999_999_999 })).toString(
    'base64url',
  )
  for (const bad of [
    '',
    'Bearer',
    `Bearer ${none}.${payload ?? ''}.`,
    `Bearer ${none}.${payload ?? ''}.${signature ?? ''}`,
    `Bearer ${header ?? ''}.${forged}.${signature ?? ''}`,
    `Basic ${token}`,
  ]) {
    for (const path of ['/api/pull', '/api/push', '/api/history']) {
      const answer = await post(path, {}, bad)
      expect(answer.status).toBe(401)
      expect(await answer.json()).toEqual({ type: 'unauthenticated' })
    }
  }
})
