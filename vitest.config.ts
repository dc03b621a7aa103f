import { defineConfig } from 'vitest/config'

/** Tests stand beside the code; they start their own servers, so a case may take a while on a busy machine. */
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
    pool: 'forks',
  },
})
