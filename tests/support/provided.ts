/** What vitest.config.ts and the global set-up hand to the tests (`inject`). */
declare module 'vitest' {
  export interface ProvidedContext {
    /** Store that `openWorld` opens; SQLite when left out. */
    store?: 'firestore'
    /** `127.0.0.1:PORT` of the Firestore emulator; '' = there is none. Project `firestore` only. */
    firestoreHost: string
  }
}

export {}
