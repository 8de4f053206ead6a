/** Order-independent checksum of what a stream holds [S22]: rows are added and subtracted one at a time. */

/** 16 hex digits: two 32-bit sums. The empty stream is EMPTY_SUM. */
export type Checksum = string

export const EMPTY_SUM: Checksum = '0000000000000000'

/** FNV-1a with a finishing mix, 32 bit. */
function hash32(text: string, seed: number): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

function combine(sum: Checksum, row: { readonly id: string; readonly rev: number }, sign: 1 | -1): Checksum {
  const text = `${row.id}@${row.rev}`
  const part = (start: number, seed: number): string => {
    const value = (parseInt(sum.slice(start, start + 8), 16) + sign * hash32(text, seed)) % 0x1_0000_0000
    return (value < 0 ? value + 0x1_0000_0000 : value).toString(16).padStart(8, '0')
  }
  return part(0, 0x811c9dc5) + part(8, 0x9747b28c)
}

/** The sum after a row came in. */
export function addToSum(sum: Checksum, row: { readonly id: string; readonly rev: number }): Checksum {
  return combine(sum, row, 1)
}

/** The sum after a row went out. */
export function removeFromSum(sum: Checksum, row: { readonly id: string; readonly rev: number }): Checksum {
  return combine(sum, row, -1)
}
