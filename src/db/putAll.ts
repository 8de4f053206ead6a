/** Copying a row for the database takes a while: many are handed over in several goes, so that the page can be drawn in between. */
const AT_ONCE = 100

/** Puts all of them. Runs inside the caller's transaction. */
export async function putAll<T>(
  table: { bulkPut(items: readonly T[]): PromiseLike<unknown> },
  items: readonly T[],
): Promise<void> {
  await inGoes(items, (some) => table.bulkPut(some))
}

/** Hands all of them over; while the database writes some, the next are made ready. Answers what each go did. */
export async function inGoes<T, R>(
  items: readonly T[],
  hand: (some: readonly T[]) => PromiseLike<R>,
  atOnce = AT_ONCE,
): Promise<R[]> {
  const goes: Promise<R>[] = []
  for (let from = 0; from < items.length; from += atOnce) {
    const go = Promise.resolve(hand(items.slice(from, from + atOnce)))
    // Whatever goes wrong is told at the end, or by the go before.
    go.catch(() => undefined)
    goes.push(go)
    await goes.at(-2)
  }
  return Promise.all(goes)
}
