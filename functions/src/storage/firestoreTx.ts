/** Reads and buffered writes of one attempt at a Firestore transaction. */
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from '@google-cloud/firestore'
import {
  type FirestoreWrite,
  assertWithinLimits,
  documentId,
  fromBody,
  keyOf,
  toFields,
} from './firestoreDocs.ts'
import {
  type Collection,
  type Docs,
  type Found,
  type IndexCollection,
  type IndexName,
  type ReadTx,
  type Tx,
  INDEXES,
  StorageLimitError,
} from './storage.ts'

/** Documents asked for in one request. */
const GET_ALL_BATCH = 300

type Phase = 'reading' | 'writing' | 'ended'

/** One attempt: reads first, then writes, which are kept until `apply`. A read-only one never writes. */
export class FirestoreTx implements Tx {
  /** Documents read so far as Firestore bills them: a missing document and an empty query are one read each. */
  reads = 0
  private phase: Phase = 'reading'
  private begun = false
  private readonly writes = new Map<string, FirestoreWrite>()
  private readonly firestore: Firestore
  private readonly transaction: Transaction

  constructor(firestore: Firestore, transaction: Transaction) {
    this.firestore = firestore
    this.transaction = transaction
  }

  async get<C extends Collection>(collection: C, key: string): Promise<Docs[C] | undefined> {
    return (await this.getAll(collection, [key]))[0]
  }

  async getAll<C extends Collection>(
    collection: C,
    keys: readonly string[],
  ): Promise<(Docs[C] | undefined)[]> {
    this.assertReading()
    const ids = keys.map(documentId)
    const distinct = [...new Set(ids)].filter((id) => id !== undefined)
    const batches = Array.from({ length: Math.ceil(distinct.length / GET_ALL_BATCH) }, (_, index) =>
      distinct.slice(index * GET_ALL_BATCH, (index + 1) * GET_ALL_BATCH),
    )
    const snapshots = await Promise.all(
      batches.map((batch) => this.fetch(batch.map((id) => this.reference(collection, id)))),
    )
    const bodies = new Map(
      snapshots.flat().flatMap((snapshot): [string, unknown][] => {
        return snapshot.exists ? [[snapshot.id, snapshot.get('body')]] : []
      }),
    )
    return ids.map((id) =>
      id === undefined || !bodies.has(id) ? undefined : fromBody<Docs[C]>(bodies.get(id)),
    )
  }

  async find<I extends IndexName>(
    index: I,
    { value, after, limit }: Parameters<ReadTx['find']>[1],
  ): Promise<Found<Docs[IndexCollection<I>]>[]> {
    this.assertReading()
    if (limit === 0) return []
    const definition = INDEXES[index]
    let query = this.firestore.collection(definition.collection).where(definition.equals, '==', value)
    if ('order' in definition) {
      if (after !== undefined) query = query.where(definition.order, '>', after)
      query = query.orderBy(definition.order)
    }
    query = query.orderBy('__name__')
    const asked = this.transaction.get(limit === undefined ? query : query.limit(limit))
    this.guardBeginning()
    const { docs } = await asked
    this.reads += Math.max(1, docs.length)
    return docs.map((doc) => ({ key: keyOf(doc.id), doc: fromBody(doc.get('body')) }))
  }

  put<C extends Collection>(collection: C, key: string, doc: Docs[C]): void {
    const id = documentId(key)
    if (id === undefined) throw new StorageLimitError('key', `A key of ${collection} cannot be stored.`)
    // Turned into text at once: what the caller does to the object afterwards changes nothing.
    this.write({ collection, id, fields: toFields(collection, doc) })
  }

  remove(collection: Collection, key: string): void {
    const id = documentId(key)
    if (id !== undefined) this.write({ collection, id, fields: undefined })
  }

  /** Hands the writes to the transaction and answers how many. Throws StorageLimitError before anything is sent. */
  apply(): number {
    const writes = [...this.writes.values()]
    assertWithinLimits(writes)
    for (const { collection, id, fields } of writes) {
      if (fields === undefined) this.transaction.delete(this.reference(collection, id))
      else this.transaction.set(this.reference(collection, id), fields)
    }
    return writes.length
  }

  /** Nothing may use the transaction any more. */
  end(): void {
    this.phase = 'ended'
  }

  private async fetch(references: readonly DocumentReference[]): Promise<DocumentSnapshot[]> {
    const asked = this.transaction.getAll(...references)
    this.guardBeginning()
    const snapshots = await asked
    this.reads += snapshots.length
    return snapshots
  }

  /**
   * The first read begins the transaction. When it fails, @google-cloud/firestore (9.4) leaves a rejected promise nobody
   * handles, which would end the process. Reading no document at all waits for that promise and sends nothing.
   */
  private guardBeginning(): void {
    if (this.begun) return
    this.begun = true
    this.transaction.getAll({ fieldMask: [] }).catch(() => undefined)
  }

  private reference(collection: Collection, id: string): DocumentReference {
    return this.firestore.collection(collection).doc(id)
  }

  private assertReading(): void {
    if (this.phase === 'ended') throw new Error('The transaction has ended.')
    if (this.phase === 'writing') throw new Error('A transaction reads before it writes.')
  }

  private write(write: FirestoreWrite): void {
    if (this.phase === 'ended') throw new Error('The transaction has ended.')
    this.phase = 'writing'
    this.writes.set(`${write.collection}/${write.id}`, write)
  }
}
