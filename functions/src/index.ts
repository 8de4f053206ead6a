/** Cloud Functions entry: one HTTPS function, the same handlers as the embedded server, Firestore as the store. */
import type { Express } from 'express'
import { onRequest } from 'firebase-functions/v2/https'
import { openBackend } from './firebase/backend.ts'

let backend: Promise<Express> | undefined

/** Opened once per instance; a failure is not kept. */
function opened(): Promise<Express> {
  backend ??= openBackend().catch((error: unknown) => {
    backend = undefined
    throw error
  })
  return backend
}

/** Every `/api/**` request; Firebase Hosting rewrites them here. Public: the app itself asks who calls. */
export const api = onRequest(
  {
    region: 'asia-northeast1',
    concurrency: 80,
    maxInstances: 10,
    memory: '512MiB',
    timeoutSeconds: 60,
    invoker: 'public',
  },
  async (request, response) => (await opened())(request, response),
)
