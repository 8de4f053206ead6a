/** The bureau's own sign-in (OIDC or SAML) through Firebase: away to its page, and back to ours. */
import {
  type Auth as FirebaseAuth,
  OAuthProvider,
  SAMLAuthProvider,
  type User,
  browserPopupRedirectResolver,
  getRedirectResult,
  signInWithRedirect,
} from 'firebase/auth'
import type { Result } from '../domain/result.ts'
import type { BureauSignIn, Profile, SignInError } from '../sync/peoplePorts.ts'
import { signInErrorOfFirebase } from './firebaseErrors.ts'

/** Remembers, in this tab alone, that the person has left: only then is it worth asking who came back. */
const AWAY_KEY = 'kaizencho-away'

export function createBureauSignIn({
  auth,
  enrol,
  providerId,
}: {
  readonly auth: FirebaseAuth
  readonly enrol: (user: User) => Promise<Result<Profile, SignInError>>
  readonly providerId: string
}): BureauSignIn {
  return {
    async leave() {
      const provider = providerId.startsWith('saml.')
        ? new SAMLAuthProvider(providerId)
        : new OAuthProvider(providerId)
      try {
        sessionStorage.setItem(AWAY_KEY, '1')
        return await signInWithRedirect(auth, provider, browserPopupRedirectResolver)
      } catch (error) {
        sessionStorage.removeItem(AWAY_KEY)
        return signInErrorOfFirebase(error)
      }
    },
    async comeBack() {
      if (sessionStorage.getItem(AWAY_KEY) === null) return undefined
      sessionStorage.removeItem(AWAY_KEY)
      try {
        const came = await getRedirectResult(auth, browserPopupRedirectResolver)
        // They turned back on the bureau's page without signing in.
        return came === null ? undefined : await enrol(came.user)
      } catch (error) {
        return { ok: false, error: signInErrorOfFirebase(error) }
      }
    },
  }
}
