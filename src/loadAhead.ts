/** What a workplace works with, loaded before it is opened; on an empty tablet also what brings its first rows [S23]. */
import { loadSyncing } from './db/tablet.ts'
import type { Result } from './domain/result.ts'
import type { AuthHeaders } from './sync/peoplePorts.ts'

export const loadStart = () => import('./snapshotPart.ts')
/** Undefined while nobody has sent for it. */
let start: ReturnType<typeof loadStart> | undefined

/** While somebody is still saying who they are. */
export function loadAhead(): void {
  start = loadStart()
  whereLoaded(
    import('./transport/engine.ts'),
    loadSyncing(),
    start.then(({ wakeEarly }) => wakeEarly()),
  )
}

/** Of an empty tablet nothing is shown before rows have come: the first are asked for while the database is made. */
export function beginStart(credentials: () => Promise<Result<AuthHeaders, unknown>>): void {
  loadAhead()
  whereLoaded(start?.then(({ askEarly }) => askEarly(credentials())))
}

/** The database is there, or nobody needs it any more. */
export function endStart(): void {
  whereLoaded(start?.then(({ dropEarly }) => dropEarly()))
}

/** Whoever needs what did not load finds that out. */
function whereLoaded(...parts: readonly (Promise<unknown> | undefined)[]): void {
  for (const part of parts) part?.catch(() => undefined)
}
