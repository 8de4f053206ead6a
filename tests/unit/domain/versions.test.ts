import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asRecordId } from '../../../src/domain/ids.ts'
import type { Mutation } from '../../../src/domain/mutation.ts'
import type { RecordType, Upcast } from '../../../src/domain/record.ts'
import { TYPE_NAMES, typeOf } from '../../../src/domain/types/index.ts'
import { noteType } from '../../../src/domain/types/note.ts'
import { isFromLaterRelease, upcast } from '../../../src/domain/versions.ts'

/** A type whose values changed twice: `level` from a word to a number, then doubled. */
const toNumber: Upcast = ({ level, ...rest }) =>
  level === undefined ? rest : { ...rest, level: { from: null, to: level.to === 'high' ? 2 : 1 } }
const doubled: Upcast = ({ level, ...rest }) =>
  level === undefined ? rest : { ...rest, level: { from: null, to: Number(level.to) * 2 } }
const type: RecordType = { ...noteType, version: 3, upcasts: [toNumber, doubled] }

const mutation = (v: number, set: Mutation['set']): Mutation => ({
  ...{ mid: 1, v, op: 'edit', type: 'note', id: asRecordId('a'), base: { rev: 1 }, stage: 'posted', set },
  ...{ blobs: [], at: '2026-11-20T00:00:00.000Z' },
})
const change = (to: string | number) => ({ from: null, to })

describe('upcast', () => {
  test('[S25] takes what an older version set through every step since', () => {
    expect(upcast(type, mutation(1, { level: change('high') }))).toMatchObject({
      v: 3,
      set: { level: { to: 4 } },
    })
    expect(upcast(type, mutation(2, { level: change(2) }))).toMatchObject({ v: 3, set: { level: { to: 4 } } })
  })

  test('[S25] leaves today’s and newer mutations alone, and fields no step knows', () => {
    const others = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== 'level' && name !== '__proto__'),
      fc.string().map(change),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), others, (v, set) => {
        const given = mutation(v, set)
        const brought = upcast(type, given)
        expect(brought.set).toEqual(set)
        expect(upcast(type, brought)).toBe(brought)
        if (v >= type.version) expect(brought).toBe(given)
      }),
    )
  })
})

test('[S25] every type can bring every version of itself to today’s', () => {
  for (const name of TYPE_NAMES) {
    const known = typeOf(name)
    expect(known?.upcasts?.length ?? 0, name).toBe((known?.version ?? 0) - 1)
  }
})

test('[S25] what a later release made is recognised by its version, or by a type not known here', () => {
  expect(isFromLaterRelease(type, { v: 3 })).toBe(false)
  expect(isFromLaterRelease(type, { v: 4 })).toBe(true)
  expect(isFromLaterRelease(undefined, { v: 1 })).toBe(true)
})
