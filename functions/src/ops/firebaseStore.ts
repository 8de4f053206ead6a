/** The operator's commands on Firebase: the same work on Firestore and Firebase Auth, with the operator's own Google rights. */
import { applicationDefault, deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { getFirestore } from 'firebase-admin/firestore'
import { firebaseAccounts } from '../firebase/accounts.ts'
import { firebaseDeps } from '../firebase/backend.ts'
import type { AccountDeps } from '../handlers/accounts.ts'
import { OpsError } from './opsError.ts'
import { openFirestoreStorage } from '../storage/firestore.ts'

/** Works on the project's data. Needs `gcloud auth application-default login` or a service account. */
export async function withFirebase<T>(
  projectId: string,
  work: (deps: AccountDeps) => Promise<T>,
): Promise<T> {
  const app = initializeApp({ projectId, credential: applicationDefault() }, 'operator')
  const storage = openFirestoreStorage({ firestore: getFirestore(app) })
  try {
    return await work({ ...firebaseDeps(storage), accounts: firebaseAccounts(getAuth(app)) })
  } catch (error) {
    if (!(error instanceof Error) || !/credential/i.test(error.message)) throw error
    throw new OpsError(
      'Google の資格情報がありません。gcloud auth application-default login を実行してから、もう一度実行してください。',
    )
  } finally {
    await storage.close()
    await deleteApp(app)
  }
}
