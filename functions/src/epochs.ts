/** Epochs of a store [S22]: one for its first life, a new one with every restore. Never the same twice. */

/** Base-36 upper case of Unix seconds; later than every known one, also when the clock was set back. */
export function nextEpoch(known: readonly string[], nowMs: number): string {
  const used = known.map((epoch) => Number.parseInt(epoch, 36)).filter(Number.isSafeInteger)
  return Math.max(Math.floor(nowMs / 1000), ...used.map((epoch) => epoch + 1))
    .toString(36)
    .toUpperCase()
}
