/** [S23] A snapshot's bytes, however the network cuts them. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { entriesOf } from '../../../src/db/headEntries.ts'
import { SnapshotReader } from '../../../src/db/snapshotReader.ts'
import { pageOf } from '../../../src/db/snapshotPages.ts'
import { typeOf } from '../../../src/domain/types/index.ts'
import type { SnapshotPiece } from '../../../src/sync/ports.ts'

const text = fc.string({ unit: fc.constantFrom(...'取組改善"\\\n\u2028𠮷ab{}'), maxLength: 30 })
const record = fc.record({ id: fc.uuid(), title: text, long: fc.boolean() }).map(({ id, title, long }) => ({
  type: 'initiative',
  ...{ id, rev: 1, stage: 'submitted', removed: false, receiptNo: null },
  fields: { title, detail: long ? '長い文'.repeat(5000) : '' },
  ...{ createdBy: 'a', createdAt: '2026-01-01T00:00:00.000Z' },
  ...{ updatedBy: 'a', updatedAt: '2026-01-01T00:00:00.000Z' },
}))
const page = fc.array(fc.option(record, { freq: 10 }), { maxLength: 12 })

/** A part as the server writes it, and what it says. */
const part = fc.array(page, { maxLength: 4 }).map((pages) => {
  let seq = 0
  const said = pages.map((records) => {
    const after = seq
    const rows = records.map((each) => ({ id: each?.id ?? 'gone', seq: (seq += 1), rev: 1 }))
    return { after, stream: 'master' as const, cursor: ['E1', seq] as const, rows, records }
  })
  const lines = [
    { type: 'begin', rows: seq },
    ...said.flatMap(({ after, records, ...rest }) => [{ type: 'page', after, page: rest }, ...records]),
    { type: 'end', more: false },
  ]
  return { said, bytes: new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')) }
})

function readIn(bytes: Uint8Array, cuts: readonly number[]): SnapshotPiece[] {
  const reader = new SnapshotReader()
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  return places.flatMap((to) => {
    const pieces = [...reader.read(bytes.subarray(from, to))]
    from = to
    return pieces
  })
}

test('[S23] pages are read as they were written, wherever the network cuts', () => {
  fc.assert(
    fc.property(part, fc.array(fc.nat(), { maxLength: 20 }), ({ said, bytes }, cuts) => {
      const pieces = readIn(bytes, cuts)
      expect(pieces.at(0)).toMatchObject({ type: 'begin' })
      expect(pieces.at(-1)).toEqual({ type: 'end', more: false })
      const pages = pieces.flatMap((piece) => (piece.type === 'page' ? [piece.page] : []))
      expect(pages.map(({ after }) => after)).toEqual(said.map(({ after }) => after))
      for (const [index, each] of pages.entries()) {
        const wanted = said[index]
        expect(pageOf(each).rows.map((row) => row.record)).toEqual(wanted?.records)
        expect(each.packed === undefined).toBe(wanted?.records.includes(null))
        const entries = each.packed === undefined ? [] : entriesOf(each.packed.head)
        const facets = (each.packed === undefined ? [] : (wanted?.records ?? [])).map(
          (held) => held && typeOf('initiative')?.facets(pageRecord(held)),
        )
        expect(entries).toMatchObject(facets.map((own) => ({ facets: own })))
      }
    }),
    { numRuns: 60 },
  )
})

const pageRecord = (held: object): Parameters<NonNullable<ReturnType<typeof typeOf>>['facets']>[0] =>
  JSON.parse(JSON.stringify(held))

test.each([
  ['something that is no JSON', '<html>\n'],
  ['a line of another shape', '{"type":"page","after":0,"page":{"stream":"master","rows":[{"id":"a"}]}}\n'],
  [
    'a record of another shape',
    '{"type":"page","after":0,"page":{"stream":"master","cursor":["E1",1],"rows":[{"id":"a","seq":1,"rev":1}]}}\n{"id":1}\n',
  ],
])('[S23] %s ends the part', (_, answer) => {
  expect(() => [...new SnapshotReader().read(new TextEncoder().encode(answer))]).toThrow()
})
