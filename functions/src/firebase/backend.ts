/** What the function runs on: firebase-admin, Firestore behind the storage port, the handlers. */
import { createHash } from 'node:crypto'
import type { Express } from 'express'
import { type App, getApps, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { getFirestore } from 'firebase-admin/firestore'
import { getStorage } from 'firebase-admin/storage'
import { openCloudStorageBlobs } from '../blobs/cloudStorageBlobs.ts'
import type { Deps } from '../handlers/context.ts'
import { initialiseStore } from '../initialise.ts'
import { openFirestoreStorage } from '../storage/firestore.ts'
import type { Storage } from '../storage/storage.ts'
import { firebaseAccounts } from './accounts.ts'
import { createFirebaseApi } from './api.ts'
import { logError, logRequest } from './log.ts'

/** Opens everything; the first request of an instance waits for it. */
export async function openBackend(): Promise<Express> {
  refuseEmulatedAuthInProduction(process.env)
  const app = adminApp()
  const deps = firebaseDeps(openFirestoreStorage({ firestore: getFirestore(app) }))
  await initialiseStore(deps.storage, Date.now())
  const auth = getAuth(app)
  return createFirebaseApi({
    deps,
    verifier: auth,
    accounts: firebaseAccounts(auth),
    blobs: openCloudStorageBlobs(() => getStorage(app).bucket()),
    log: logRequest,
  })
}

/** What handlers are given on Firebase. */
export function firebaseDeps(storage: Storage): Deps {
  return {
    storage,
    now: () => new Date().toISOString(),
    hash: async (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    report: logError,
  }
}

/** With this variable firebase-admin takes unsigned tokens: never outside the emulator. */
export function refuseEmulatedAuthInProduction(env: Readonly<Record<string, string | undefined>>): void {
  if (env['FIREBASE_AUTH_EMULATOR_HOST'] !== undefined && env['FUNCTIONS_EMULATOR'] !== 'true')
    throw new Error('FIREBASE_AUTH_EMULATOR_HOST is set outside the emulator: tokens would not be verified.')
}

function adminApp(): App {
  return getApps()[0] ?? initializeApp()
}
