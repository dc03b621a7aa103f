/** Table: what is tried with every client, in words and in SQL, and how a masked viewer's answer compares. */

export interface FeatureRow {
  /** The column's title in docs/clients.md. */
  readonly title: string
  /**
   * What a viewer gets for whom personal data is masked: `equal` to a direct run; `withheld` (the words are the database's own,
   * so that they may hold data: they are compared for traces only); `masks`.
   */
  readonly masked: 'equal' | 'withheld' | 'masks'
}

export const FEATURES = {
  connect: { title: 'connect', masked: 'equal' },
  tls: { title: 'TLS', masked: 'equal' },
  simple: { title: 'simple', masked: 'equal' },
  prepared: { title: 'prepared', masked: 'equal' },
  binary: { title: 'binary', masked: 'equal' },
  'copy-out': { title: 'COPY out', masked: 'equal' },
  'copy-in': { title: 'COPY in', masked: 'equal' },
  listen: { title: 'LISTEN', masked: 'withheld' },
  cancel: { title: 'cancel', masked: 'equal' },
  errors: { title: 'SQLSTATE', masked: 'equal' },
  texts: { title: 'error texts', masked: 'withheld' },
  transactions: { title: 'transactions', masked: 'equal' },
  large: { title: 'large rows', masked: 'equal' },
  pipeline: { title: 'pipeline', masked: 'equal' },
  own: { title: 'its own ways', masked: 'equal' },
  schema: { title: 'schema', masked: 'equal' },
  personal: { title: 'masked', masked: 'masks' },
} as const satisfies Readonly<Record<string, FeatureRow>>

export type Feature = keyof typeof FEATURES
export const FEATURE_NAMES = Object.keys(FEATURES) as readonly Feature[]

/** The statements of the features, alike in every language. */
export const SQL = {
  connect: 'select current_database() as db, 1 as one',
  simple: 'select id, city, level::text as level from customers order by id',
  prepared: 'select total from orders where id = $1',
  list: 'select id, total, placed from orders order by id',
  sleep: 'select pg_sleep(60)',
  /** 20,000 rows, and one of 3 MB. */
  many: "select g, repeat('x', g % 100) as x from generate_series(1, 20000) g",
  wide: "select repeat('0123456789', 300000) as wide",
  copyOut: 'copy orders to stdout csv header',
  copyIn: 'copy notes (subject, body) from stdin',
  note: "insert into notes (subject, body) values ('tried', 'it')",
  notes: "select count(*)::int as n from notes where subject = 'tried'",
  personal: 'select * from customers order by id',
} as const

/** What the database refuses with a state of its own, for whoever asks. */
export const STATES = [
  'select nosuch from customers',
  'selec 1',
  "select 'x'::int",
  'select 1 / 0',
  'select * from nowhere',
  'insert into orders (id) values (1)',
  'insert into orders (id, customer_id) values (999, 999)',
  'insert into customers (id) values (1)',
] as const

/**
 * Their texts, and that of a function which is not there: for a viewer with masks the gateway refuses that itself. What is no
 * SQL the gateway refuses itself for everyone, in Postgres' words, with a DETAIL and a HINT of its own.
 */
export const ERRORS = [...STATES.filter((text) => text !== 'selec 1'), 'select nosuch(1)']
