/** Records taken out of packs lately: whoever opens a row reads it again to save it, and a block is read whole. */
import type { StoredRecord } from '../domain/record.ts'
import type { Place } from './directory.ts'

const KEPT = 50

export class Unpacked {
  private readonly kept = new Map<string, StoredRecord>()

  find(place: Place): StoredRecord | undefined {
    return this.kept.get(keyOf(place))
  }

  keep(place: Place, record: StoredRecord): void {
    this.kept.set(keyOf(place), record)
    const [oldest] = this.kept.keys()
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest)
  }

  clear(): void {
    this.kept.clear()
  }
}

/** A number is never given to another pack (packing.ts). */
const keyOf = ({ stream, n, id }: Place): string => [stream, n, id].join('|')
