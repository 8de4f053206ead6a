/**
 * Pages of streams as they are sent, kept for a while: many tablets ask for the same one, and it is built and compressed once.
 * A page is known by the stream's head, so that a write makes all earlier ones unreachable.
 */

/** A page of a pull, its rows turned into text. */
export interface BuiltPage {
  /** UTF-8 of its JSON. */
  readonly bytes: Buffer
  readonly rows: number
  /** UTF-16 units of its rows. */
  readonly chars: number
  /** It reaches the stream's head. */
  readonly isComplete: boolean
}

export interface PageCache {
  get(key: string): BuiltPage | undefined
  keep(key: string, page: BuiltPage): void
  /**
   * Drops everything: what was destroyed on purpose must not lie in memory either [S18]. In another instance's memory it
   * may, until later pages push it out: nobody is sent it, as the purge has moved the heads of all its streams on.
   */
  forget(): void
}

const MAX_BYTES = 32 * 1024 * 1024

/** The pages used last, up to `maxBytes` together. */
export function createPageCache(maxBytes = MAX_BYTES): PageCache {
  const pages = new Map<string, BuiltPage>()
  let total = 0
  const drop = (key: string): void => {
    total -= sizeOf(pages.get(key))
    pages.delete(key)
  }
  return {
    get(key) {
      const page = pages.get(key)
      if (page === undefined) return undefined
      pages.delete(key)
      pages.set(key, page)
      return page
    },
    keep(key, page) {
      drop(key)
      pages.set(key, page)
      total += sizeOf(page)
      for (const oldest of pages.keys()) {
        if (total <= maxBytes) return
        drop(oldest)
      }
    },
    forget() {
      pages.clear()
      total = 0
    },
  }
}

/** With its compressed form, which is kept as long as the page (http/gzip.ts). */
function sizeOf(page: BuiltPage | undefined): number {
  return Math.ceil((page?.bytes.length ?? 0) * 1.4)
}
