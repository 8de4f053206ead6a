/** One person's place on this tablet: their database, and the engine, which loads when there is nothing left to paint first. */
import { readEarlyFront } from './db/front.ts'
import { type Tablet, openTablet } from './db/tablet.ts'
import type { Vault } from './db/vault.ts'
import type { Actor } from './domain/actor.ts'
import { hexOf } from './domain/hex.ts'
import { asDeviceId, asRecordId, uuidv7 } from './domain/ids.ts'
import { OFFLINE } from './identity.ts'
import { type LeaseWatch, watchLease } from './leaseWatch.ts'
import { beginStart, endStart, loadStart } from './loadAhead.ts'
import type { RunningPhotos } from './photos.ts'
import { afterPaint } from './stores/afterPaint.ts'
import type { SyncControl, Workplace } from './stores/ports.ts'
import type { SyncEngine } from './sync/engine.ts'
import type { Auth, Profile } from './sync/peoplePorts.ts'
import type { SyncStatus } from './sync/status.ts'
import type { Call } from './transport/call.ts'
import type { Connection } from './transport/engine.ts'

const now = (): string => new Date().toISOString()
const newId = (): string => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hexOf(await crypto.subtle.digest('SHA-256', bytes))
}

/** What a workplace is made of beside the person. */
export interface Premises {
  readonly auth: Auth
  readonly vault: Vault
  /** Finishes what a wipe has left of the person's earlier database. */
  readonly finishWipes: () => Promise<void>
}

/** A browser that keeps no data may refuse even this. */
function asideOf(page: Window): Storage | undefined {
  try {
    return page.sessionStorage
  } catch {
    return undefined
  }
}

export async function openWorkplace(premises: Premises, profile: Profile): Promise<Workplace> {
  const { db } = premises.vault
  const early = readEarlyFront(profile.uid)
  // Of a database that is still to be wiped nothing is shown [S26].
  const isLeft = (await db.wipes.get(profile.uid)) !== undefined
  if (isLeft) await premises.finishWipes()
  const actor: Actor = { uid: profile.uid, unit: profile.unit, roles: profile.roles }
  const channel = new BroadcastChannel(`kaizencho-${profile.uid}`)
  let isNew = false
  const watching = watchLease(db, profile.uid)
  const opening = openTablet({
    actor,
    early: isLeft ? undefined : early,
    // The name of a built file is made from its content, and that of all it loads.
    release: import.meta.url,
    onNew() {
      isNew = true
      beginStart(() => premises.auth.headers(profile.uid, { fresh: false }))
    },
    hash: sha256,
    newId,
    now,
    nowMs: () => Date.now(),
    aside: asideOf(window),
    channel: {
      postMessage: (ids) => channel.postMessage(ids),
      onMessage(listener) {
        channel.addEventListener('message', ({ data }) => {
          if (Array.isArray(data)) listener(data.filter((id) => typeof id === 'string'))
        })
      },
      close: () => channel.close(),
    },
  })
  // Both are waited for by the first screen; where one fails nothing of the other stays behind.
  const [tablet, lease] = await Promise.all([opening, watching]).catch((error: unknown) => {
    endStart()
    channel.close()
    whereOpened(opening, (tablet) => tablet.close())
    whereOpened(watching, (lease) => lease.stop())
    throw error
  })
  if (!isNew) endStart()
  const sync = startSync(premises, { tablet, lease, isNew })
  const stop = async (): Promise<void> => {
    lease.stop()
    await sync.stop()
  }
  return {
    profile,
    actor,
    records: tablet.records,
    outbox: tablet.outbox,
    forms: tablet.forms,
    seen: tablet.seen,
    sync,
    photos: sync.photos,
    accounts: sync.accounts,
    history: sync.history,
    changes: sync.changes,
    held: sync.held,
    purges: sync.purges,
    newId: () => asRecordId(newId()),
    now,
    async deviceId() {
      const enrolled = await premises.vault.byUid(profile.uid)
      return enrolled === undefined ? undefined : asDeviceId(enrolled.deviceId)
    },
    onLease: lease.listen,
    onEnded: sync.onEnded,
    async close() {
      await stop()
      tablet.close()
    },
    async destroy() {
      await stop()
      await tablet.destroy()
    },
  }
}

/** Nobody waits any more for what is opening. */
function whereOpened<T>(opening: Promise<T>, end: (opened: T) => void): void {
  void opening.then(end, () => undefined)
}

interface Opened {
  readonly tablet: Tablet
  readonly lease: LeaseWatch
  /** There was no database before. */
  readonly isNew: boolean
}

/** Saves that follow on each other within this time go together, and the last one does not wait for the first to be sent. */
const QUIET_MS = 80
/** No save waits longer for others. */
const LONGEST_WAIT_MS = 1000

/** What was under way when the network went may still have come through: all is sent, and nothing more will be for now. */
function seen(status: SyncStatus): SyncStatus {
  return status.type === 'allSent' && !navigator.onLine ? { type: 'offline', count: 0 } : status
}

type RunningSync = SyncControl &
  Pick<Workplace, 'accounts' | 'history' | 'changes' | 'held' | 'purges' | 'onEnded' | 'photos'> & {
    stop(): Promise<void>
  }

