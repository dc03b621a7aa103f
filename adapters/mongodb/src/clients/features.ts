/** Table: what is tried with every client, as docs/clients.md has it. */

export const FEATURES = {
  connect: 'connect',
  tls: 'TLS',
  tokens: 'tokens',
  reads: 'reads',
  writes: 'writes',
  schema: 'collections and indexes',
  cursors: 'cursors',
  sessions: 'sessions',
  errors: 'errors',
  own: 'its own ways',
  masked: 'masked',
} as const satisfies Readonly<Record<string, string>>

export type Feature = keyof typeof FEATURES
export const FEATURE_NAMES = Object.keys(FEATURES) as readonly Feature[]
