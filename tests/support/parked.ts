import type { Found, ParkedDoc, ReadTx } from '../../functions/src/storage/storage.ts'

/** Everything of one person that is kept aside, whatever it waits for, by key. */
export async function parkedOf(tx: ReadTx, uid: string): Promise<Found<ParkedDoc>[]> {
  const found = await Promise.all(
    ['', 'quarantine', 'setAside'].map((value) => tx.find('parkedByHeld', { value })),
  )
  return found
    .flat()
    .filter(({ doc }) => doc.uid === uid)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}
