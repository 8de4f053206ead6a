/** Copying a row for the database takes a while: many are handed over in several goes, so that the page can be drawn in between. */
const AT_ONCE = 100

/** Puts all of them. Runs inside the caller's transaction. */
export async function putAll<T>(
  table: { bulkPut(items: readonly T[]): PromiseLike<unknown> },
  items: readonly T[],
): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await table.bulkPut(items.slice(from, from + AT_ONCE))
}
