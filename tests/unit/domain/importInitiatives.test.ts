/** 取込 (M2-12): which record a row stands for, and what headquarters may change of a row that is there. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../../src/domain/actor.ts'
import { fiscalYearLabel } from '../../../src/domain/fiscal.ts'
import { asRecordId, asUid, asUnitId } from '../../../src/domain/ids.ts'
import { type KnownRow, identifyRows } from '../../../src/domain/importIdentity.ts'
import { createRowPlanner, importInitiatives } from '../../../src/domain/importInitiatives.ts'
import type { ImportRow } from '../../../src/domain/importing.ts'
import type { Json } from '../../../src/domain/json.ts'
import { PROGRESS_IDS } from '../../../src/domain/progress.ts'
import type { Fields, StoredRecord } from '../../../src/domain/record.ts'
import { DATA_COLUMNS, dataCells, guessMapping } from '../../../src/domain/sheetColumns.ts'

const AT = '2026-11-20T01:00:00.000Z'
const HQ: Actor = { uid: asUid('hq'), unit: asUnitId('somu'), roles: ['hq'] }
const UNITS = ['kameido', 'osaki'].map((id, order) => ({
  id,
  name: `${id}センター`,
  shortName: `${id}所`,
  kind: 'office',
  parent: '',
  order,
}))

function record(id: string, fields: Fields, stage = 'submitted'): StoredRecord {
  return {
    type: 'initiative',
    id: asRecordId(id),
    rev: 3,
    stage,
    fields: { title: '題', leadUnit: 'kameido', unitLabel: 'kameido所', fiscalYear: 2026, ...fields },
    removed: false,
    createdBy: asUid('staff'),
    createdAt: AT,
    updatedBy: asUid('staff'),
    updatedAt: AT,
    receiptNo: null,
  }
}
const known = ({ id, fields }: StoredRecord): KnownRow => ({
  id,
  fiscalYear: Number(fields['fiscalYear']),
  no: typeof fields['no'] === 'number' ? fields['no'] : null,
  title: String(fields['title']),
  unitLabel: String(fields['unitLabel']),
})

/** The machine-readable file of these records. */
function exported(records: readonly StoredRecord[]): ImportRow[] {
  return records.map((each, index) => {
    const cells = dataCells(each, String(each.fields['unitLabel']))
    return {
      line: index + 2,
      cells: Object.fromEntries(DATA_COLUMNS.map(({ key }, column) => [key, String(cells[column] ?? '')])),
    }
  })
}

function planAll(rows: readonly ImportRow[], records: readonly StoredRecord[], fiscalYear = 2026) {
  const columns = guessMapping(Object.keys(rows[0]?.cells ?? {}))
  const planner = createRowPlanner({ columns, fiscalYear, units: UNITS, actor: HQ, at: AT })
  const identities = identifyRows({ rows, columns, fiscalYear }, records.map(known))
  return rows.map((row, index) => {
    const identity = identities[index] ?? { error: 'invalidValue', column: '' }
    const existing = 'error' in identity ? undefined : records.find(({ id }) => id === identity.id)
    return planner.plan(row, identity, existing)
  })
}
const row = (line: number, cells: ImportRow['cells']): ImportRow => ({ line, cells })

