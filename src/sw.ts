/** Service worker: the precached shell, so that the app opens offline. It never touches sync requests [S6]. */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: (string | { url: string; revision: string | null })[]
}

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
// `/__/` is Firebase's own: the way back from the bureau's sign-in passes there.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/healthz$/, /^\/__\//],
  }),
)

// What pages post (`updates.ts`). An update waits until the person says so; open forms are not interrupted.
self.addEventListener('message', (event) => {
  const { type } = Object(event.data)
  if (type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting())
  if (type === 'CLAIM') event.waitUntil(self.clients.claim())
})

// The first visit is controlled at once, so that it already works offline.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
