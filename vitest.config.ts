import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['unit', 'sync'].map((name) => ({
      test: {
        name,
        environment: 'node',
        include: [`tests/${name}/**/*.test.ts`],
        // Two cores: processes are started by the tests themselves.
        maxWorkers: 2,
        testTimeout: 30_000,
        hookTimeout: 30_000,
      },
    })),
  },
})
