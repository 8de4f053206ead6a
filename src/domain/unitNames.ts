/** Finds the units a 部所名 of a spreadsheet means. Full-width and half-width forms, ㈱ and （株） are one name. */
import type { Unit } from './types/unit.ts'

export type FoundUnits =
  /** Never empty; the first is the lead unit, the others joint ones. */
  | { readonly type: 'found'; readonly ids: readonly string[] }
  | { readonly type: 'unknownUnit' }
  /** A short name that several units share. */
  | { readonly type: 'ambiguousUnit' }

const normalise = (name: string): string => name.normalize('NFKC').trim()

/**
 * A function from 部所名 to units: the whole text as one name, else its words as one name each. A trailing 「等」 (rows 5 and
 * 18 of 参考2) means "and others" and names nobody.
 */
export function createUnitFinder(units: readonly Unit[]): (label: string) => FoundUnits {
  const names = new Map<string, Set<string>>()
  const shortNames = new Map<string, Set<string>>()
  for (const unit of units) {
    add(names, unit.name, unit.id)
    add(shortNames, unit.shortName, unit.id)
  }
  const idsOf = (name: string): string[] => [...(names.get(name) ?? shortNames.get(name) ?? [])]
  const idsWithoutOthers = (name: string): string[] => {
    const ids = idsOf(name)
    return ids.length > 0 ? ids : idsOf(name.replace(/等$/, '').trim())
  }

  return (label) => {
    const whole = normalise(label)
    const single = idsWithoutOthers(whole)
    const words = whole.split(/[\s、,]+/).filter((word) => word !== '等' && word !== '')
    const found = single.length > 0 ? [single] : words.map(idsWithoutOthers)
    if (found.length === 0 || found.some((ids) => ids.length === 0)) return { type: 'unknownUnit' }
    if (found.some((ids) => ids.length > 1)) return { type: 'ambiguousUnit' }
    return { type: 'found', ids: [...new Set(found.flat())] }
  }
}

function add(map: Map<string, Set<string>>, name: string, id: string): void {
  const key = normalise(name)
  map.set(key, (map.get(key) ?? new Set()).add(id))
}

const MAX_SIMILAR = 3

/** Units whose name shares most with what was written, the likeliest first; none when nothing is shared. */
export function similarUnits<T extends Pick<Unit, 'name' | 'shortName'>>(
  label: string,
  units: readonly T[],
): T[] {
  const written = pairs(label)
  const shared = (name: string): number => {
    const own = pairs(name)
    const common = [...own].filter((pair) => written.has(pair)).length
    return own.size + written.size === 0 ? 0 : (2 * common) / (own.size + written.size)
  }
  return units
    .map((unit) => ({ unit, score: Math.max(shared(unit.name), shared(unit.shortName)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_SIMILAR)
    .map(({ unit }) => unit)
}

/** Each two letters that stand beside each other. */
function pairs(text: string): Set<string> {
  const letters = [...normalise(text).replaceAll(/\s/g, '')]
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`))
}