describe('which record a row stands for', () => {
  const logged = record('0190aaaa-0000', { title: '待ち時間', no: 7 })
  const unnumbered = record('0190bbbb-0000', { title: '紙を減らす' })

  test('a number of that year is the row that has it, whoever made it', () => {
    expect(planAll([row(2, { No: '７', 取組内容: '待ち時間' })], [logged])).toMatchObject([
      { status: 'same' },
    ])
  })

  test('a row numbered in the spreadsheet is recognised by what it says, and gets its number', () => {
    const cells = { 'No.': '8', 取組内容: '紙を減らす', 部所名: 'kameido所' }
    expect(planAll([row(2, cells)], [unnumbered])).toMatchObject([
      { status: 'changed', intention: { id: unnumbered.id, set: { no: { from: null, to: 8 } } } },
    ])
  })

  test('rows that say the same stand for one record each; one too many is an error', () => {
    const twin = record('0190cccc-0000', { title: '紙を減らす' })
    const cells = { No: '', 取組内容: '紙を減らす', 部所名: 'kameido所' }
    const plans = planAll([row(2, cells), row(3, cells), row(4, cells)], [unnumbered, twin])
    expect(plans.map(({ status }) => status)).toEqual(['same', 'same', 'error'])
  })

  test('of two rows with one number each is known by what it says', () => {
    const rival = record('0190dddd-0000', { title: '別の取組', no: 7 })
    const rows = ['別の取組', '待ち時間', '三つ目'].map((title, index) =>
      row(index + 2, { No: '7', 取組内容: title, 部所名: 'kameido所' }),
    )
    const plans = planAll(rows, [logged, rival])
    expect(plans.map(({ status }) => status)).toEqual(['same', 'same', 'error'])
  })

  test('an id that is not here becomes a record of its own, the same at every import', () => {
    const rows = exported([logged])
    const [first] = planAll(rows, [])
    expect(first?.intention).toMatchObject({
      op: 'create',
      id: `import.${logged.id}`,
      set: { importKey: { to: logged.id } },
    })
    const there = record(`import.${logged.id}`, { ...logged.fields, importKey: logged.id })
    expect(planAll(rows, [there])).toMatchObject([{ status: 'same' }])
  })

  test('the same id twice is an error of the second line', () => {
    const [plan] = exported([logged])
    if (plan === undefined) throw new Error('no row')
    const plans = planAll([plan, { ...plan, line: 3 }], [logged])
    expect(plans[1]?.errors).toEqual([{ line: 3, type: 'duplicate', column: 'id', value: logged.id }])
  })
})

describe('a row that is there is its unit’s', () => {
  test('No. and 好事例 are headquarters’ and change; text, progress and 部所 stay and are told', () => {
    const there = record('0190aaaa-0000', { no: 7, progress: 'doing' })
    const [line] = exported([there])
    const cells = {
      ...line?.cells,
      no: '9',
      good_practice: 'true',
      title: '別の題',
      progress: '実施済',
      unit_id: 'osaki',
    }
    const [plan] = planAll([row(2, cells)], [there])
    expect(plan?.intention).toMatchObject({
      op: 'edit',
      stage: 'submitted',
      set: { no: { from: 7, to: 9 }, goodPractice: { from: null, to: true } },
    })
    expect(Object.keys(plan?.intention?.set ?? {})).toEqual(['no', 'goodPractice'])
    expect(plan?.kept).toEqual([
      { field: 'title', from: '題', to: '別の題' },
      { field: 'progress', from: 'doing', to: 'done' },
      { field: 'leadUnit', from: 'kameido', to: 'osaki' },
    ])
  })

  test('an empty cell, another kind of line end and white space around a text change nothing', () => {
    const there = record('0190aaaa-0000', { no: 7, detail: ' 一\r\n二 ', plan: '来年', goodPractice: true })
    const [line] = exported([there])
    const cells = { ...line?.cells, plan: '', good_practice: '', detail: '一\n二' }
    expect(planAll([row(2, cells)], [there])).toMatchObject([{ status: 'same', kept: [] }])
  })

  test('what is no value of a field headquarters may write is an error, and nothing of the row is saved', () => {
    const there = record('0190aaaa-0000', { no: 7 })
    const [line] = exported([there])
    const [plan] = planAll([row(2, { ...line?.cells, no: 'なな', good_practice: 'true' })], [there])
    expect(plan).toMatchObject({ status: 'error', errors: [{ type: 'invalidValue', column: 'no' }] })
    expect(plan?.intention).toBeUndefined()
  })
})

