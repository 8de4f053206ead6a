import { defineConfig } from 'vitest/config'

const common = {
  environment: 'node',
  // Two cores: processes are started by the tests themselves.
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 30_000,
} as const

export default defineConfig({
  test: {
    projects: [
      ...['unit', 'sync'].map((name) => ({
        test: { ...common, name, include: [`tests/${name}/**/*.test.ts`] },
      })),
      {
        test: {
          ...common,
          name: 'firestore',
          // Whole journeys too: openWorld opens on the store it is given.
          include: [
            'tests/firestore/**/*.test.ts',
            'tests/sync/{contention,journey,journeyTogether}.test.ts',
            'tests/sync/sim/*.test.ts',
            'tests/unit/functions/{changes,held,invariants,quarantine}.test.ts',
          ],
          globalSetup: 'tests/support/firestoreEmulator.ts',
          setupFiles: 'tests/support/firestoreSetup.ts',
          provide: { store: 'firestore' },
          // No look-up of a Google machine's identity.
          env: { METADATA_SERVER_DETECTION: 'none' },
        },
      },
    ],
  },
})
