/** Search texts in memory (search.ts), and who of them holds the words of a query. */

/** Texts by id. Every substring is found: a linear scan takes about a microsecond a text. */
export class SearchTexts {
  private readonly texts = new Map<string, string>()
  /** The last answer: what is typed next mostly narrows it. */
  private last: { readonly keys: readonly string[]; readonly ids: readonly string[] } | undefined

  put(id: string, text: string): void {
    this.last = undefined
    this.texts.set(id, text)
  }

  remove(id: string): void {
    this.last = undefined
    this.texts.delete(id)
  }

  /** Ids of the texts that hold all keys (queryKeys), in no order. */
  find(keys: readonly string[]): readonly string[] {
    const { last } = this
    const narrows = last?.keys.every((before) => keys.some((key) => key.includes(before))) === true
    const ids: string[] = []
    if (narrows)
      for (const id of last?.ids ?? []) {
        const text = this.texts.get(id) ?? ''
        if (keys.every((key) => text.includes(key))) ids.push(id)
      }
    else for (const [id, text] of this.texts) if (keys.every((key) => text.includes(key))) ids.push(id)
    this.last = { keys, ids }
    return ids
  }
}
