/** The Firebase emulators as a test's server: each test starts from the demo data in an emptied Firestore. */
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { getFirestore } from 'firebase-admin/firestore'
import { DEMO_PASSWORD, loadDemo } from '../../functions/src/demo.ts'
import { firebaseAccounts } from '../../functions/src/firebase/accounts.ts'
import { firebaseDeps } from '../../functions/src/firebase/backend.ts'
import { initialiseStore } from '../../functions/src/initialise.ts'
import { openFirestoreStorage } from '../../functions/src/storage/firestore.ts'
import { asUid } from '../../src/domain/ids.ts'
import { textOf } from '../../src/domain/record.ts'

/** Set by scripts/firebaseTests.mjs for the tests it runs. */
const URL_VARIABLE = 'KAIZENCHO_FIREBASE_URL'
const PROJECT = 'demo-kaizencho'

/** Empties store and accounts, loads the demo and answers the address of the hosting emulator. */
export async function resetFirebase(): Promise<string> {
  const project = `emulator/v1/projects/${PROJECT}`
  await empty(`http://${required('FIRESTORE_EMULATOR_HOST')}/${project}/databases/(default)/documents`)
  await empty(`http://${required('FIREBASE_AUTH_EMULATOR_HOST')}/${project}/accounts`)
  await provision()
  return required(URL_VARIABLE)
}

async function empty(url: string): Promise<void> {
  const emptied = await fetch(url, { method: 'DELETE', headers: { authorization: 'Bearer owner' } })
  if (!emptied.ok) throw new Error(`${url} was not emptied: ${emptied.status}`)
}

/** Units, people and the 32 rows, by the code that loads the embedded server's demo; accounts through the admin SDK. */
async function provision(): Promise<void> {
  const app = initializeApp({ projectId: PROJECT }, `provision-${Date.now()}`)
  const storage = openFirestoreStorage({ firestore: getFirestore(app) })
  try {
    await initialiseStore(storage, Date.now())
    const deps = firebaseDeps(storage)
    await loadDemo(deps)
    const accounts = firebaseAccounts(getAuth(app))
    const members = await storage.read((tx) => tx.find('recordsByType', { value: 'member' }))
    await Promise.all(
      members.map(async ({ doc: { record } }) => {
        const email = textOf(record, 'email')
        const made = await accounts.create({ uid: asUid(record.id), email, password: DEMO_PASSWORD })
        if (!made.ok) throw new Error(`An account was refused: ${made.error.type}`)
      }),
    )
  } finally {
    await storage.close()
    await deleteApp(app)
  }
}

function required(name: string): string {
  const value = process.env[name] ?? ''
  if (value === '') throw new Error(`${name} is not set: these tests are run by npm run test:firebase.`)
  return value
}
