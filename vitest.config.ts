import { defineConfig } from 'vitest/config'

/** Pure functions and memory sockets: nothing stays of one file that another could meet, so they share their processes and imports. */
const PURE = ['core', 'masking', 'identity', 'adapter-kit'].map((name) => `packages/${name}/src/**/*.test.ts`)

/** They stop what they start and leave nothing else: they share too. Whoever adds a folder tries its files in one process. */
const TIDY = [
  'packages/audit/src/**/*.test.ts',
  'packages/sql/src/{mysql,postgres,reading}/*.test.ts',
  'packages/sql/src/*/{administration,functions,query,session,text,utility}/*.test.ts',
  'adapters/postgres/src/{catalog,refusals,rules,wire}/**/*.test.ts',
  'adapters/*/src/{bson,documents,following,greeting,login,masking,messages,reading,session,shell,speaker}/**/*.test.ts',
]
/**
 * Tests stand beside the code. They start real servers, so a case may take a while on a busy machine; three files at a time
 * on two cores, because many of them wait, and no more, because some of those servers keep a core busy by themselves.
 */
export default defineConfig({
  test: {
    // Generous, because no test is about time: a busy machine must not make a green tree red.
    testTimeout: 300_000,
    expect: { poll: { timeout: 90_000 } },
    retry: process.env.CI === undefined ? 0 : 1,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'tidy', include: TIDY, isolate: false } },
      {
        extends: true,
        test: {
          name: 'real',
          include: [
            'packages/*/src/**/*.test.ts',
            'adapters/*/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', ...PURE, ...TIDY],
        },
      },
    ],
  },
})
