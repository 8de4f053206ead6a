import { typeOf } from '../domain/types/index.ts'

/** Facets of a type that the index has keys of. */
export function keyedFacets(name: string): readonly string[] {
  const type = typeOf(name)
  const parent = type?.parent === undefined ? [] : [type.parent.field]
  return [...parent, ...(type?.keyed ?? [])]
}

/** One key of the generic index. */
export function facetKey(type: string, facet: string, value: string): string {
  return `${type}|${facet}|${value}`
}
