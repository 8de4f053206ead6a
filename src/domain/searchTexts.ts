/** Search texts in memory (search.ts), and who of them holds the words of a query. */

/** One text in so many is counted for how frequent letters are. */
const COUNTED = 50

/** Texts by id. Every substring is found: a linear scan takes about half a microsecond a text of 2,000 letters. */
export class SearchTexts<Id extends string = string> {
  private readonly texts = new Map<Id, string>()
  /** The last answer: what is typed next mostly narrows it. */
  private last: { readonly keys: readonly string[]; readonly ids: readonly Id[] } | undefined
  /** How often each byte is in letters of UTF-16, by a sample of the texts. */
  private readonly frequencies = new Uint32Array(256)
  private uncounted = 0

  put(id: Id, text: string): void {
    this.last = undefined
    this.texts.set(id, text)
    if (this.uncounted === 0) this.count(text)
    this.uncounted = (this.uncounted + 1) % COUNTED
  }

  remove(id: Id): void {
    this.last = undefined
    this.texts.delete(id)
  }

  /** Ids of the texts that hold all keys (queryKeys), in no order. */
  find(keys: readonly string[]): readonly Id[] {
    const { last } = this
    const narrows = last?.keys.every((before) => keys.some((key) => key.includes(before))) === true
    const tests = keys.map((key) => holding(key, this.rarestIn(key)))
    const ids: Id[] = []
    if (narrows)
      for (const id of last?.ids ?? []) {
        const text = this.texts.get(id) ?? ''
        if (tests.every((holds) => holds(text))) ids.push(id)
      }
    else for (const [id, text] of this.texts) if (tests.every((holds) => holds(text))) ids.push(id)
    this.last = { keys, ids }
    return ids
  }

  private count(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      for (const byte of [unit & 0xff, unit >> 8]) this.frequencies[byte] = (this.frequencies[byte] ?? 0) + 1
    }
  }

  /** Place of the letter in a key that a scan meets least often. */
  private rarestIn(key: string): number {
    const met = Array.from({ length: key.length }, (_, at) => this.frequencies[scannedByte(key, at)] ?? 0)
    return Math.max(0, met.indexOf(Math.min(...met)))
  }
}

/** What V8 scans 16-bit texts for: the higher of the two bytes of what it looks for, or of its first letter. */
const scannedByte = (key: string, at: number): number => {
  const unit = key.charCodeAt(at)
  return Math.max(unit & 0xff, unit >> 8)
}

/** Tells whether a text holds the key, looking for its letter at `rare` first: several times as fast where others are frequent. */
function holding(key: string, rare: number): (text: string) => boolean {
  if (rare === 0) return (text) => text.includes(key)
  const letter = key.charAt(rare)
  return (text) => {
    for (let at = text.indexOf(letter, rare); at >= 0; at = text.indexOf(letter, at + 1))
      if (text.startsWith(key, at - rare)) return true
    return false
  }
}
