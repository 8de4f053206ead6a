/** The storage contract on Firestore. */
import { storageContract } from '../unit/functions/storageContract.ts'
import { openTestFirestore } from '../support/firestore.ts'

storageContract('Firestore', async () => {
  const database = openTestFirestore()
  const storage = database.connect()
  return {
    storage,
    connect: () => Promise.resolve(database.connect()),
    reopen: async () => {
      await storage.close()
      return database.connect()
    },
    dispose: database.dispose,
  }
})
