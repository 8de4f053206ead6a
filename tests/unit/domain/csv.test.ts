/** CSV as spreadsheets write it (M2-12, RFC 4180). */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine, csvRecords, guarded, readCsv, restored } from '../../../src/domain/csv.ts'

test('BOM, CRLF, quotes, commas and line ends inside cells are read as meant', () => {
  const { rows, errors } = readCsv('\uFEFFNo,取組内容\r\n1,"a, ""b"""\r\n2,"x\r\ny"\r\n3,\r\n')
  expect(errors).toEqual([])
  expect(rows).toEqual([
    { line: 2, cells: { No: '1', 取組内容: 'a, "b"' } },
    { line: 3, cells: { No: '2', 取組内容: 'x\ny' } },
    { line: 5, cells: { No: '3', 取組内容: '' } },
  ])
})

test('a row with too few or too many cells is named by its line, the others are read; empty lines are passed over', () => {
  const { rows, errors } = readCsv('a,b\n1,2\n\n3\n4,5,6\n7,8')
  expect(rows.map(({ line, cells }) => [line, cells['a'], cells['b']])).toEqual([
    [2, '1', '2'],
    [6, '7', '8'],
  ])
  expect(errors).toEqual([
    { line: 4, type: 'malformedRow' },
    { line: 5, type: 'malformedRow' },
  ])
})

test('a broken quotation is the one error of the file: nothing after it can be trusted', () => {
  expect(readCsv('a,b\n1,"2"x\n3,4')).toEqual({ rows: [], errors: [{ line: 2, type: 'malformedRow' }] })
  expect(readCsv('a,b\n1,"2\n3,4').rows).toEqual([])
})

test('an empty file has no rows', () => {
  expect(readCsv('')).toEqual({ rows: [], errors: [] })
  expect(readCsv('No,取組内容\n')).toEqual({ rows: [], errors: [] })
})

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("'", '"', ',', '=', '+', '-', '@', '＝', '\t', '\n', '0', ' ', '　', '🙂', 'Ａ'),
    maxLength: 12,
  }),
)

test('what is written reads back the same, whatever stands in it; only line ends become one kind', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(nasty, { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
      fc.boolean(),
      (lines, bom) => {
        const text = (bom ? '\uFEFF' : '') + lines.map(csvLine).join('')
        const read = [...csvRecords(text)].map(({ cells }) => cells.map(restored))
        expect(read).toEqual(lines.map((cells) => cells.map((cell) => cell.replaceAll(/\r\n?/g, '\n'))))
      },
    ),
  )
})

test.each(['=1+1', '+81', '-x', '@SUM(A1)', '\t=1', '＝１', "'=1", '\n=1'])(
  'no spreadsheet runs %j as a formula',
  (text) => {
    const [written = ''] = [...csvRecords(csvLine([text]))].flatMap(({ cells }) => cells)
    expect(written.startsWith("'")).toBe(true)
    expect(restored(written)).toBe(text)
  },
)

test.each(['-12', '0012', '3.5', "'quoted'", 'a=b'])('%j is no formula and stays as it is', (text) => {
  expect(guarded(text)).toBe(text)
  expect(restored(text)).toBe(text)
})
