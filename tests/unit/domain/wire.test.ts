/** [S25] The shape of what crosses the network is locked to PROTOCOL_VERSION: a change without a new version fails here. */
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { mutationSchema } from '../../../src/domain/mutation.ts'
import {
  PROTOCOL_VERSION,
  pullRequestSchema,
  pullResponseSchema,
  pushRequestSchema,
  pushResponseSchema,
} from '../../../src/domain/wire.ts'

/** Fingerprints by version. What others could not read gets a new version and line; a field that may be absent is added. */
const FINGERPRINTS: Readonly<Record<number, string>> = {
  1: 'a47e15a837d8a915',
}

/** What of a schema decides which messages it takes. */
function shapeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shapeOf)
  if (schema instanceof RegExp) return schema.source
  if (typeof schema !== 'object' || schema === null) return typeof schema === 'function' ? 'function' : schema
  const kept = Object.entries(schema).filter(([name]) => SHAPING.has(name))
  const isSchemaMap = !('kind' in schema)
  return Object.fromEntries(
    (isSchemaMap ? Object.entries(schema) : kept).map(([name, value]) => [name, shapeOf(value)]),
  )
}
const SHAPING = new Set([
  'type',
  'kind',
  'entries',
  'item',
  'items',
  'options',
  'key',
  'value',
  'wrapped',
  'pipe',
  'literal',
  'requirement',
])

test('[S25] the wire schemas are those of the protocol version', () => {
  const schemas = {
    mutationSchema,
    pullRequestSchema,
    pullResponseSchema,
    pushRequestSchema,
    pushResponseSchema,
  }
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(shapeOf(schemas)))
    .digest('hex')
    .slice(0, 16)
  expect(fingerprint).toBe(FINGERPRINTS[PROTOCOL_VERSION])
})

test('[S25] a field a tablet does not know is preserved in rows, and refused in requests', () => {
  const record = {
    type: 'initiative',
    id: 'a',
    rev: 1,
    stage: 'draft',
    removed: false,
    createdBy: 'u',
    updatedBy: 'u',
    receiptNo: null,
    createdAt: '2026-11-20T00:00:00.000Z',
    updatedAt: '2026-11-20T00:00:00.000Z',
    fields: { later: ['x'] },
  }
  const response = {
    streams: ['master'],
    more: false,
    lmid: 0,
    serverTime: record.createdAt,
    pages: [
      { stream: 'master', reset: false, cursor: ['E', 1], rows: [{ id: 'a', seq: 1, rev: 1, record }] },
    ],
  }
  expect(v.parse(pullResponseSchema, response).pages[0]?.rows[0]?.record?.fields).toEqual({ later: ['x'] })
  expect(v.is(pullRequestSchema, { protocol: 1, clientId: null, cursors: {}, extra: 1 })).toBe(false)
})
