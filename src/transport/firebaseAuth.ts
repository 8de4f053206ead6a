/**
 * Signing in with Firebase Auth. Firebase keeps its own tokens, of one person per Firebase app: each person on this tablet
 * has an app of their own, and signs in through a shared one, the door. The tablet proves itself by its own key with every
 * request [S26]. Being signed in offline is the vault's business, as with the embedded identity.
 */
import { initializeApp } from 'firebase/app'
import {
  type Auth as FirebaseAuth,
  type User,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  signInWithEmailAndPassword,
  signOut,
  updateCurrentUser,
  updatePassword,
} from 'firebase/auth'
import { MIN_PASSWORD_LENGTH } from '../domain/accounts.ts'
import type { Uid } from '../domain/ids.ts'
import { type Result, err, ok } from '../domain/result.ts'
import { DEVICE_ID_HEADER, DEVICE_PROOF_HEADER, presenceSchema } from '../domain/session.ts'
import type { Auth, AuthHeaders, BureauSignIn, Profile, SignInError } from '../sync/peoplePorts.ts'
import type { TransportError } from '../sync/ports.ts'
import { makeKeys, presentDevice, signProof } from './deviceKey.ts'
import { passwordErrorOf, signInErrorOfFirebase, tokenErrorOf } from './firebaseErrors.ts'
import { postJson } from './http.ts'
import type { SessionVault, VaultSession } from './sessionVault.ts'
import { signInErrorOf } from './signInError.ts'

/** Stands in the vault's refresh token while signed in: Firebase keeps the real one itself. */
const SIGNED_IN = 'firebase'

interface KnownHeaders {
  readonly idToken: string
  readonly headers: AuthHeaders
}

/** The adapter on the project this build is for. */
export function createFirebaseAuth(vault: SessionVault): Auth {
  const door = openFirebase()
  const rooms = new Map<string, FirebaseAuth>()
  const known = new Map<string, KnownHeaders>()

  function roomOf(uid: string): FirebaseAuth {
    const room = rooms.get(uid) ?? openFirebase(uid)
    rooms.set(uid, room)
    return room
  }

  /** The person's user in their own app; who signed in before there were such apps still stands at the door. */
  async function userOf(uid: string): Promise<User | undefined> {
    const room = roomOf(uid)
    await Promise.all([room.authStateReady(), door.authStateReady()])
    if (room.currentUser === null && door.currentUser?.uid === uid) await moveIn(door.currentUser)
    return room.currentUser?.uid === uid ? room.currentUser : undefined
  }

  async function moveIn(user: User): Promise<void> {
    await updateCurrentUser(roomOf(user.uid), user)
    await signOut(door)
  }

  /** Enrols this tablet with the fresh sign-in; Firebase's user alone may do nothing. */
  async function enrol(user: User): Promise<Result<Profile, SignInError>> {
    const before = await vault.byUid(user.uid)
    const keys = before?.keys ?? (await makeKeys())
    const idToken = await user.getIdToken()
    const answer = await postJson('/api/session/enrol', {
      body: { device: await presentDevice(before?.deviceId ?? null, keys) },
      schema: presenceSchema,
      headers: { authorization: `Bearer ${idToken}` },
    })
    if (!answer.ok) {
      await signOut(door)
      return err(signInErrorOf(answer.error, { unauthenticated: 'failed' }))
    }
    await moveIn(user)
    const { profile, deviceId } = answer.value
    const session = { uid: profile.uid, profile, deviceId, keys, refreshToken: SIGNED_IN }
    await vault.keep(session)
    await vault.admit(profile.uid)
    known.set(profile.uid, { idToken, headers: await headersOf(session, idToken) })
    return ok(profile)
  }

  /** Headers for the ID token of now; with a new one the server is asked who the person is today. */
  async function renew(uid: Uid, fresh: boolean): Promise<Result<AuthHeaders, TransportError>> {
    const session = await vault.byUid(uid)
    if (session === undefined || session.refreshToken === '') return err({ type: 'signInNeeded' })
    const token = await readIdToken(() => userOf(uid), fresh)
    if (!token.ok) return token
    const last = known.get(uid)
    if (last?.idToken === token.value) return ok(last.headers)
    const headers = await headersOf(session, token.value)
    const presence = await postJson('/api/session/presence', { body: {}, schema: presenceSchema, headers })
    if (!presence.ok) {
      const refused = presence.error.type === 'refused' && presence.error.refusal.type === 'unauthenticated'
      if (!refused) return presence
      return fresh ? err({ type: 'signInNeeded' }) : renew(uid, true)
    }
    await vault.renew(uid, { profile: presence.value.profile })
    known.set(uid, { idToken: token.value, headers })
    return ok(headers)
  }

  return {
    restore: () => vault.current(),
    async signIn({ email, password }) {
      try {
        const { user } = await signInWithEmailAndPassword(door, email, password)
        return await enrol(user)
      } catch (error) {
        return err(signInErrorOfFirebase(error))
      }
    },
    headers: (uid, { fresh }) => renew(uid, fresh),
    async changePassword(uid, { oldPassword, newPassword }) {
      if (newPassword === oldPassword) return err({ type: 'weakPassword', reason: 'same' })
      if ([...newPassword].length < MIN_PASSWORD_LENGTH)
        return err({ type: 'weakPassword', reason: 'tooShort' })
      try {
        const email = (await userOf(uid))?.email ?? null
        if (email === null) return err({ type: 'signInNeeded' })
        // Firebase asks for a fresh sign-in, and ends every other tablet's session afterwards.
        const { user } = await signInWithEmailAndPassword(roomOf(uid), email, oldPassword)
        await updatePassword(user, newPassword)
        known.delete(uid)
        return ok(undefined)
      } catch (error) {
        return err(passwordErrorOf(error))
      }
    },
    async signOut(uid) {
      known.delete(uid)
      await vault.end(uid)
      if ((await userOf(uid)) !== undefined) await signOut(roomOf(uid))
    },
    ...(import.meta.env.VITE_FIREBASE_PROVIDER === '' ? {} : { bureau: lazyBureau(door, enrol) }),
  }
}

