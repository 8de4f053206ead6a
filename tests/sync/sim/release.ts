/** Releases of the app a tablet goes through: with which schema each opens the database, and which versions it writes [S25]. */
import { Dexie } from 'dexie'
import type { Intention } from '../../../src/domain/mutation.ts'

export const RELEASES = ['first', 'today', 'next'] as const
export type Release = (typeof RELEASES)[number]

/** The release after this one; the last stays. */
export function releaseAfter(release: Release): Release {
  return release === 'first' ? 'today' : 'next'
}

/** What the first release declared, as version 1. */
const FIRST_TABLES = {
  client: 'key',
  streams: 'stream',
  restarts: 'stream',
  rows: '[stream+id], id',
  outbox: '++n, [clientId+mid], recordId, state, mutation.resolves',
  acked: '[entry.clientId+entry.mid], ackedAtMs',
  index: 'id, type, *keys',
  forms: 'id',
}

/** Declares of the database what this release knows: the first one only its own tables, the next one a table more. */
export function schemaOf(release: Release): (db: Dexie) => void {
  return (db) => {
    const declare = db.version.bind(db)
    if (release === 'next') declare(1000).stores({ added: 'id' })
    if (release !== 'first') return
    declare(1).stores(FIRST_TABLES)
    db.version = (number) => unused.version(number)
  }
}

/** Takes declarations that do not count. */
const unused = new Dexie('unused')

/** What this release writes: the first one knew version 1 of every type. */
export function asWrittenBy(release: Release, what: Intention): Intention {
  return release === 'first' ? { ...what, v: 1 } : what
}
