/** Records taken out of packs lately: whoever opens a row reads it again to save it, and a pack is read whole. */
import type { StoredRecord } from '../domain/record.ts'

/** What tells one pack from another that has taken its place. */
interface Pack {
  readonly stream: string
  readonly n: number
  readonly ids: readonly string[]
  readonly seqs: readonly number[]
  readonly ends: readonly number[]
  readonly entries: string
}

const KEPT = 50

export class Unpacked {
  private readonly kept = new Map<
    string,
    { readonly entries: string; readonly end: number | undefined; readonly record: StoredRecord }
  >()

  /** Undefined when it is not known, or another pack has taken the place since: that one says other things of its rows. */
  find(head: Pack, place: number): StoredRecord | undefined {
    const kept = this.kept.get(keyOf(head, place))
    return kept?.entries === head.entries && kept.end === head.ends[place] ? kept.record : undefined
  }

  keep(head: Pack, place: number, record: StoredRecord): void {
    const { entries, ends } = head
    this.kept.set(keyOf(head, place), { entries, end: ends[place], record })
    const [oldest] = this.kept.keys()
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest)
  }

  clear(): void {
    this.kept.clear()
  }
}

const keyOf = ({ stream, n, ids, seqs }: Pack, place: number): string =>
  [stream, n, ids[place], seqs[place]].join('|')
