/** Columns of a 取組 in files: their stable name, the headings people give them, and each value as a cell and back (M2-11, M2-12). */
import { fiscalYearLabel } from './fiscal.ts'
import { type Json, isArray } from './json.ts'
import { PROGRESS_IDS, progressLabel } from './progress.ts'
import type { StoredRecord } from './record.ts'
import { fieldOf } from './record.ts'
import { parseSchedule } from './types/initiative.ts'

/** What a cell holds: text, or a number as one. */
export type CellValue = string | number | null

interface Codec {
  readonly write: (value: Json) => CellValue
  /** The value a filled-in cell means; undefined when it means none. */
  readonly read: (text: string) => Json | undefined
}

export interface SheetColumn {
  /** Name in machine-readable files; never changed, as other programs go by it. */
  readonly key: string
  /** 項目名, as people know it. */
  readonly label: string
  /** Other headings it goes by, folded (`foldedHeading`). */
  readonly aliases?: readonly string[]
  /** The field it holds; absent where a cell says which row or which 部所 it is. */
  readonly field?: string
  readonly codec: Codec
  /** `export`: the app's own to say. `import`: of other layouts; says nothing about rows that are there already. */
  readonly only?: 'export' | 'import'
}

const text: Codec = { write: (value) => (typeof value === 'string' ? value : ''), read: (cell) => cell }

/** Digits of any width, with or without commas. */
export function readNumber(cell: string): number | undefined {
  const plain = cell.normalize('NFKC').replaceAll(/[,\s]/g, '')
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined
}
const number: Codec = { write: (value) => (typeof value === 'number' ? value : null), read: readNumber }

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['○', true],
  ['〇', true],
  ['×', false],
])
const flag: Codec = {
  write: (value) => (typeof value === 'boolean' ? String(value) : ''),
  read: (cell) => FLAGS.get(cell.normalize('NFKC').toLowerCase()),
}

/** Ids, which have no spaces in them. */
const list: Codec = {
  write: (value) => (isArray(value) ? value.join(' ') : ''),
  read: (cell) => cell.split(/[\s,、]+/).filter((id) => id !== ''),
}

const PROGRESS_BY_WORD = new Map(PROGRESS_IDS.flatMap((id) => [[id, id] as const, [progressLabel(id), id]]))
const progress: Codec = {
  write: (value) => (typeof value === 'string' ? value : ''),
  read: (cell) => {
    const word = cell.normalize('NFKC')
    return word === progressLabel(null) ? null : PROGRESS_BY_WORD.get(word)
  },
}

const YEARS = new Map(
  Array.from({ length: 111 }, (_, index) => 1990 + index).map((year) => [fiscalYearLabel(year), year]),
)
/** 2016, 2016年度 or 平成28年度. */
const fiscalYear: Codec = {
  write: number.write,
  read: (cell) => {
    const word = cell.normalize('NFKC').replaceAll(/\s/g, '')
    return YEARS.get(word) ?? readNumber(word.replace(/年度?$/, ''))
  },
}

/** The 年度 that a text names in 和暦; undefined when none. */
export function fiscalYearIn(text: string): number | undefined {
  const name = /(?:平成|令和)(?:\d{1,2}|元)年度/.exec(text.normalize('NFKC').replaceAll(/\s/g, ''))?.[0]
  return name === undefined ? undefined : YEARS.get(name)
}

const longText = (key: string, label: string, ...aliases: readonly string[]): SheetColumn => ({
  key,
  label,
  aliases,
  field: key,
  codec: text,
})
const figure = (key: string, field: string, label: string): SheetColumn => ({
  key,
  label,
  field,
  codec: number,
})

