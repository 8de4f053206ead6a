/** 取込 (M2-12): per-row errors, and an import repeated changes nothing. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importedInitiativeId, importedInitiativeIds } from '../../../src/domain/importIdentity.ts'
import { importInitiatives } from '../../../src/domain/importInitiatives.ts'
import { type ImportRow, importUnits } from '../../../src/domain/importing.ts'
import { asRecordId, asUid, asUnitId } from '../../../src/domain/ids.ts'
import type { Intention } from '../../../src/domain/mutation.ts'
import type { StoredRecord } from '../../../src/domain/record.ts'
import type { Unit } from '../../../src/domain/types/unit.ts'
import { createUnitFinder } from '../../../src/domain/unitNames.ts'

const AT = '2026-11-20T01:00:00.000Z'
const unit = (id: string, name: string, shortName = name): Unit => ({
  id,
  name,
  shortName,
  kind: 'office',
  parent: '',
  order: 1,
})
const UNITS = [
  unit('kameido', '労働相談情報センター亀戸事務所', '亀戸事務所'),
  unit('leather', '皮革技術センター'),
  unit('taito', '城東職業能力開発センター台東分校', '台東分校'),
  unit('forum', '（株）東京国際フォーラム'),
  unit('oshima-1', '大島事業所一', '大島'),
  unit('oshima-2', '大島事業所二', '大島'),
]
const row = (no: string, title: string, label: string, line = 2): ImportRow => ({
  line,
  cells: { No: no, 取組内容: title, 部所名: label },
})
const HQ = { uid: asUid('hq'), unit: asUnitId('somu'), roles: ['hq'] } as const
const plan = (rows: readonly ImportRow[], existing: ReadonlyMap<string, StoredRecord> = new Map()) =>
  importInitiatives({ rows, existing, units: UNITS, fiscalYear: 2016, actor: HQ, at: AT })

/** The record an accepted create leaves behind. */
function applied(intention: Intention): StoredRecord {
  const { stage, ...fields } = Object.fromEntries(
    Object.entries(intention.set).map(([field, { to }]) => [field, to]),
  )
  return {
    type: intention.type,
    id: intention.id,
    rev: 1,
    stage: String(stage),
    fields,
    removed: false,
    createdBy: asUid('hq'),
    createdAt: AT,
    updatedBy: asUid('hq'),
    updatedAt: AT,
    receiptNo: null,
  }
}
const recordsOf = (intentions: readonly Intention[]): Map<string, StoredRecord> =>
  new Map(intentions.map((intention) => [intention.id, applied(intention)]))

