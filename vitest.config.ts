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
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