/** The part of Firebase that leaves for another page is large: only builds with a provider hold it. */
function lazyBureau(
  auth: FirebaseAuth,
  enrol: (user: User) => Promise<Result<Profile, SignInError>>,
): BureauSignIn {
  const load = async (): Promise<BureauSignIn> => {
    const { createBureauSignIn } = await import('./firebaseBureau.ts')
    return createBureauSignIn({ auth, enrol, providerId: import.meta.env.VITE_FIREBASE_PROVIDER })
  }
  return {
    leave: async () => (await load()).leave(),
    comeBack: async () => (await load()).comeBack(),
  }
}

/** Firebase keeps the user under the name of the app; without one it is the door. */
function openFirebase(name?: string): FirebaseAuth {
  const app = initializeApp(
    {
      apiKey: import.meta.env.VITE_FIREBASE_API_KEY,
      authDomain: import.meta.env.VITE_FIREBASE_AUTH_DOMAIN,
      projectId: import.meta.env.VITE_FIREBASE_PROJECT_ID,
    },
    name,
  )
  const auth = initializeAuth(app, { persistence: indexedDBLocalPersistence })
  if (import.meta.env.VITE_FIREBASE_AUTH_EMULATOR !== '')
    connectAuthEmulator(auth, import.meta.env.VITE_FIREBASE_AUTH_EMULATOR, { disableWarnings: true })
  return auth
}

async function readIdToken(
  findUser: () => Promise<User | undefined>,
  fresh: boolean,
): Promise<Result<string, TransportError>> {
  try {
    const user = await findUser()
    return user === undefined ? err({ type: 'signInNeeded' }) : ok(await user.getIdToken(fresh))
  } catch (error) {
    return err(tokenErrorOf(error))
  }
}

async function headersOf({ keys, deviceId }: VaultSession, idToken: string): Promise<AuthHeaders> {
  return {
    authorization: `Bearer ${idToken}`,
    [DEVICE_ID_HEADER]: deviceId,
    [DEVICE_PROOF_HEADER]: await signProof(keys, idToken, deviceId),
  }
}
