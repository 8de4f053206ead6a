/** Cells of an imported list, read as values of fields, and when two values are the same. */
import type { ImportError, ImportRow } from './importing.ts'
import { type Json, isArray, jsonEqual } from './json.ts'

/** One cell read: the field it is for, its heading, and its value; `value` undefined = none the field knows. */
export interface Reading {
  readonly field: string
  readonly heading: string
  readonly cell: string
  readonly value: Json | undefined
  readonly error?: ImportError['type']
}

export const isNothing = (value: Json): boolean =>
  value === null || value === '' || (isArray(value) && value.length === 0)

/** Equal but for white space around a text, the kind of its line ends, and the order of a list. */
export function sameValue(from: Json, to: Json): boolean {
  if (isNothing(from) && isNothing(to)) return true
  if (typeof from === 'string' && typeof to === 'string') return cleaned(from) === cleaned(to)
  if (isArray(from) && isArray(to)) return jsonEqual([...from].sort(), [...to].sort())
  return jsonEqual(from, to)
}

/** With one kind of line end, and no white space around. */
export function cleaned(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').trim()
}

/** The cell under a heading, cleaned; '' where the sheet has none. */
export function cellOf(cells: ImportRow['cells'], heading: string | undefined): string {
  return heading === undefined ? '' : cleaned(cells[heading] ?? '')
}
