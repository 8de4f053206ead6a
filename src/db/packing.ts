/** Makes packs of rows; packs.ts reads them. */
import type { StoredRecord } from '../domain/record.ts'
import { typeOf } from '../domain/types/index.ts'
import type { PackHead } from '../sync/ports.ts'
import type { DbContext } from './context.ts'
import { headEntryOf, searchTextOf } from './entry.ts'
import { textOfEntries } from './headEntries.ts'
import { blockRecords, blocksFor, cutAt } from './packs.ts'
import type { BlockRecord, HeadRecord, RowRecord, TextRecord } from './schema.ts'

/** The records that a pack is kept as. */
export interface Packed {
  readonly blocks: readonly BlockRecord[]
  readonly head: HeadRecord
  readonly text: TextRecord
}

/** A pack has fewer blocks: it has no more rows than a page of a snapshot. */
const NUMBERS = 256

/**
 * A number for a pack, and those below it for its blocks: one above is what a former release would give. By chance, from an id:
 * what a tab remembers of a pack (directory.ts) goes by its number, which no tab may give again, whatever was dropped since and
 * whatever the clock says.
 */
export const packNumber = (newId: DbContext['newId']): number =>
  Number.parseInt(newId().replaceAll('-', '').slice(-11), 16) * NUMBERS + NUMBERS - 1

/** Packs rows of one stream, all of which have a record. */
export function packRows(
  { stream, n }: Pick<HeadRecord, 'stream' | 'n'>,
  rows: readonly RowRecord[],
  blockChars: number,
): Packed {
  const parts = rows.map(({ record }) => JSON.stringify(record))
  let end = 0
  const ends = parts.map(({ length }) => (end += length))
  const blocks = blocksFor(ends, blockChars)
  const { head, texts } = headOf(rows, { ends, blocks })
  return {
    blocks: blockRecords({ stream, n }, cutAt(blocks, parts.join(''))),
    head: { stream, n, ...head },
    text: { stream, n, texts },
  }
}

/** What lists and search need of a pack, from its rows and where each ends in it. */
export function headOf(
  rows: readonly Omit<RowRecord, 'stream'>[],
  { ends, blocks }: Pick<PackHead, 'ends' | 'blocks'>,
): { readonly head: PackHead; readonly texts: readonly string[] } {
  const entries = rows.map(({ record }) => (record.removed ? null : (headEntryOf(record) ?? null)))
  const head = {
    ids: rows.map(({ id }) => id),
    seqs: rows.map(({ seq }) => seq),
    revs: rows.map(({ rev }) => rev),
    ends,
    ...(blocks === undefined ? {} : { blocks }),
    types: [...new Set(rows.map(({ record }) => record.type))],
    parents: [...new Set(rows.flatMap(({ record }) => parentOf(record)))],
    entries: textOfEntries(entries),
  }
  return { head, texts: rows.map(({ record }) => searchTextOf(record)) }
}

function parentOf({ type, fields }: StoredRecord): string[] {
  const link = typeOf(type)?.parent
  const value = link === undefined ? null : fields[link.field]
  return typeof value === 'string' ? [value] : []
}
