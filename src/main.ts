/** Composition root: joins database, transport, engine and stores. The engine and sign-in load after the first paint. */
import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from './App.vue'
import { type Tablet, openTablet } from './db/tablet.ts'
import { openVault } from './db/vault.ts'
import type { Actor } from './domain/actor.ts'
import { asRecordId, uuidv7 } from './domain/ids.ts'
import { err } from './domain/result.ts'
import { makeRouter } from './router.ts'
import { type AppPorts, PORTS, type StorageState, type SyncControl, type Workplace } from './stores/ports.ts'
import { useSession } from './stores/session.ts'
import './styles.css'
import type { SyncEngine } from './sync/engine.ts'
import type { Auth, Profile } from './sync/ports.ts'
import type { SyncStatus } from './sync/status.ts'
import type { Connection } from './transport/engine.ts'

const now = (): string => new Date().toISOString()
const newId = (): string => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))

async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const vault = openVault()

/** The identity this build is for. Its code loads when credentials or a sign-in are first asked for. */
async function loadAuth(): Promise<Auth> {
  if (import.meta.env.VITE_BACKEND === 'firebase') {
    const { createFirebaseAuth } = await import('./transport/firebaseAuth.ts')
    return createFirebaseAuth(vault)
  }
  const { createEmbeddedAuth } = await import('./transport/embeddedAuth.ts')
  return createEmbeddedAuth(vault)
}

function lazyAuth(): Auth {
  let loading: Promise<Auth> | undefined
  const adapter = (): Promise<Auth> => {
    loading ??= loadAuth().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    restore: async () => (await vault.current())?.profile,
    signIn: async (credentials) => (await adapter()).signIn(credentials),
    headers: async (uid, options) => (await adapter()).headers(uid, options),
    signOut: async (uid) => (await adapter()).signOut(uid),
    ...(import.meta.env.VITE_BACKEND === 'firebase' && {
      changePassword: async (uid, passwords) =>
        (await (await adapter()).changePassword?.(uid, passwords)) ?? OFFLINE,
    }),
    ...(import.meta.env.VITE_FIREBASE_PROVIDER === ''
      ? {}
      : {
          bureau: {
            leave: async () => (await (await adapter()).bureau?.leave()) ?? { type: 'failed' },
            comeBack: async () => (await adapter()).bureau?.comeBack(),
          },
        }),
  }
}

const auth = lazyAuth()

async function openWorkplace(profile: Profile): Promise<Workplace> {
  const actor: Actor = { uid: profile.uid, unit: profile.unit, roles: profile.roles }
  const channel = new BroadcastChannel(`kaizencho-${profile.uid}`)
  const tablet = await openTablet({
    actor,
    hash: sha256,
    newId,
    now,
    // The name of a built file is made from its content, and that of all it loads.
    release: import.meta.url,
    nowMs: () => Date.now(),
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
  const sync = startSync(profile, tablet)
  return {
    profile,
    actor,
    records: tablet.records,
    outbox: tablet.outbox,
    forms: tablet.forms,
    sync,
    accounts: sync.accounts,
    history: sync.history,
    newId: () => asRecordId(newId()),
    now,
    async close() {
      await sync.stop()
      tablet.close()
    },
    async destroy() {
      await sync.stop()
      await tablet.destroy()
    },
  }
}

const OFFLINE = err({ type: 'offline' } as const)

type RunningSync = SyncControl & Pick<Workplace, 'accounts' | 'history'> & { stop(): Promise<void> }

/** Loads the engine after the first paint and tells it about the network, the page and the other tabs [S6]. */
function startSync(profile: Profile, tablet: Tablet): RunningSync {
  const listeners = new Set<(status: SyncStatus) => void>()
  const stops: (() => void)[] = []
  let loading: Promise<Connection> | undefined
  let engine: SyncEngine | undefined
  const tell = (status: SyncStatus): void => listeners.forEach((listener) => listener(status))

  async function load(): Promise<Connection> {
    const [{ createEngine }, replica] = await Promise.all([import('./transport/engine.ts'), tablet.replica()])
    const loaded = createEngine({ auth, outbox: tablet.outbox, replica }, profile.uid)
    engine = loaded.engine
    stops.push(engine.onStatus(tell))
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
      console.error('The sync engine did not load.', error)
      tell({ type: 'offline', count: await tablet.outbox.queuedCount() })
      return undefined
    }
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
  void ready()

  return {
    onStatus(listener) {
      listeners.add(listener)
      if (engine !== undefined) listener(engine.status)
      return () => void listeners.delete(listener)
    },
    now: async () => (await ready())?.engine.sync(),
    saved: () => void ready().then((loaded) => loaded?.engine.saved()),
    clockSkewMs: () => engine?.clockSkewMs,
    accounts: {
      create: async (member) => (await ready())?.accounts.create(member) ?? OFFLINE,
      resetPassword: async (uid) => (await ready())?.accounts.resetPassword(uid) ?? OFFLINE,
      setDisabled: async (uid, disabled) => (await ready())?.accounts.setDisabled(uid, disabled) ?? OFFLINE,
      changePassword: async (passwords) => (await ready())?.accounts.changePassword(passwords) ?? OFFLINE,
    },
    history: async (id) => (await ready())?.transport.history(id) ?? OFFLINE,
    async stop() {
      stops.forEach((stop) => stop())
      await engine?.stop()
    },
  }
}

async function storageState(): Promise<StorageState> {
  const { usage, quota } = await navigator.storage.estimate()
  return {
    usedBytes: usage ?? null,
    quotaBytes: quota ?? null,
    persisted: await navigator.storage.persisted(),
  }
}

const updates = {
  watch(listener: (apply: () => void) => void): void {
    if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
    void import('./updates.ts').then(({ watchForUpdates }) => watchForUpdates(listener))
  },
  now: async (): Promise<void> => (await import('./updates.ts')).updateNow(),
}

const sessionChannel = new BroadcastChannel('kaizencho-session')

const ports: AppPorts = {
  auth,
  openWorkplace,
  storage: { state: storageState, persist: () => navigator.storage.persist() },
  updates,
  otherTabs: {
    announceSignOut: (uid) => sessionChannel.postMessage(uid),
    onSignOut(listener) {
      sessionChannel.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') listener(data)
      })
    },
  },
}

const app = createApp(App)
app.provide(PORTS, ports)
app.use(createPinia())
const session = useSession()
const known = new Promise<void>((resolve) => {
  watch(
    () => session.state.type,
    (type) => {
      if (type !== 'loading') resolve()
    },
    { immediate: true },
  )
})
const router = makeRouter(async () => {
  await known
  return session.state.type !== 'signedOut'
})
app.use(router)
void session.restore()
app.mount('#app')
