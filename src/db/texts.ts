/**
 * Search texts as a person's database holds them, read by plain IndexedDB: the worker that searches through them needs nothing
 * else of the app. Entries by themselves lie over the packs, as in light.ts.
 */
import type { RecordId } from '../domain/ids.ts'
import { placeOf, textKey } from './packs.ts'
import { answered } from './plain.ts'
import type { HeadRecord, StoredIndexEntry, TextRecord } from './schema.ts'

type Texts = Map<RecordId, string | undefined>

/** The texts of everything shown, by id. */
export async function allTexts(db: IDBDatabase): Promise<Texts> {
  const stores = db.transaction(['index', 'heads', 'texts'], 'readonly')
  const [single, heads, packed] = await Promise.all([
    answered<StoredIndexEntry[]>(stores.objectStore('index').getAll()),
    answered<HeadRecord[]>(stores.objectStore('heads').getAll()),
    answered<TextRecord[]>(stores.objectStore('texts').getAll()),
  ])
  const found: Texts = new Map()
  const byPack = new Map(packed.map(({ stream, n, texts }) => [`${stream}|${n}`, texts]))
  for (const head of heads) {
    const texts = byPack.get(textKey(head).join('|')) ?? []
    head.ids.forEach((id, place) => id !== null && found.set(id, texts[place] ?? ''))
  }
  for (const entry of single) found.set(entry.id, entry.gone === true ? undefined : entry.search)
  return found
}

/** The texts of these records; undefined where there is nothing to show. */
export async function someTexts(db: IDBDatabase, ids: readonly RecordId[]): Promise<Texts> {
  const stores = db.transaction(['index', 'heads', 'texts'], 'readonly')
  const byId = stores.objectStore('heads').index('ids')
  return new Map(
    await Promise.all(
      ids.map(async (id): Promise<[RecordId, string | undefined]> => {
        const single = await answered<StoredIndexEntry | undefined>(stores.objectStore('index').get(id))
        if (single !== undefined) return [id, single.gone === true ? undefined : single.search]
        const head = (await answered<HeadRecord[]>(byId.getAll(id))).at(-1)
        if (head === undefined) return [id, undefined]
        const packed = await answered<TextRecord | undefined>(stores.objectStore('texts').get(textKey(head)))
        return [id, packed?.texts[placeOf(head, id)] ?? '']
      }),
    ),
  )
}
