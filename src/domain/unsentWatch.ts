/**
 * How long what was saved has waited on this tablet [S27]. A tablet's clock may be set back, jump or stand still, so waiting
 * is not "now minus when it was saved": what counts is the time seen to go by from look to look. A clock set back wins
 * nothing, one that jumps ahead warns too early rather than never.
 */

/** Nothing waits longer than this unnoticed. */
export const UNSENT_LIMIT_MS = 24 * 60 * 60 * 1000

/** Something saved that the server does not have, or did not take. */
export interface UnsentItem {
  /** The same as long as it waits. */
  readonly key: string
  /** When it was saved, by the tablet's clock of then, Unix ms. */
  readonly savedAtMs: number
}

export interface UnsentWatch {
  /** Tablet's clock at the last look, Unix ms. */
  readonly seenAtMs: number
  /** Time each item has waited so far, ms, by its key. */
  readonly waitedMs: Readonly<Record<string, number>>
}

/** A look at the tablet's clock. */
export interface Look {
  readonly nowMs: number
  /** Time since the last look by a clock nobody can set (monotonic), ms; 0 when that is not known. */
  readonly elapsedMs: number
}

/** The watch after a look: what no longer waits is forgotten, what is new has waited since it was saved. */
export function lookAtUnsent(
  watch: UnsentWatch | undefined,
  items: readonly UnsentItem[],
  { nowMs, elapsedMs }: Look,
): UnsentWatch {
  const step = Math.max(0, elapsedMs, watch === undefined ? 0 : nowMs - watch.seenAtMs)
  const waited = items.map(({ key, savedAtMs }) => {
    const before = watch?.waitedMs[key]
    return [key, before === undefined ? Math.max(0, nowMs - savedAtMs) : before + step] as const
  })
  return { seenAtMs: nowMs, waitedMs: Object.fromEntries(waited) }
}

export interface Overdue {
  readonly keys: readonly string[]
  /** What the longest of them has waited, ms. */
  readonly longestMs: number
}

/** What has waited for more than UNSENT_LIMIT_MS; undefined when nothing has. */
export function overdueIn({ waitedMs }: UnsentWatch): Overdue | undefined {
  const late = Object.entries(waitedMs).filter(([, waited]) => waited > UNSENT_LIMIT_MS)
  if (late.length === 0) return undefined
  return { keys: late.map(([key]) => key), longestMs: Math.max(...late.map(([, waited]) => waited)) }
}