describe('initiatives', () => {
  test('a row becomes a submitted 取組 whose id says year and number; 進捗 is left out', () => {
    expect(plan([row('18', ' 世界の皮革 ', '台東分校 皮革技術センター 等')])).toEqual({
      errors: [],
      kept: [],
      warnings: [],
      intentions: [
        {
          v: 2,
          op: 'create',
          type: 'initiative',
          id: 'import.fy2016.18',
          stage: null,
          set: {
            stage: { from: null, to: 'submitted' },
            title: { from: null, to: '世界の皮革' },
            leadUnit: { from: null, to: 'taito' },
            jointUnits: { from: null, to: ['leather'] },
            unitLabel: { from: null, to: '台東分校 皮革技術センター 等' },
            fiscalYear: { from: null, to: 2016 },
            no: { from: null, to: 18 },
            importKey: { from: null, to: 'fy2016.18' },
          },
          blobs: [],
          at: AT,
        },
      ],
    })
  })

  test('a row that cannot be taken is named by line, column and value; the others are taken', () => {
    const { intentions, errors } = plan([
      row('1', '一', '亀戸事務所', 2),
      row('x', '二', '亀戸事務所', 3),
      row('3', '　', '亀戸事務所', 4),
      row('4', '四', '', 5),
      row('5', '五', '目黒事務所', 6),
      row('6', '六', '大島', 7),
      row('1', '七', '亀戸事務所', 8),
      row('8', '八'.repeat(201), '亀戸事務所', 9),
      row('0', '九', '亀戸事務所', 10),
      { line: 11, cells: { 番号: '10' } },
      row('11', '十一', '亀戸事務所', 12),
    ])
    expect(intentions.map(({ id }) => id)).toEqual(['import.fy2016.1', 'import.fy2016.11'])
    expect(errors).toEqual([
      { line: 3, type: 'invalidValue', column: 'No', value: 'x' },
      { line: 4, type: 'missingValue', column: '取組内容', value: '　' },
      { line: 5, type: 'missingValue', column: '部所名', value: '' },
      { line: 6, type: 'unknownUnit', column: '部所名', value: '目黒事務所' },
      { line: 7, type: 'ambiguousUnit', column: '部所名', value: '大島' },
      { line: 8, type: 'duplicate', column: 'No', value: '1' },
      { line: 9, type: 'invalidValue', column: '取組内容', value: '八'.repeat(201), max: 200 },
      { line: 10, type: 'invalidValue', column: 'No', value: '0' },
      { line: 11, type: 'missingValue', column: 'No', value: '' },
    ])
  })

  test('a row that is there is the unit’s: the sheet does not write over it, and says so', () => {
    const existing = recordsOf(plan([row('18', '旧', '台東分校 皮革技術センター 等')]).intentions)
    expect(plan([row('18', '新', '台東分校')], existing)).toEqual({
      intentions: [],
      errors: [],
      kept: [2],
      warnings: [],
    })
    expect(plan([row('18', '旧', '亀戸事務所')], existing)).toEqual({
      intentions: [],
      errors: [],
      kept: [2],
      warnings: [],
    })
  })

  test('[M12] personal data in a row is told with its cell, and the row is taken', () => {
    const title = '鈴木課長（03-1234-5678）への連絡を（株）東京国際フォーラムで減らす'
    const { intentions, warnings } = plan([row('18', ` ${title}`, '亀戸事務所', 4)])
    expect(intentions.length).toBe(1)
    expect(warnings).toMatchObject([
      { line: 4, column: '取組内容', value: title, kind: 'person', start: 0, end: 2 },
      { line: 4, column: '取組内容', kind: 'phone', start: 5, end: 17 },
    ])
  })

  test('importing the same rows again plans nothing', () => {
    const label = fc.constantFrom('亀戸事務所', '台東分校 皮革技術センター 等', '㈱東京国際フォーラム')
    const title = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
    fc.assert(
      fc.property(fc.array(fc.tuple(title, label), { maxLength: 20 }), (cells) => {
        const rows = cells.map(([text, name], index) => row(String(index + 1), text, name, index + 2))
        const first = plan(rows)
        const second = plan(rows, recordsOf(first.intentions))
        expect(second).toEqual({ intentions: [], errors: first.errors, kept: [], warnings: [] })
      }),
    )
  })

  test('the ids to look up are those of the rows that have a number', () => {
    expect(importedInitiativeIds([row('１', '一', ''), row('x', '二', '')], 2016)).toEqual([
      importedInitiativeId(2016, 1),
    ])
  })
})

describe('部所名', () => {
  const find = createUnitFinder(UNITS)
  test.each([
    ['労働相談情報センター亀戸事務所', ['kameido']],
    ['亀戸事務所', ['kameido']],
    [' 亀戸事務所等 ', ['kameido']],
    ['亀戸事務所　等', ['kameido']],
    ['㈱東京国際フォーラム', ['forum']],
    ['(株)東京国際フォーラム', ['forum']],
    ['（株）東京国際ﾌｫｰﾗﾑ', ['forum']],
    ['台東分校　皮革技術センター', ['taito', 'leather']],
    ['台東分校、皮革技術センター等', ['taito', 'leather']],
    ['台東分校 台東分校', ['taito']],
  ])('「%s」 means %j', (label, ids) => {
    expect(find(label)).toEqual({ type: 'found', ids })
  })

  test.each(['', '等', ' ', '目黒事務所', '台東分校 目黒事務所'])('「%s」 means no unit we know', (label) => {
    expect(find(label)).toEqual({ type: 'unknownUnit' })
  })
})