describe('new rows', () => {
  test('every fault of a row is told, not only the first', () => {
    const cells = { No: '1', 取組内容: '', 部所名: '目黒所', 進捗状況: 'たぶん', 年度: '平成28年度' }
    const [plan] = planAll([row(2, cells)], [])
    expect(plan?.errors.map(({ type, column }) => [type, column])).toEqual([
      ['invalidValue', '進捗状況'],
      ['unknownUnit', '部所名'],
      ['missingValue', '取組内容'],
    ])
  })

  test('a name that means no unit is the one a person chose for it, and stays as written', () => {
    const cells = { No: '1', 取組内容: '一', 部所名: '目黒所' }
    const { intentions } = importInitiatives({
      rows: [row(2, cells)],
      existing: new Map(),
      units: UNITS,
      fiscalYear: 2026,
      actor: HQ,
      at: AT,
      chosenUnits: new Map([['目黒所', 'osaki']]),
    })
    expect(intentions[0]?.set).toMatchObject({ leadUnit: { to: 'osaki' }, unitLabel: { to: '目黒所' } })
  })

  test('the all-bureau sheet is read with one 部所 for all its rows', () => {
    const cells = {
      'No.': '1',
      取組事項: '研修',
      具体的な取組内容: '開く',
      '取組状況（12月時点）': '準備した',
      進捗状況: '一部実施中',
      今後の予定: '四月から',
      局: '総務局',
    }
    const { intentions } = importInitiatives({
      rows: [row(2, cells)],
      existing: new Map(),
      units: UNITS,
      fiscalYear: 2016,
      actor: HQ,
      at: AT,
      defaultUnit: 'osaki',
    })
    expect(
      Object.fromEntries(Object.entries(intentions[0]?.set ?? {}).map(([f, { to }]) => [f, to])),
    ).toEqual({
      stage: 'submitted',
      no: 1,
      title: '研修',
      detail: '開く',
      result: '準備した',
      progress: 'partial',
      plan: '四月から',
      leadUnit: 'osaki',
      fiscalYear: 2016,
      importKey: 'fy2016.1',
    })
  })
})

test('every year reads back from how people write it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1990, max: 2100 }), fc.boolean(), (year, western) => {
      const cells = { No: '1', 取組内容: '一', 年度: western ? `${year}年度` : fiscalYearLabel(year) }
      expect(planAll([row(2, { ...cells, 部所名: 'osaki所' })], [], 2026)[0]?.intention?.id).toBe(
        `import.fy${year}.1`,
      )
    }),
  )
})

const texts = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => text.replaceAll(/\r\n?/g, '\n').trim())
  .filter((text) => text !== '')
const optional = <T extends Json>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value)
const figures = fc.double({ min: -999_999_999_999, max: 999_999_999_999, noNaN: true }).map((n) => n || 0)
const contents = fc.record({
  title: texts,
  unitLabel: texts,
  progress: optional(fc.constantFrom(...PROGRESS_IDS)),
  detail: optional(texts),
  result: optional(texts),
  theme: optional(texts),
  lifeWorkBalance: optional(fc.boolean()),
  viewpoints: optional(fc.subarray(['citizenFirst', 'openness', 'wiseSpending'], { minLength: 1 })),
  jointUnits: optional(fc.constant(['osaki'])),
  goalTarget: optional(figures),
  goodPractice: optional(fc.boolean()),
  schedule: optional(
    fc.constantFrom<Json>({ from: '2026-04-1', to: null }, { from: '2026-04-1', to: '2027-03-3' }),
  ),
})

test('reading our own file back changes nothing; read where nothing is, it makes the same rows', () => {
  fc.assert(
    fc.property(fc.array(contents, { maxLength: 6 }), (rows) => {
      const filled = (fields: Fields): Fields =>
        Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
      const records = rows.map((fields, index) =>
        record(`import.fy2026.${index + 1}`, filled({ ...fields, no: index + 1 })),
      )
      const file = exported(records)
      expect(planAll(file, records).map(({ status, kept }) => [status, kept])).toEqual(
        records.map(() => ['same', []]),
      )
      const made = planAll(file, []).map(({ intention }) =>
        Object.fromEntries(Object.entries(intention?.set ?? {}).map(([field, { to }]) => [field, to])),
      )
      expect(made).toEqual(
        records.map(({ fields }, index) => ({
          ...fields,
          stage: 'submitted',
          importKey: `fy2026.${index + 1}`,
        })),
      )
    }),
  )
})
