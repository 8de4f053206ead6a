/** Composition root: joins database, transport, engine and stores. The engine and sign-in load after the first paint. */
import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from './App.vue'
import { openVault } from './db/vault.ts'
import { lazyAuth } from './identity.ts'
import { loadAhead } from './loadAhead.ts'
import { makeRouter } from './router.ts'
import { type AppPorts, type Departure, PORTS, type StorageState } from './stores/ports.ts'
import { useSession } from './stores/session.ts'
import { useToasts } from './stores/toasts.ts'
import './styles.css'
import { ja } from './text/ja.ts'
import { openWorkplace } from './workplace.ts'

const vault = openVault()
const auth = lazyAuth(vault)
/** What an earlier start had to leave behind of people who may not use this tablet any more. */
async function finishWipes(): Promise<void> {
  if ((await vault.db.wipes.count()) > 0) await (await import('./wipe.ts')).resumeWipes({ auth, vault })
}

async function storageState(): Promise<StorageState> {
  const { usage, quota } = await navigator.storage.estimate()
  return {
    usedBytes: usage ?? null,
    quotaBytes: quota ?? null,
    persisted: await navigator.storage.persisted(),
  }
}

const sessionChannel = new BroadcastChannel('kaizencho-session')

const ports: AppPorts = {
  auth,
  openWorkplace: (profile) => openWorkplace({ auth, vault, finishWipes }, profile),
  loadAhead,
  leave: () => vault.setCurrent(undefined),
  people: async () => (await import('./people.ts')).createPeople(vault),
  files: () => import('./files/fileDesk.ts'),
  wipe: async (workplace) => (await import('./wipe.ts')).wipePerson({ auth, vault }, workplace),
  storage: { state: storageState, persist: () => navigator.storage.persist() },
  updates: {
    watch(listener) {
      if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
      void import('./updates.ts').then(({ watchForUpdates }) => watchForUpdates(listener))
    },
    now: async () => (await import('./updates.ts')).updateNow(),
  },
  otherTabs: {
    announce: (departure) => sessionChannel.postMessage(departure),
    onDeparture: (listener) =>
      sessionChannel.addEventListener('message', ({ data }: MessageEvent<Departure>) => listener(data)),
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
// A screen that is not on the tablet yet and cannot be fetched; the person stays where they are.
router.onError(() => useToasts().show(ja.app.screenMissing, 'error'))
app.use(router)
void session.restore()
app.mount('#app')
finishWipes().catch((error: unknown) => console.error('A wipe could not be finished yet.', error))
