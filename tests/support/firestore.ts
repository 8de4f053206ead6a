/** An empty Firestore of its own, on the emulator. */
import { randomUUID } from 'node:crypto'
import { Firestore } from '@google-cloud/firestore'
import { inject } from 'vitest'
import { type FirestoreUsage, openFirestoreStorage } from '../../functions/src/storage/firestore.ts'
import type { Storage } from '../../functions/src/storage/storage.ts'

export interface TestFirestore {
  /** Another client of the same database, as another instance of the function has. */
  readonly connect: () => Storage
  /** What the storages opened here cost so far, in order of completion. */
  readonly usages: FirestoreUsage[]
  /** Closes every storage opened here. */
  readonly dispose: () => Promise<void>
}

/** A database nobody else uses: the emulator keeps one for each project id. */
export function openTestFirestore(): TestFirestore {
  const projectId = `test-${randomUUID()}`
  const usages: FirestoreUsage[] = []
  const opened: (() => Promise<void>)[] = []
  return {
    connect: () => {
      const firestore = openClient(projectId)
      const storage = openFirestoreStorage({ firestore, onUsage: (usage) => void usages.push(usage) })
      opened.push(async () => {
        await storage.close()
        await firestore.terminate()
      })
      return storage
    },
    usages,
    dispose: async () => {
      for (const close of opened) await close()
    },
  }
}

/** A client with the rights of the server: it passes the rules. */
export function openClient(projectId: string): Firestore {
  return new Firestore({
    projectId,
    host: inject('firestoreHost'),
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  })
}