describe('units', () => {
  const cells = (id: string, name: string, kind = 'office'): ImportRow['cells'] => ({
    id,
    name,
    short_name: name,
    kana: '',
    kind,
    parent: '',
    source: 'seed',
  })

  test('a unit is created in the order of the file, edited where it differs, and left alone when equal', () => {
    const rows = [
      { line: 2, cells: cells('a', '甲') },
      { line: 3, cells: cells('b', '乙') },
    ]
    const first = importUnits({ rows, existing: new Map(), at: AT })
    expect(first.intentions.map(({ id, op, set }) => [id, op, set['order']?.to, set['kana']])).toEqual([
      ['a', 'create', 1, undefined],
      ['b', 'create', 2, undefined],
    ])
    const existing = recordsOf(first.intentions)
    expect(importUnits({ rows, existing, at: AT })).toEqual({
      intentions: [],
      errors: [],
      kept: [],
      warnings: [],
    })
    const partial = { line: 2, cells: { id: 'b', name: '丁' } }
    expect(importUnits({ rows: [partial], existing, at: AT }).intentions.map(({ set }) => set)).toEqual([
      { name: { from: '乙', to: '丁' } },
    ])
    const renamed = importUnits({ rows: [{ line: 2, cells: cells('a', '丙') }], existing, at: AT })
    expect(renamed.intentions[0]?.set).toEqual({
      name: { from: '甲', to: '丙' },
      shortName: { from: '甲', to: '丙' },
    })
  })

  test('a place of its own leaves the others where they stand; a 部 that is nowhere is an error', () => {
    const [stands] = importUnits({
      rows: [{ line: 2, cells: cells('a', '甲') }],
      existing: new Map(),
      at: AT,
    }).intentions
    if (stands === undefined) throw new Error('one unit expected')
    const existing = recordsOf([stands])
    const rows = [
      { line: 2, cells: { ...cells('b', '乙'), order: '７' } },
      { line: 3, cells: { ...cells('a', '甲'), order: '' } },
      { line: 4, cells: { ...cells('c', '丙'), order: 'last' } },
      { line: 5, cells: { ...cells('d', '丁'), parent: 'nowhere' } },
      { line: 6, cells: { ...cells('e', '戊'), parent: 'b' } },
    ]
    const { intentions, errors } = importUnits({ rows, existing, at: AT })
    expect(intentions.map(({ id, set }) => [id, set['order']?.to])).toEqual([
      ['b', 7],
      ['e', 5],
    ])
    expect(errors.map(({ line, type, column }) => [line, type, column])).toEqual([
      [4, 'invalidValue', 'order'],
      [5, 'unknownUnit', 'parent'],
    ])
  })

  test('a unit with a bad id, without a name, of an unknown kind or twice is an error', () => {
    const rows = [
      cells('だめ', '甲'),
      cells('a', ''),
      cells('b', '乙', 'shop'),
      cells('c', '丙'),
      cells('c', '丁'),
    ].map((each, index) => ({ line: index + 2, cells: each }))
    const { intentions, errors } = importUnits({ rows, existing: new Map(), at: AT })
    expect(intentions.map(({ id }) => id)).toEqual([asRecordId('c')])
    expect(errors.map(({ line, type, column }) => [line, type, column])).toEqual([
      [2, 'invalidValue', 'id'],
      [3, 'missingValue', 'name'],
      [4, 'invalidValue', 'kind'],
      [6, 'duplicate', 'id'],
    ])
  })
})
