/** The journeys of tests/e2e, unchanged, on the Firebase emulators; scripts/firebaseTests.mjs starts them. */
import { defineConfig } from '@playwright/test'
import base from '../../playwright.config.ts'

export default defineConfig({
  ...base,
  globalSetup: [],
  // One after another: they share the emulators, which each begins by emptying.
  workers: 1,
  testDir: '..',
  testMatch: ['**/e2e/{offline,together,members,devices}.spec.ts', '**/emulators/*.spec.ts'],
  // Apart from that of the other browser tests, which run at the same time and empty theirs first.
  outputDir: '../../.cache/test-results/firebase',
})
