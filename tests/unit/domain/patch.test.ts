/** [S20] Rows as patches: whatever happened to a record, a patch makes of the row held the row as it is now, or does not fit. */
import * as fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { asRecordId } from '../../../src/domain/ids.ts'
import type { Json } from '../../../src/domain/json.ts'
import {
  type Patch,
  type Trail,
  baseOf,
  namesOf,
  nextTrail,
  patchSince,
  patchedRow,
  pulledAt,
  pulledSchema,
  pullUrl,
  sinceSchema,
} from '../../../src/domain/patch.ts'
import { type StoredRecord, project } from '../../../src/domain/record.ts'
import { type Row, recordSchema } from '../../../src/domain/wire.ts'

const NAMES = ['title', 'detail', 'plan', 'units', 'no']
const at = (second: number): string => new Date(second * 1000).toISOString()

const valueOf = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, 7, '', '窓口', 'あ\u2028"\\'),
  fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
)
/** What happens to a record between two rows of a stream: values set and dropped, and what the stream leaves out from now on. */
const stepOf = fc.record({
  set: fc.dictionary(fc.constantFrom(...NAMES), valueOf, { maxKeys: 3 }),
  drop: fc.subarray(NAMES, { maxLength: 1 }),
  omit: fc.subarray(NAMES, { maxLength: 2 }),
  stage: fc.constantFrom('draft', 'submitted'),
  /** Rows of other records come between. */
  later: fc.integer({ min: 1, max: 3 }),
  leaves: fc.constant(false),
})
const eventOf = fc.oneof(
  { weight: 12, arbitrary: stepOf },
  { weight: 1, arbitrary: stepOf.map((step) => ({ ...step, leaves: true })) },
)

type Event = typeof eventOf extends fc.Arbitrary<infer T> ? T : never

function recordOf(rev: number, fields: Record<string, Json>, stage: string): StoredRecord {
  return v.parse(recordSchema, {
    type: 'initiative',
    id: 'row1',
    rev,
    stage,
    fields,
    removed: false,
    createdBy: 'u1',
    createdAt: at(0),
    updatedBy: `u${rev % 3}`,
    updatedAt: at(rev),
    receiptNo: `E1-S0-${rev}`,
  })
}

interface Written extends Row {
  readonly trail: Trail
}

/** Every row the stream has ever had of the record, as the server writes them. */
function rowsOf(events: readonly Event[]): Written[] {
  const rows: Written[] = []
  let [seq, fields, trail]: [number, Record<string, Json>, Trail | undefined] = [0, {}, undefined]
  let shown: StoredRecord | undefined
  for (const [index, { set, drop, omit, stage, later, leaves }] of events.entries()) {
    seq += later
    fields = Object.fromEntries(
      Object.entries({ ...fields, ...set }).filter(([name]) => !drop.includes(name)),
    )
    const id = asRecordId('row1')
    const before = shown
    shown = leaves ? undefined : project(recordOf(index + 1, fields, stage), omit)
    trail = shown === undefined ? undefined : nextTrail(trail, { seq, before, after: shown })
    rows.push({ id, seq, rev: index + 1, record: shown ?? null, trail: trail ?? [] })
  }
  return rows
}

const sent = (patch: Patch): Patch => {
  const row: unknown = JSON.parse(JSON.stringify(patch))
  const page = { stream: 'shared/0', reset: false, rows: [row], cursor: ['E1', patch.seq] }
  const message = { pages: [page], more: false, lmid: 0, serverTime: at(1) }
  const arrived = v.parse(pulledSchema, message).pages[0]?.rows[0]
  if (arrived === undefined || !('over' in arrived)) throw new Error('the patch did not arrive as one')
  return arrived
}

