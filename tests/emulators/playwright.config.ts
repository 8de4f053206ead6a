/** The journeys of tests/e2e that are marked so, unchanged, on the Firebase emulators; scripts/firebaseTests.mjs starts them. */
import { defineConfig } from '@playwright/test'
import base from '../../playwright.config.ts'
import { FIREBASE } from '../e2e/support.ts'

export default defineConfig({
  ...base,
  globalSetup: [],
  // One after another: they share the emulators, which each begins by emptying.
  workers: 1,
  projects: [
    { name: 'journeys', testDir: '../e2e', grep: new RegExp(FIREBASE.tag) },
    { name: 'emulators', testDir: '.' },
  ],
  // Apart from that of the other browser tests, which run at the same time and empty theirs first.
  outputDir: '../../.cache/test-results/firebase',
})
