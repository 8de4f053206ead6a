/** How the file's table is read: its header, which column is which, the year, and the 部所 where no column says it. */
import { type Ref, computed, shallowRef, watch } from 'vue'
import type { TableRow } from '../../domain/csv.ts'
import type { ImportRow } from '../../domain/importing.ts'
import { type ColumnMapping, findHeader, fiscalYearIn, guessMapping } from '../../domain/sheetColumns.ts'
import { useInitiatives } from '../../stores/initiatives.ts'

/** Lines offered as header. */
const HEADER_CHOICES = 20
/** Characters above the header that are searched for a year. */
const MAX_TITLES = 1000

export function useSheet(table: Readonly<Ref<readonly TableRow[] | undefined>>) {
  const initiatives = useInitiatives()
  const headerIndex = shallowRef(0)
  const year = shallowRef('')
  const unit = shallowRef('')
  /** Heading by column; '' = not taken. */
  const chosen = shallowRef<ColumnMapping>({})

  const rows = computed(() => table.value ?? [])
  const headings = computed(() => uniqueHeadings(rows.value[headerIndex.value]?.cells ?? []))
  const headerChoices = computed(() => rows.value.slice(0, HEADER_CHOICES))

  watch(table, (read = []) => {
    const cells = read.map((row) => row.cells)
    headerIndex.value = findHeader(cells) ?? 0
    const titles = cells.slice(0, headerIndex.value).flat().join(' ').slice(0, MAX_TITLES)
    year.value = String(fiscalYearIn(titles) ?? initiatives.currentFiscalYear())
    unit.value = ''
  })
  watch(headings, (known) => {
    chosen.value = guessMapping(known)
  })
  function choose(column: string, heading: string): void {
    chosen.value = { ...chosen.value, [column]: heading }
  }

  const columns = computed<ColumnMapping>(() =>
    Object.fromEntries(Object.entries(chosen.value).filter(([, heading]) => heading !== '')),
  )
  const needsUnit = computed(
    () => columns.value['unit_label'] === undefined && columns.value['unit_id'] === undefined,
  )
  const importRows = computed<readonly ImportRow[]>(() =>
    rows.value.slice(headerIndex.value + 1).map(({ line, cells }) => ({
      line,
      cells: Object.fromEntries(headings.value.map((heading, index) => [heading, cells[index] ?? ''])),
    })),
  )

  return { headerIndex, headerChoices, headings, chosen, choose, columns, year, unit, needsUnit, importRows }
}

/** Headings as they stand; empty ones and repeated ones by the column's letter too. */
function uniqueHeadings(cells: readonly string[]): string[] {
  const seen = new Set<string>()
  return cells.map((cell, index) => {
    const name = cell.trim()
    const unique = name === '' || seen.has(name) ? `${name}（${columnLetter(index)}列）` : name
    seen.add(unique)
    return unique
  })
}

function columnLetter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : columnLetter(Math.floor(index / 26) - 1) + last
}
