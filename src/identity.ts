/** The identity this build is for. Its code loads when credentials or a sign-in are first asked for. */
import type { Vault } from './db/vault.ts'
import { err } from './domain/result.ts'
import type { Auth } from './sync/peoplePorts.ts'

/** What is answered for code that did not load. */
export const OFFLINE = err({ type: 'offline' } as const)

async function loadAuth(vault: Vault): Promise<Auth> {
  if (import.meta.env.VITE_BACKEND === 'firebase') {
    const { createFirebaseAuth } = await import('./transport/firebaseAuth.ts')
    return createFirebaseAuth(vault)
  }
  const { createEmbeddedAuth } = await import('./transport/embeddedAuth.ts')
  return createEmbeddedAuth(vault)
}

export function lazyAuth(vault: Vault): Auth {
  let loading: Promise<Auth> | undefined
  const adapter = (): Promise<Auth> => {
    loading ??= loadAuth(vault).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
  /** Undefined where the code did not load; only those who sign in or out are told that it did not. */
  const atHand = (): Promise<Auth | undefined> => adapter().catch(() => undefined)
  return {
    restore: () => vault.current(),
    signIn: async (credentials) => (await adapter()).signIn(credentials),
    headers: async (uid, options) => (await atHand())?.headers(uid, options) ?? OFFLINE,
    signOut: async (uid) => (await adapter()).signOut(uid),
    ...(import.meta.env.VITE_BACKEND === 'firebase' && {
      changePassword: async (uid, passwords) =>
        (await (await atHand())?.changePassword?.(uid, passwords)) ?? OFFLINE,
    }),
    ...(import.meta.env.VITE_FIREBASE_PROVIDER === ''
      ? {}
      : {
          bureau: {
            leave: async () => (await (await adapter()).bureau?.leave()) ?? { type: 'failed' },
            comeBack: async () => (await adapter()).bureau?.comeBack(),
          },
        }),
  }
}
