/** Finds records by what their facets say, in the light index and the packs below it. */
import type { RecordId } from '../domain/ids.ts'
import type { FacetValue } from '../domain/record.ts'
import { typeOf } from '../domain/types/index.ts'
import type { IndexEntry } from '../sync/ports.ts'
import { facetKey, keyedFacets } from './facetKey.ts'
import { indexedAmong } from './light.ts'
import { entriesOf } from './headEntries.ts'
import type { TabletDatabase } from './schema.ts'

interface Wanted {
  readonly type: string
  readonly facet: string
  readonly value: string
}

/** Ids of the records of a type whose facet has the value. */
export async function idsWhere(db: TabletDatabase, wanted: Wanted): Promise<RecordId[]> {
  const { type, facet, value } = wanted
  const isParent = typeOf(type)?.parent?.field === facet
  const heads = isParent ? db.heads.where('parents').equals(value) : db.heads.where('types').equals(type)
  const [single, below] = await Promise.all([singleWhere(db, wanted), heads.toArray()])
  const packed = below
    .flatMap(entriesOf)
    .filter((entry) => entry.type === type && has(entry.facets[facet], value))
  return [...single, ...(await notOver(db, packed))]
}

/** By the index where it has keys of the facet; else by a look at all of the type. */
async function singleWhere(db: TabletDatabase, { type, facet, value }: Wanted): Promise<RecordId[]> {
  if (keyedFacets(type).includes(facet))
    return db.index
      .where('keys')
      .equals(facetKey(type, facet, value))
      .primaryKeys()
  const entries = await db.index.where('type').equals(type).toArray()
  return entries.filter(({ facets }) => has(facets[facet], value)).map(({ id }) => id)
}

/** Ids of the records of a type. */
export async function idsOfType(db: TabletDatabase, type: string): Promise<RecordId[]> {
  const [single, heads] = await Promise.all([
    db.index.where('type').equals(type).primaryKeys(),
    db.heads.where('types').equals(type).toArray(),
  ])
  const packed = heads.flatMap(entriesOf)
  return [
    ...single,
    ...(await notOver(
      db,
      packed.filter((entry) => entry.type === type),
    )),
  ]
}

async function notOver(db: TabletDatabase, packed: readonly IndexEntry[]): Promise<RecordId[]> {
  if (packed.length === 0) return []
  const ids = packed.map(({ id }) => id)
  const over = new Set(await indexedAmong(db, ids))
  return ids.filter((id) => !over.has(id))
}

function has(facet: FacetValue | undefined, value: string): boolean {
  return Array.isArray(facet) ? facet.includes(value) : facet !== undefined && String(facet) === value
}