/** Loads the engine and tells it about the network, the page and the other tabs [S6]. */
function startSync({ auth, vault }: Premises, { tablet, lease, isNew }: Opened): RunningSync {
  const listeners = new Set<(status: SyncStatus) => void>()
  const endListeners = new Set<() => void>()
  const stops: (() => void)[] = []
  let isStopped = false
  let loading: Promise<Connection> | undefined
  let engine: SyncEngine | undefined
  let loadingPhotos: Promise<RunningPhotos> | undefined
  /** What was saved and waits for more to go with. */
  let leaving: { readonly sinceMs: number; readonly timer: ReturnType<typeof setTimeout> } | undefined
  const tell = (status: SyncStatus): void => listeners.forEach((listener) => listener(seen(status)))

  async function load(): Promise<Connection> {
    const [{ createEngine }, replica] = await Promise.all([import('./transport/engine.ts'), tablet.replica()])
    if (isStopped) throw new Error('The workplace was closed while the engine loaded.')
    const loaded = createEngine({
      auth,
      vault,
      tablet: { owner: tablet.owner, outbox: tablet.outbox, replica },
      grant: {
        met: lease.met,
        drained: async () => (await photos())?.handOver() ?? false,
        ended: () => endListeners.forEach((listener) => listener()),
      },
      // Once on a tablet; where it does not load, every row is pulled.
      async fetchPart(...asked) {
        const code = await loadStart().catch(() => undefined)
        return code === undefined ? OFFLINE : code.fetchPart(...asked)
      },
    })
    engine = loaded.engine
    stops.push(engine.onStatus(tell))
    // Text first: photos go when nothing else waits [S24].
    stops.push(
      engine.onStatus(({ type }) => {
        if (type !== 'allSent') return
        // All has come, be it by way of another tab: nobody asks for the first part any more.
        endStart()
        void photos().then((loaded) => loaded?.send())
      }),
    )
    if (!navigator.onLine) engine.setOnline(false)
    engine.start()
    return loaded
  }
  /** The network can be gone before the service worker holds the engine's code: the next event tries again. */
  async function ready(): Promise<Connection | undefined> {
    loading ??= load()
    try {
      return await loading
    } catch (error) {
      loading = undefined
      if (isStopped) return undefined
      console.error('The sync engine did not load.', error)
      const count = await tablet.outbox.queuedCount().catch(() => undefined)
      if (count !== undefined) tell({ type: 'offline', count })
      return undefined
    }
  }
  /** Like the engine's code, that of photos can be missing on a first visit. */
  async function photos(): Promise<RunningPhotos | undefined> {
    loadingPhotos ??= import('./photos.ts').then(({ createPhotos }) => createPhotos({ auth, vault, tablet }))
    try {
      return await loadingPhotos
    } catch (error) {
      loadingPhotos = undefined
      console.error('Photos did not load.', error)
      return undefined
    }
  }
  /** What few people use loads when it is asked for. */
  async function desk<T>(fetchCode: () => Promise<(call: Call) => T>): Promise<T | undefined> {
    const [loaded, make] = await Promise.all([ready(), fetchCode().catch(() => undefined)])
    return loaded === undefined ? undefined : make?.(loaded.call)
  }
  const listen = (target: EventTarget, type: string, listener: () => void): void => {
    target.addEventListener(type, listener)
    stops.push(() => target.removeEventListener(type, listener))
  }
  listen(window, 'online', () => void ready().then((loaded) => loaded?.engine.setOnline(true)))
  listen(window, 'offline', () => engine?.setOnline(false))
  listen(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') void ready().then((loaded) => loaded?.engine.sync())
  })
  // What the person looks at comes first; on an empty tablet that is what the engine fetches.
  if (isNew) void ready()
  else stops.push(afterPaint(() => void ready()))

  return {
    onStatus(listener) {
      listeners.add(listener)
      if (engine !== undefined) listener(seen(engine.status))
      return () => void listeners.delete(listener)
    },
    onEnded: (listener) => void endListeners.add(listener),
    now: async () => (await ready())?.engine.sync(),
    saved() {
      const sinceMs = leaving?.sinceMs ?? Date.now()
      clearTimeout(leaving?.timer)
      const waitMs = Math.min(QUIET_MS, sinceMs + LONGEST_WAIT_MS - Date.now())
      const send = (): void => {
        leaving = undefined
        void ready().then((loaded) => loaded?.engine.saved())
      }
      leaving = { sinceMs, timer: setTimeout(send, waitMs) }
    },
    clockSkewMs: () => engine?.clockSkewMs,
    photos,
    accounts: {
      create: async (member) => (await ready())?.accounts.create(member) ?? OFFLINE,
      resetPassword: async (uid) => (await ready())?.accounts.resetPassword(uid) ?? OFFLINE,
      setDisabled: async (uid, disabled) => (await ready())?.accounts.setDisabled(uid, disabled) ?? OFFLINE,
      changePassword: async (passwords) => (await ready())?.accounts.changePassword(passwords) ?? OFFLINE,
    },
    history: async (id) => (await ready())?.transport.history(id) ?? OFFLINE,
    async changes(since, fields) {
      const [loaded, code] = await Promise.all([
        ready(),
        import('./transport/changes.ts').catch(() => undefined),
      ])
      return loaded === undefined ? OFFLINE : (code?.fetchChanges(loaded.call, since, fields) ?? OFFLINE)
    },
    held: () => desk(async () => (await import('./transport/held.ts')).createHeldDesk),
    purges: () => desk(async () => (await import('./transport/purge.ts')).createPurgeDesk),
    async stop() {
      isStopped = true
      clearTimeout(leaving?.timer)
      stops.forEach((stop) => stop())
      endStart()
      await engine?.stop()
      await (await loadingPhotos?.catch(() => undefined))?.stop()
    },
  }
}
