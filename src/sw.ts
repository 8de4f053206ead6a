/** Service worker: the precached shell, so that the app opens offline. It never touches sync requests [S6]. */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: (string | { url: string; revision: string | null })[]
}

const shell = self.__WB_MANIFEST
/** As many requests as a browser sends to one host over HTTP/1.1. */
const LANES = 6

// Workbox keeps one file after the other, each a way to the server and back: before it asks, they are on their way.
self.addEventListener('install', () => {
  const hashed = shell.flatMap((entry) =>
    typeof entry !== 'string' && entry.revision === null ? [entry.url] : [],
  )
  for (let lane = 0; lane < LANES; lane += 1) void fetchAhead(hashed)
})
precacheAndRoute(shell)
cleanupOutdatedCaches()
// `/__/` is Firebase's own: the way back from the bureau's sign-in passes there.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/healthz$/, /^\/__\//],
  }),
)

/** Takes what the release before has not left here into the HTTP cache; a file that cannot be had is Workbox's to tell. */
async function fetchAhead(urls: string[]): Promise<void> {
  for (let url = urls.shift(); url !== undefined; url = urls.shift())
    if ((await caches.match(url)) === undefined)
      await fetch(url)
        .then((response) => response.arrayBuffer())
        .catch(() => undefined)
}

// What pages post (`updates.ts`). An update waits until the person says so; open forms are not interrupted.
self.addEventListener('message', (event) => {
  const { type } = Object(event.data)
  if (type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting())
  if (type === 'CLAIM') event.waitUntil(self.clients.claim())
})

// The first visit is controlled at once, so that it already works offline.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
