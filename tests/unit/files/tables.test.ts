/** 書き出しと取込 of files (M2-11, M2-12): what was written reads back, and no file, however made, gets further than an error. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTable } from '../../../src/files/readTable.ts'
import { writeTable } from '../../../src/files/writeTable.ts'
import { FILE_LIMITS, type TableFile } from '../../../src/domain/table.ts'
import { workbookOf, zipOf } from './zipFile.ts'

const read = async (content: Blob | string | Uint8Array<ArrayBuffer>) =>
  readTable(content instanceof Blob ? content : new Blob([content]))
const cellsOf = async (content: Parameters<typeof read>[0]) => {
  const table = await read(content)
  if (!table.ok) throw new Error(`not read: ${table.error.type}`)
  return table.value.map(({ cells }) => cells)
}
const problemOf = async (content: Parameters<typeof read>[0]) => {
  const table = await read(content)
  return table.ok ? 'read' : table.error.type
}
const table = (kind: TableFile['kind'], rows: TableFile['rows']): TableFile => ({
  kind,
  name: '一覧',
  titles: [],
  header: ['甲', '乙'],
  rows,
  bom: true,
})

describe('there and back', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      '=HYPERLINK("x")',
      '+1',
      '-1+2',
      '@a',
      '\t',
      '\na',
      '"',
      '007',
      '１',
      '🙂',
      ' 前後 ',
      "'=1",
    ),
    fc.constantFrom(
      '_x0041_',
      '_X005f_',
      '_x_',
      '\u0000',
      '\u001b[0m',
      '長'.repeat(16_000),
      '<a>&amp;',
      'a\r\nb',
    ),
  )

  test.each([
    ['xlsx', (text: string) => text],
    // A spreadsheet's line ends in CSV are not ours to tell apart.
    ['csv', (text: string) => text.replaceAll(/\r\n?/g, '\n')],
  ] as const)('%s: every text reads back as it was', async (kind, expected) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            nasty.filter((text) => kind === 'xlsx' || !text.includes('\0')),
            fc.integer(),
          ),
          { maxLength: 10 },
        ),
        async (rows) => {
          const cells = await cellsOf(await writeTable(table(kind, rows)))
          expect(cells.slice(1)).toEqual(rows.map(([text, number]) => [expected(text), String(number)]))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a sheet for paper is A4 landscape, one page wide, with its header on every page and page numbers', async () => {
    const bytes = await writeTable({
      ...table('xlsx', [[1, '題']]),
      titles: ['一覧表'],
      paperWidths: [6, 90],
    })
    expect(await cellsOf(bytes)).toEqual([['一覧表'], ['甲', '乙'], ['1', '題']])
    // The parts are packed; what is in them is looked at through another reader.
    const { readXlsx } = await import('hucre/xlsx')
    const [sheet] = (await readXlsx(bytes)).sheets
    expect(sheet?.pageSetup).toMatchObject({
      paperSize: 'a4',
      orientation: 'landscape',
      fitToWidth: 1,
      printTitlesRow: '$1:$2',
    })
    expect(sheet?.headerFooter?.oddFooter).toBe('&C&P / &N')
  })
})

describe('workbooks of others', () => {
  test('furigana are no text, formulas are their results, errors are nothing; the first visible sheet is read', async () => {
    const rows =
      '<x:row r="3"><x:c r="A3" t="s"><x:v>0</x:v></x:c><x:c r="C3"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="D3" t="e"><x:v>#REF!</x:v></x:c><x:c t="b"><x:v>1</x:v></x:c></x:row>' +
      '<x:row r="5"><x:c t="inlineStr"><x:is><x:t>東京</x:t><x:rPh sb="0" eb="2"><x:t>トウキョウ</x:t></x:rPh></x:is></x:c><x:c t="str"><x:f>A1</x:f><x:v>結果</x:v></x:c><x:c><x:v>1.5000000000000002</x:v></x:c></x:row>'
    const shared = '<si><r><t>亀</t></r><r><t xml:space="preserve">戸 </t></r><rPh><t>カメイド</t></rPh></si>'
    expect(await read(workbookOf(rows, { shared }))).toEqual({
      ok: true,
      value: [
        { line: 3, cells: ['亀戸 ', '', '2', '', 'true'] },
        { line: 5, cells: ['東京', '結果', '1.5000000000000002'] },
      ],
    })
  })

  test('a comment, CDATA, entities and quotes in attributes are read as XML means them', async () => {
    const rows =
      '<x:row><x:c t="inlineStr" x="a>b"><x:is><x:t><![CDATA[<b>]]>&lt;&#x3042;&#12356;&amp;amp;<!-- > --></x:t></x:is></x:c></x:row>'
    expect(await cellsOf(workbookOf(rows))).toEqual([['<b><あい&amp;']])
  })
})

describe('CSV of others', () => {
  test('Shift_JIS is known by its bytes', async () => {
    const sjis = new Uint8Array([0x8e, 0xe6, 0x91, 0x67, 0x2c, 0x8b, 0xc7, 0x0d, 0x0a])
    expect(await cellsOf(sjis)).toEqual([['取組', '局']])
  })

  test('UTF-8 is read with and without BOM', async () => {
    expect(await cellsOf('\uFEFF取組,局')).toEqual([['取組', '局']])
    expect(await cellsOf('取組,局')).toEqual([['取組', '局']])
  })
})

describe('files that are refused', () => {
  const row = '<x:row><x:c><x:v>1</x:v></x:c></x:row>'
  const zeros = new Uint8Array(100 * 1024 * 1024)

  test.each([
    [
      'a workbook with macros',
      () => workbookOf(row, { extra: [{ name: 'xl/vbaProject.bin', content: 'x' }] }),
      'macro',
    ],
    ['an encrypted part', () => zipOf([{ name: 'a', content: 'x', encrypted: true }]), 'encrypted'],
    ['a ZIP that is no workbook', () => zipOf([{ name: '../../etc/passwd', content: 'x' }]), 'unreadable'],
    ['a ZIP cut short', () => workbookOf(row).slice(0, 300), 'unreadable'],
    [
      'a ZIP with two parts of one name',
      () =>
        zipOf([
          { name: 'a', content: 'x' },
          { name: 'a', content: 'y' },
        ]),
      'unreadable',
    ],
    ['a workbook with a DTD', () => workbookOf('<!DOCTYPE a [<!ENTITY b "c">]>'), 'unreadable'],
    ['a tag without end', () => workbookOf(`<x:row a="${'x'.repeat(2_000_000)}`), 'unreadable'],
    ['a name without end', () => workbookOf(`<${'x'.repeat(2_000_000)}`), 'unreadable'],
    ['an old .xls', () => new Blob([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3])]), 'oldFormat'],
    [
      'a workbook with a password',
      () => new Blob([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]), Buffer.from('EncryptedPackage', 'utf16le')]),
      'encrypted',
    ],
    ['a picture', () => new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16])]), 'encoding'],
    ['a text with zeros', () => new Blob(['a,b\0']), 'encoding'],
    ['nothing', () => new Blob(['\uFEFF\n\n,,\n']), 'empty'],
    ['a quotation that does not close', () => new Blob(['a,"b\nc']), 'quotation'],
    ['a file over the limit', () => new Blob([new Uint8Array(FILE_LIMITS.file + 1)]), 'tooLarge'],
    [
      'a bomb that says what it is',
      () => workbookOf(row, { extra: [{ name: 'b', content: zeros }] }),
      'unpacksTooLarge',
    ],
    [
      'a bomb that says it is small',
      () =>
        zipOf([
          { name: 'xl/_rels/workbook.xml.rels', content: zeros, claims: 9 },
          { name: 'xl/workbook.xml', content: '' },
        ]),
      // Refused as soon as there is a megabyte without a tag; a bomb of tags is next.
      'unreadable',
    ],
    [
      'a bomb of shared strings that says it is small',
      () => {
        const content = `<sst>${`<si><t>${'長'.repeat(300)}</t></si>`.repeat(80_000)}</sst>`
        const parts = [
          { name: 'xl/workbook.xml', content: '<sheets><sheet r:id="a"/></sheets>' },
          {
            name: 'xl/_rels/workbook.xml.rels',
            content:
              '<Relationship Id="a" Type="/worksheet" Target="a"/><Relationship Id="b" Type="/sharedStrings" Target="b"/>',
          },
          { name: 'xl/a', content: row },
          { name: 'xl/b', content, claims: 10 },
        ]
        return zipOf(parts)
      },
      'unpacksTooLarge',
    ],
    ['a million rows', () => workbookOf(row.repeat(1_000_000)), 'tooManyRows'],
    ['a million lines', () => new Blob(['a,b\n'.repeat(1_000_000)]), 'tooManyRows'],
    [
      'one long text named in every row',
      () =>
        workbookOf('<x:row><x:c t="s"><x:v>0</x:v></x:c></x:row>'.repeat(2000), {
          shared: `<si><t>${'長'.repeat(30_000)}</t></si>`,
        }),
      'tooMuchText',
    ],
    [
      'more parts than any workbook has',
      () => zipOf(Array.from({ length: 2001 }, (_, index) => ({ name: `p${index}`, content: '' }))),
      'unpacksTooLarge',
    ],
  ] as const)('%s', async (_, make, problem) => {
    expect(await problemOf(make())).toBe(problem)
  })

  test('whatever bytes are in it, a file is read or refused, never thrown at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (noise, zip) => {
        const bytes = new Uint8Array(zip ? [0x50, 0x4b, 3, 4, ...noise] : noise)
        expect(typeof (await problemOf(bytes))).toBe('string')
      }),
    )
  })

  test('a workbook with any one byte changed is read or refused', async () => {
    const good = new Uint8Array(await workbookOf(row).arrayBuffer())
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = good.slice()
        bytes[at] = (bytes[at] ?? 0) ^ by
        expect(typeof (await problemOf(bytes))).toBe('string')
      }),
      { numRuns: 200 },
    )
  })
})
