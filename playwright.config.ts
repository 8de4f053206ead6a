import { defineConfig } from '@playwright/test'
import { BROWSER_ARGS, installedBrowser } from './scripts/browser.mjs'

const executablePath = installedBrowser()

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  globalSetup: './tests/support/demoTemplate.ts',
  // Each waits for its server and its pages half of the time.
  workers: 2,
  // A file's tests too: nobody waits at the end for the longest file.
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  // Two cores that others use too are slow at times; what is right is right later as well.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  use: {
    // An answer that does not come is told as such, not as a test that took too long.
    actionTimeout: 60_000,
    headless: true,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    screenshot: 'only-on-failure',
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    launchOptions: { args: BROWSER_ARGS, ...(executablePath === undefined ? {} : { executablePath }) },
  },
})
