import { defineConfig } from 'vitest/config'

/**
 * Tests stand beside the code. They start real servers, so a case may take a while on a busy machine; two files at a time,
 * because some of those servers keep a core busy by themselves.
 */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'adapters/*/src/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // Generous, because no test is about time: a busy machine must not make a green tree red.
    testTimeout: 120_000,
    retry: process.env.CI === undefined ? 0 : 1,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