const COLUMNS: readonly SheetColumn[] = [
  { key: 'id', label: '改善帳のID', codec: text },
  { key: 'fiscal_year', label: '年度', field: 'fiscalYear', codec: fiscalYear },
  { key: 'no', label: 'No.', aliases: ['no', '番号', 'NO'], field: 'no', codec: number },
  { key: 'title', label: '取組内容', aliases: ['取組事項', '取組', '件名'], field: 'title', codec: text },
  { key: 'unit_label', label: '部所名', aliases: ['部所', '事業所', '事業所名', '所属'], codec: text },
  { key: 'unit_id', label: '部所のID', codec: text },
  { key: 'joint_unit_ids', label: '共同実施の部所のID', codec: list },
  { key: 'stage', label: '段階', codec: text, only: 'export' },
  { key: 'progress', label: '進捗', aliases: ['進捗状況'], field: 'progress', codec: progress },
  { key: 'theme', label: '分類', field: 'theme', codec: text },
  { key: 'viewpoints', label: '視点', field: 'viewpoints', codec: list },
  {
    key: 'life_work_balance',
    label: 'ライフ・ワーク・バランス',
    field: 'lifeWorkBalance',
    codec: flag,
  },
  longText('background', '現状・課題'),
  longText('detail', '具体的な取組内容'),
  longText('goal', '目標'),
  { key: 'goal_indicator', label: '指標', field: 'goalIndicator', codec: text },
  { key: 'goal_unit', label: '単位', field: 'goalUnit', codec: text },
  figure('goal_baseline', 'goalBaseline', '現状値'),
  figure('goal_target', 'goalTarget', '目標値'),
  figure('goal_actual', 'goalActual', '実績値'),
  { key: 'schedule_from', label: '実施時期（始）', codec: text },
  { key: 'schedule_to', label: '実施時期（終）', codec: text },
  longText('plan', '今後の予定'),
  longText('result', '結果'),
  { key: 'status', label: '取組状況', field: 'result', codec: text, only: 'import' },
  { key: 'good_practice', label: '好事例', field: 'goodPractice', codec: flag },
  { key: 'created_at', label: '登録日時', codec: text, only: 'export' },
  { key: 'updated_at', label: '更新日時', codec: text, only: 'export' },
  { key: 'receipt_no', label: '受領番号', codec: text, only: 'export' },
]

/** Every column of the machine-readable file, in its order. */
export const DATA_COLUMNS = COLUMNS.filter(({ only }) => only !== 'import')

/** Every column an import knows. */
export const IMPORT_COLUMNS = COLUMNS.filter(({ only }) => only !== 'export')

/** Which heading of a file holds which column, by the column's key. */
export type ColumnMapping = Readonly<Partial<Record<string, string>>>

/** A heading as it is compared: width, case, spaces, trailing dots and a note in brackets do not matter. */
function foldedHeading(heading: string): string {
  return heading
    .normalize('NFKC')
    .replaceAll(/\s/g, '')
    .replace(/\(.*\)$/, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

const KEY_OF_HEADING = new Map(
  IMPORT_COLUMNS.flatMap(({ key, label, aliases = [] }) =>
    [key, label, ...aliases].map((name) => [headingOf(key, name), key] as const),
  ),
)

/** 実施時期 has its halves told apart by the very bracket that is otherwise passed over. */
function headingOf(key: string, name: string): string {
  return key.startsWith('schedule_') ? name.normalize('NFKC') : foldedHeading(name)
}

/** Longer ones are no headings, but texts. */
const MAX_HEADING = 100

/** The column a heading names; undefined when it is none we know. */
function columnKeyOf(heading: string): string | undefined {
  if (heading.length > MAX_HEADING) return undefined
  return KEY_OF_HEADING.get(heading.normalize('NFKC').trim()) ?? KEY_OF_HEADING.get(foldedHeading(heading))
}

/** The first heading for each column we know. */
export function guessMapping(headings: readonly string[]): ColumnMapping {
  const mapping: Partial<Record<string, string>> = {}
  for (const heading of headings) {
    const key = columnKeyOf(heading)
    if (key !== undefined) mapping[key] ??= heading
  }
  return mapping
}

/** Line of cells that names most columns we know, among the first; titles may stand above it. Undefined when none names two. */
export function findHeader(rows: readonly (readonly string[])[]): number | undefined {
  const known = rows.slice(0, 20).map((cells) => Object.keys(guessMapping(cells)).length)
  const most = Math.max(0, ...known)
  return most >= 2 ? known.indexOf(most) : undefined
}

/** The machine-readable line of a record. `unitLabel` is the unit as the list shows it. Dates are ISO 8601. */
export function dataCells(record: StoredRecord, unitLabel: string): CellValue[] {
  const schedule = parseSchedule(fieldOf(record, 'schedule'))
  const special: Readonly<Record<string, CellValue>> = {
    id: record.id,
    unit_label: unitLabel,
    unit_id: text.write(fieldOf(record, 'leadUnit')),
    joint_unit_ids: list.write(fieldOf(record, 'jointUnits')),
    stage: record.stage,
    schedule_from: schedule?.from ?? '',
    schedule_to: schedule?.to ?? '',
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    receipt_no: record.receiptNo ?? '',
  }
  return DATA_COLUMNS.map(({ key, field, codec }) =>
    field === undefined ? (special[key] ?? '') : codec.write(fieldOf(record, field)),
  )
}
