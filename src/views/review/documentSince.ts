/** The parts of a document with what they were before, where that is something else. */
interface Part {
  readonly before?: string
}

/** Parts are told apart by their heading; one that is gone stays, empty, with what it was. */
export function withBefore<T extends object>(
  now: readonly T[],
  before: readonly T[],
  {
    keyOf,
    textOf,
    emptied,
  }: { keyOf: (part: T) => string; textOf: (part: T) => string; emptied: (part: T) => T },
): readonly (T & Part)[] {
  const was = new Map(before.map((part) => [keyOf(part), textOf(part)]))
  const here = new Set(now.map(keyOf))
  const marked = now.map((part): T & Part => {
    const text = was.get(keyOf(part)) ?? ''
    return text === textOf(part) ? part : { ...part, before: text }
  })
  const gone = before
    .filter((part) => !here.has(keyOf(part)) && textOf(part) !== '')
    .map((part): T & Part => ({ ...emptied(part), before: textOf(part) }))
  return [...marked, ...gone]
}
