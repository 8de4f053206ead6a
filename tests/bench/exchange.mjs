/** 10,000 rows out into a file and back (M2-11, M2-12): time of each step and the most memory the process held. */
import { identifyRows } from '../../src/domain/importIdentity.ts'
import { createRowPlanner } from '../../src/domain/importInitiatives.ts'
import { PROGRESS_IDS } from '../../src/domain/progress.ts'
import { DATA_COLUMNS, dataCells, guessMapping } from '../../src/domain/sheetColumns.ts'
import { readTable } from '../../src/files/readTable.ts'
import { writeTable } from '../../src/files/writeTable.ts'

const ROWS = 10_000
const AT = '2026-11-20T00:00:00.000Z'
const UNITS = Array.from({ length: 48 }, (_, index) => ({
  id: `unit-${index}`,
  name: `第${index}事務所`,
  shortName: `第${index}`,
  kind: 'office',
  parent: '',
  order: index,
}))
const ACTOR = { uid: 'hq', unit: 'unit-0', roles: ['hq'] }

const sentence = (index) => `窓口の案内を${index}回見直し、待ち時間を減らした。`
const records = Array.from({ length: ROWS }, (_, index) => ({
  type: 'initiative',
  id: `import.fy2026.${index + 1}`,
  rev: 1,
  stage: 'submitted',
  fields: {
    title: `取組の内容その${index}「=${index}」`,
    leadUnit: `unit-${index % 48}`,
    unitLabel: `第${index % 48}`,
    fiscalYear: 2026,
    no: index + 1,
    progress: PROGRESS_IDS[index % 6],
    background: sentence(index).repeat(3),
    detail: `${sentence(index)}\n"${sentence(index + 1)}"`,
    plan: '来年度に全所へ広げる。',
    importKey: `fy2026.${index + 1}`,
  },
  removed: false,
  createdBy: 'hq',
  createdAt: AT,
  updatedBy: 'hq',
  updatedAt: AT,
  receiptNo: `E1-S1-${index}`,
}))
const byId = new Map(records.map((record) => [record.id, record]))
const known = records.map(({ id, fields }) => ({ id, ...fields }))

async function timed(name, work) {
  const begun = performance.now()
  const result = await work()
  process.stdout.write(`${name}: ${((performance.now() - begun) / 1000).toFixed(2)} s\n`)
  return result
}

function planned(table, there) {
  const [header = { cells: [] }, ...body] = table
  const rows = body.map(({ line, cells }) => ({
    line,
    cells: Object.fromEntries(header.cells.map((name, index) => [name, cells[index] ?? ''])),
  }))
  const columns = guessMapping(header.cells)
  const planner = createRowPlanner({ columns, fiscalYear: 2026, units: UNITS, actor: ACTOR, at: AT })
  const identities = identifyRows({ rows, columns, fiscalYear: 2026 }, there ? known : [])
  return rows.map((row, index) =>
    planner.plan(row, identities[index], there ? byId.get(identities[index].id) : undefined),
  )
}

const madeOf = ({ intention }) => {
  const { stage, ...fields } = Object.fromEntries(
    Object.entries(intention?.set ?? {}).map(([field, { to }]) => [field, to]),
  )
  return { stage, fields }
}
const sorted = (fields) => JSON.stringify(Object.entries(fields).sort())

let identical = true
process.stdout.write(`書き出しと取込、${ROWS.toLocaleString('ja-JP')} 行\n`)
for (const kind of ['xlsx', 'csv']) {
  const file = {
    kind,
    name: 'data',
    titles: [],
    header: DATA_COLUMNS.map(({ key }) => key),
    rows: records.map((record) => dataCells(record, record.fields.unitLabel)),
    bom: true,
  }
  const bytes = await timed(`  .${kind} を作る`, () => writeTable(file))
  const table = await timed(`  .${kind} を読む（${(bytes.length / 1e6).toFixed(1)} MB）`, () =>
    readTable(new Blob([bytes])),
  )
  if (!table.ok) throw new Error(table.error.type)
  const same = await timed('  ある行と比べる', () => planned(table.value, true))
  const made = await timed('  新しい行にする（個人情報も調べる）', () => planned(table.value, false))
  identical &&= same.length === ROWS && same.every(({ status }) => status === 'same')
  identical &&= made.every((plan, index) => sorted(madeOf(plan).fields) === sorted(records[index].fields))
}
process.stdout.write(`  最大のメモリ: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB\n`)
process.stdout.write(identical ? '  往復して同じ内容です\n' : '  往復した内容が違います\n')
process.exitCode = identical ? 0 : 1
