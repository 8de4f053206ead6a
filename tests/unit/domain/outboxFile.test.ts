import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asClientId, asDeviceId, asUid } from '../../../src/domain/ids.ts'
import { utf8Bytes } from '../../../src/domain/json.ts'
import type { Mutation } from '../../../src/domain/mutation.ts'
import {
  MAX_OUTBOX_FILE_BYTES,
  batchesOf,
  buildOutboxFile,
  countOf,
  parseOutboxFile,
} from '../../../src/domain/outboxFile.ts'
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS } from '../../../src/domain/wire.ts'
import { draftValues, intention, newId } from '../../support/world.ts'

const FROM = {
  exportedAt: '2026-11-20T01:02:03.004Z',
  uid: asUid('staff'),
  deviceId: asDeviceId('dev-staff'),
}
const A = asClientId('client-a')
const B = asClientId('client-b')
const mutation = (mid: number, title = '棚の整理'): Mutation => ({
  ...intention('initiative', 'create', { id: newId(), set: draftValues('kameido', title) }),
  mid,
  base: { rev: 0 },
})
const fileText = (change: object = {}): string =>
  JSON.stringify({ ...buildOutboxFile(FROM, [{ clientId: A, mutation: mutation(1) }]), ...change })
const refusalOf = (text: string): string => {
  const parsed = parseOutboxFile(text)
  return parsed.ok ? 'ok' : parsed.error.type
}

test('[S27] what a tablet writes is read again, each outbox in the order of its numbers', () => {
  const entries = [
    { clientId: A, mutation: mutation(7) },
    { clientId: B, mutation: mutation(1) },
    { clientId: A, mutation: mutation(3) },
  ]
  const file = buildOutboxFile(FROM, entries)
  expect(file.clients.map(({ clientId, mutations }) => [clientId, mutations.map(({ mid }) => mid)])).toEqual([
    [A, [3, 7]],
    [B, [1]],
  ])
  expect(countOf(file)).toBe(3)
  expect(parseOutboxFile(JSON.stringify(file, null, 2))).toEqual({ ok: true, value: file })
})

describe('[S27] a file that is not taken says why', () => {
  test.each<readonly [string, string]>([
    ['', 'notOutbox'],
    ['{', 'notOutbox'],
    ['null', 'notOutbox'],
    ['[]', 'notOutbox'],
    ['{"app":"kaizencho","entries":[]}', 'notOutbox'],
    [fileText({ format: 'another' }), 'notOutbox'],
    [fileText({ version: 'x' }), 'notOutbox'],
    [fileText({ version: 2 }), 'newerVersion'],
    [fileText({ version: 0 }), 'broken'],
    [fileText({ uid: '../x' }), 'broken'],
    [fileText({ exportedAt: 'yesterday' }), 'broken'],
    [fileText({ clients: {} }), 'broken'],
    [fileText({ clients: [{ clientId: A, mutations: [{}] }] }), 'broken'],
    [fileText({ clients: [{ clientId: A, mutations: [{ mid: 2 }, { mid: 2 }] }] }), 'broken'],
    [fileText({ clients: [] }), 'empty'],
    [fileText({ clients: [{ clientId: A, mutations: [] }] }), 'empty'],
    [' '.repeat(MAX_OUTBOX_FILE_BYTES) + fileText(), 'tooLarge'],
  ])('%#', (text, type) => {
    expect(refusalOf(text)).toBe(type)
  })

  test('[S25] unknown members of the file and of a mutation are no obstacle', () => {
    const clients = [{ clientId: A, mutations: [{ mid: 1, op: 'future', hue: 'blue' }], more: true }]
    const parsed = parseOutboxFile(fileText({ clients, note: 'x' }))
    expect(parsed).toMatchObject({
      ok: true,
      value: { clients: [{ mutations: [{ mid: 1, op: 'future', hue: 'blue' }] }] },
    })
  })

  test('whatever it holds, it never throws', () => {
    const values = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((members) => fileText(members)),
    )
    fc.assert(fc.property(values, (text) => void refusalOf(text)))
  })
})

describe('[S8] the file in parts', () => {
  test('every mutation once, in order, successive numbers only, no more than a push takes', () => {
    const some = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 150 })
    fc.assert(
      fc.property(some, (mids) => {
        const entries = mids.map((mid) => ({ clientId: A, mutation: mutation(mid) }))
        const parts = batchesOf(buildOutboxFile(FROM, entries)).map(({ mutations }) =>
          mutations.map(({ mid }) => mid),
        )
        expect(parts.flat()).toEqual(mids.toSorted((a, b) => a - b))
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(MAX_PUSH_MUTATIONS)
          expect(part).toEqual(part.map((_, index) => (part[0] ?? 0) + index))
        }
      }),
    )
  })

  test('large mutations are fewer in a part', () => {
    const entries = Array.from({ length: 20 }, (_, index) => ({
      clientId: A,
      mutation: mutation(index + 1, '長'.repeat(60_000)),
    }))
    const parts = batchesOf(buildOutboxFile(FROM, entries))
    expect(parts.length).toBeGreaterThan(3)
    for (const { mutations } of parts)
      expect(new TextEncoder().encode(JSON.stringify(mutations)).length).toBeLessThanOrEqual(MAX_PUSH_BYTES)
  })

  test('bytes are counted as UTF-8 has them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length)
      }),
    )
  })
})
