/** New releases, which wait in the service worker until the person says so: open forms are not interrupted. */

/** Calls back when a release waits; `apply` switches to it, and every tab of the app loads anew. */
export async function watchForUpdates(listener: (apply: () => void) => void): Promise<void> {
  // In whichever tab it was switched: what this one loads later is gone, and the database may have changed. What is typed is kept.
  if (navigator.serviceWorker.controller !== null) reloadWhenReplaced()
  const registration = await navigator.serviceWorker.register('/sw.js')
  const offer = (): void => {
    const { waiting } = registration
    // Without a controller it is the first version that waits, and there is nothing to update.
    if (waiting === null || navigator.serviceWorker.controller === null) return
    listener(() => applyUpdate(waiting))
  }
  offer()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer)
  })
  document.addEventListener('visibilitychange', () => {
    // A failed look for updates is no news: the next one comes.
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
  })
}

function reloadWhenReplaced(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
}

function applyUpdate(waiting: ServiceWorker): void {
  reloadWhenReplaced()
  waiting.postMessage({ type: 'SKIP_WAITING' })
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
