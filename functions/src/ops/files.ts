/** Small file work that survives a power cut. */
import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Waits until a file, or the entries of a folder, are on the disk. */
export function syncToDisk(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Part of a file name: the local time to the second, e.g. 20261120-180302. */
export function dateInName(now: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}
