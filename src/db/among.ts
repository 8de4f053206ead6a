import type { Collection, WhereClause } from 'dexie'

/** One value is asked for in one request; several walk a cursor. */
export function among<T, K, I>(index: WhereClause<T, K, I>, values: readonly string[]): Collection<T, K, I> {
  const [only] = values
  return only !== undefined && values.length === 1 ? index.equals(only) : index.anyOf(values)
}
