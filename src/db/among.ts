import type { WhereClause } from 'dexie'

/** So many are looked up one by one; for more there are shorter ways. */
export const FEW = 8
/** So many keys are read in the time of one lookup. */
export const KEYS_PER_LOOKUP = 10

/** What the index has of any of these values, asked for all at once: to walk a cursor from one to the next takes longer. */
export async function among<T, K, I>(index: WhereClause<T, K, I>, values: readonly string[]): Promise<T[]> {
  const found = await Promise.all([...new Set(values)].map((value) => index.equals(value).toArray()))
  return found.flat()
}
