/** The journeys of tests/e2e, unchanged, on the Firebase emulators; scripts/firebaseTests.mjs starts them. */
import { defineConfig } from '@playwright/test'
import base from '../../playwright.config.ts'

export default defineConfig({
  ...base,
  globalSetup: [],
  testDir: '..',
  testMatch: ['**/e2e/{offline,together,members,devices}.spec.ts', '**/emulators/*.spec.ts'],
  outputDir: '../../test-results/firebase',
})
