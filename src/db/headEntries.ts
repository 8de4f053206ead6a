/**
 * The light entries of a pack as one text: names of facets once for all, and nothing that the head says elsewhere. All of them are
 * read each time the app is opened, so what counts is how long the text is.
 */
import type { RecordId } from '../domain/ids.ts'
import type { FacetValue } from '../domain/record.ts'
import type { IndexEntry } from '../sync/ports.ts'
import type { HeadEntry } from './entry.ts'

/** Type, and names of its facets in the order of their values. */
type Shape = readonly [type: string, ...facets: string[]]
/** `shape`: place in the shapes. */
type Line = readonly [
  shape: number,
  rev: number,
  stage: string,
  updatedAt: string,
  updatedBy: string,
  receiptNo: string | null,
  ...values: FacetValue[],
]
interface Columns {
  readonly shapes: readonly Shape[]
  readonly lines: readonly (Line | null)[]
}

/** One place for each record of the pack; null where there is nothing to list. */
export function textOfEntries(entries: readonly (HeadEntry | null)[]): string {
  const shapes = new Map<string, { readonly place: number; readonly shape: Shape }>()
  const lines = entries.map((entry): Line | null => {
    if (entry === null) return null
    const { type, rev, stage, facets, updatedAt, updatedBy, receiptNo } = entry
    const shape: Shape = [type, ...Object.keys(facets)]
    const name = JSON.stringify(shape)
    const known = shapes.get(name) ?? { place: shapes.size, shape }
    shapes.set(name, known)
    return [known.place, rev, stage, updatedAt, updatedBy, receiptNo, ...Object.values(facets)]
  })
  return JSON.stringify({ shapes: [...shapes.values()].map(({ shape }) => shape), lines } satisfies Columns)
}

/** The light entries of the records that have one, as the server says of them. `ids`: null for those that have left the pack. */
export function entriesOf({
  ids,
  entries,
}: {
  readonly ids: readonly (RecordId | null)[]
  readonly entries: string
}): IndexEntry[] {
  const held: Columns | readonly (HeadEntry | null)[] = JSON.parse(entries)
  // Packs of former releases; the index is written anew when the engine has loaded (renewal.ts).
  if (!('lines' in held))
    return held.flatMap((entry, place) =>
      entry === null || ids[place] === null ? [] : [{ ...entry, queued: 0, parked: 0 }],
    )
  return held.lines.flatMap((line, place) => {
    const id = ids[place]
    return line === null || id === null || id === undefined ? [] : [entryOf(id, line, held.shapes)]
  })
}

function entryOf(id: RecordId, line: Line, shapes: readonly Shape[]): IndexEntry {
  const [shape, rev, stage, updatedAt, updatedBy, receiptNo, ...values] = line
  const [type = '', ...names] = shapes[shape] ?? []
  const facets: Record<string, FacetValue> = {}
  for (let place = 0; place < names.length; place += 1) facets[names[place] ?? ''] = values[place] ?? null
  return { id, type, rev, stage, facets, updatedAt, updatedBy, receiptNo, queued: 0, parked: 0 }
}
