/** Constants of the build; vite.config.ts sets every one of them. '' = not set. */
interface ImportMetaEnv {
  readonly VITE_BACKEND: 'embedded' | 'firebase'
  readonly VITE_FIREBASE_API_KEY: string
  readonly VITE_FIREBASE_AUTH_DOMAIN: string
  readonly VITE_FIREBASE_PROJECT_ID: string
  /** The bureau's own sign-in, e.g. `oidc.bureau` or `saml.bureau`. */
  readonly VITE_FIREBASE_PROVIDER: string
  /** Address of the auth emulator, in tests. */
  readonly VITE_FIREBASE_AUTH_EMULATOR: string
}