describe('a patch', () => {
  test('[S20] over any row that a tablet may hold makes the row as it is now', () => {
    fc.assert(
      fc.property(
        fc.array(eventOf, { minLength: 1, maxLength: 14 }),
        fc.nat(50),
        fc.nat(20),
        (events, b, h) => {
          const rows = rowsOf(events)
          const now = rows.at(-1)
          if (now === undefined) return
          const base = b % (now.seq + 1)
          const patch = patchSince(now, now.trail, base)
          // It holds what stood there at `base`, or a row that came later.
          const from = rows.findLastIndex(({ seq }) => seq <= base)
          const held = rows[Math.min(rows.length - 1, Math.max(0, from) + h)]
          if (patch === undefined) return
          expect(from).toBeGreaterThanOrEqual(0)
          expect(patchedRow(held, sent(patch))).toEqual({ ...now, trail: undefined })
        },
      ),
      { numRuns: 500 },
    )
  })

  test('[S20] is sent of the last changes only, and names no field besides', () => {
    const rows = rowsOf(
      Array.from({ length: 12 }, (_, index) => ({
        ...{ set: { title: `題${index}`, detail: '詳細', [`f${index}`]: index }, drop: [], omit: [] },
        ...{ stage: 'submitted', later: 1, leaves: false },
      })),
    )
    const now = rows.at(-1)
    if (now === undefined) throw new Error('no row')
    const changed = (base: number): string[] | undefined => {
      const patch = patchSince(now, now.trail, base)
      return patch && Object.keys(patch.fields)
    }
    expect(changed(11)).toEqual(['title', 'f11'])
    expect(changed(10)).toEqual(['title', 'f10', 'f11'])
    expect(changed(2)).toBeUndefined()
  })

  test.each<readonly [string, Parameters<typeof patchedRow>[0]]>([
    ['nothing', undefined],
    ['a row that has left', { seq: 5, record: null }],
    ['a row of before', { seq: 3, record: recordOf(3, { title: '前' }, 'draft') }],
    ['a row of later', { seq: 9, record: recordOf(9, { title: '後' }, 'draft') }],
  ])('[S20] does not fit over %s', (_, held) => {
    const record = recordOf(8, { title: '今' }, 'draft')
    const trail = [4, 8].map((seq) => ({ seq, fields: ['title'] }))
    const patch = patchSince({ id: record.id, seq: 8, rev: 8, record }, trail, 5)
    expect(patch).toMatchObject({ over: 4, seq: 8 })
    if (patch !== undefined) expect(patchedRow(held, patch)).toBeUndefined()
  })

  test('[S20] is not made where more than fields has changed, and after the row was away', () => {
    const [first, second] = [recordOf(1, { title: 'a' }, 'draft'), recordOf(2, { title: 'b' }, 'draft')]
    const trail = nextTrail(undefined, { seq: 1, before: undefined, after: first })
    const whole = (before: StoredRecord | undefined, after: StoredRecord): boolean => {
      const next = nextTrail(trail, { seq: 2, before, after })
      return patchSince({ id: after.id, seq: 2, rev: 2, record: after }, next, 1) === undefined
    }
    expect(whole(first, second)).toBe(false)
    expect(whole(undefined, second)).toBe(true)
    expect(whole(first, { ...second, createdAt: at(5) })).toBe(true)
  })
})

describe('a pull that asks for patches', () => {
  const arrived = (url: string): unknown =>
    v.parse(sinceSchema, new URL(url, 'http://server.test').searchParams.get('patches'))

  test.each([{}, { master: 0 }, { 'shared/0': 12, 'unit/kameido.2': 0, 'user/a_b-c.d': 123456789012345 }])(
    'says where streams are not whole: %o',
    (since) => expect(arrived(pullUrl(since))).toEqual(since),
  )

  test.each(['master', 'master:', 'master:-1', 'master:1,', ',', 'a:1,,b:2', 'a b:1', 'a:1e3'])(
    'and nothing else: %s',
    (text) => expect(v.safeParse(sinceSchema, text).success).toBe(false),
  )

  test('is sure of no more than its cursor says', () => {
    expect(baseOf({ master: 3 }, 'master', ['E', 9])).toBe(3)
    expect(baseOf({ master: 30 }, 'master', ['E', 9])).toBe(9)
    expect(baseOf({}, 'master', ['E', 9])).toBe(9)
  })

  test('its answer may leave out the streams it named', () => {
    const message = { pages: [], more: false, lmid: 0, serverTime: at(1) }
    expect(pulledAt({ master: ['E', 1], 'shared/1': ['E', 2] }, message).streams).toEqual([
      'master',
      'shared/1',
    ])
    expect(namesOf({ master: ['E', 1] }, ['master'])).toBe(true)
    expect(namesOf({ master: ['E', 1] }, ['master', 'hq'])).toBe(false)
    expect(namesOf({ master: ['E', 1], hq: ['E', 1] }, ['master'])).toBe(false)
  })
})
