/** CSV as spreadsheets write it (M2-12, RFC 4180). */
import { expect, test } from 'vitest'
import { readCsv } from '../../../functions/src/csv.ts'

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
