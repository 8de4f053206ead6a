/** One key of the generic index. */
export function facetKey(type: string, facet: string, value: string): string {
  return `${type}|${facet}|${value}`
}
