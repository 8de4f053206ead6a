/** New releases, which wait in the service worker until the person says so: open forms are not interrupted. */
import { topDialog } from './components/ui/openDialogs.ts'

/** A release that is on the tablet takes over within this time, or the page helps. */
const LONGEST_SWITCH_MS = 5000

/**
 * Calls back when a release waits; `apply` switches to it. Every other tab loads anew too, as what it loads later is gone and the
 * database may have changed; one in which somebody writes is called back instead.
 */
export async function watchForUpdates(listener: (apply: () => void) => void): Promise<void> {
  const isControlled = controlled()
  void isControlled.then(() =>
    whenReplaced(() => (isWriting() ? listener(() => location.reload()) : location.reload())),
  )
  const registration = await navigator.serviceWorker.register('/sw.js')
  const offer = (): void => {
    const { waiting } = registration
    // Without a controller it is the first version that waits, and there is nothing to update.
    if (waiting === null || navigator.serviceWorker.controller === null) return
    listener(() => applyUpdate(waiting))
  }
  void isControlled.then(offer)
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer)
  })
  document.addEventListener('visibilitychange', () => {
    // A failed look for updates is no news: the next one comes.
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
  })
}

/**
 * When the page is under the worker. One that is loaded while the worker becomes active, or past the worker, is none of those it
 * claims by itself: it asks to be.
 */
async function controlled(): Promise<void> {
  const { serviceWorker } = navigator
  if (serviceWorker.controller !== null) return
  const claimed = new Promise<void>((resolve) => whenReplaced(resolve))
  const { active } = await serviceWorker.ready
  active?.postMessage({ type: 'CLAIM' })
  await claimed
}

/** Forms keep what is typed; dialogs, short texts and chosen files are lost. */
const isWriting = (): boolean =>
  topDialog.value !== undefined ||
  [...document.querySelectorAll('textarea')].some(({ value }) => value !== '') ||
  [...document.querySelectorAll<HTMLInputElement>('input[type=file]')].some(({ value }) => value !== '')

function whenReplaced(work: () => void): void {
  navigator.serviceWorker.addEventListener('controllerchange', work, { once: true })
}

function applyUpdate(waiting: ServiceWorker): void {
  whenReplaced(() => location.reload())
  waiting.postMessage({ type: 'SKIP_WAITING' })
  // Chromium leaves it waiting now and then, whatever it is sent; a page that loads lets it in.
  setTimeout(() => location.reload(), LONGEST_SWITCH_MS)
}

/** Looks for a release now and switches to it; where there is none, loading again is all that may help. */
export async function updateNow(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  await registration?.update().catch(() => undefined)
  const installing = registration?.installing
  if (installing) {
    await new Promise<void>((resolve) => {
      installing.addEventListener('statechange', () => {
        if (installing.state !== 'installing') resolve()
      })
    })
  }
  const waiting = registration?.waiting
  if (waiting) applyUpdate(waiting)
  else location.reload()
}
