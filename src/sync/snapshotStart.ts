/**
 * An empty replica starts from a snapshot [S23]. Whatever comes of it, a pull follows and brings the rest: a page is applied
 * with its cursor or not at all, so this may end after any of them.
 */
import { PROTOCOL_VERSION } from '../domain/wire.ts'
import type { Clock, Replica, SnapshotPage, SnapshotSource } from './ports.ts'
import { Stop, type StopSignal } from './stop.ts'
import type { Run } from './watchdog.ts'

/** The server may take a while before the first line; nothing else should. */
const QUIET_MS = 60_000

interface SnapshotStartPorts {
  readonly replica: Replica
  readonly clock: Clock
  readonly snapshots?: SnapshotSource
}

interface Progress {
  readonly rows: number
  readonly total: number
}

/** Answers what the engine does before a pull; `show` is told how far it is, in rows. */
export function createSnapshotStart({
  replica,
  clock,
  snapshots,
}: SnapshotStartPorts): (run: Run, show: (progress: Progress) => Promise<void>) => Promise<void> {
  let started = false
  return async (run, show) => {
    if (snapshots === undefined || started) return
    started = await replica.isStarted()
    if (started) return
    for (let more = true; more;) {
      more = false
      let [total, applied] = [0, 0]
      const quiet = watchQuiet(clock, run.stop)
      const { cursors } = await replica.place()
      const request = { protocol: PROTOCOL_VERSION, cursors }
      const take: Parameters<SnapshotSource['read']>[1] = async (pieces) => {
        run.step()
        quiet.moved()
        const pages: SnapshotPage[] = []
        for (const piece of pieces) {
          if (piece.type === 'page') pages.push(piece.page)
          else if (piece.type === 'begin') total = piece.rows
          else more = piece.more
        }
        if (pages.length > 0) {
          const taken = await replica.applySnapshot(pages)
          applied += taken.applied
          await show({ rows: taken.rows, total: Math.max(taken.rows, total) })
        }
        // A part that brought nothing is not asked for again.
        more &&= applied > 0
      }
      await snapshots.read(request, take, quiet.stop)
      quiet.end()
      run.step()
    }
  }
}

/** Gives a request up of which nothing more comes, or whose run is given up. */
function watchQuiet(
  clock: Clock,
  given: StopSignal,
): { readonly stop: StopSignal; moved(): void; end(): void } {
  const stop = new Stop()
  given.onStop(() => stop.now())
  const wait = (): (() => void) => clock.after(QUIET_MS, () => stop.now())
  let cancel = wait()
  return {
    stop,
    moved() {
      cancel()
      cancel = wait()
    },
    end: () => cancel(),
  }
}
