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
  simple: { title: 'text', masked: 'equal' },
  prepared: { title: 'prepared', masked: 'equal' },
  types: { title: 'types', masked: 'equal' },
  several: { title: 'several results', masked: 'equal' },
  stream: { title: 'streams', masked: 'equal' },
  batch: { title: 'batches', masked: 'equal' },
  cancel: { title: 'KILL', masked: 'equal' },
  call: { title: 'CALL', masked: 'withheld' },
  errors: { title: 'codes', masked: 'equal' },
  texts: { title: 'error texts', masked: 'withheld' },
  transactions: { title: 'transactions', masked: 'equal' },
  large: { title: 'large rows', masked: 'equal' },
  pipeline: { title: 'pipeline', masked: 'equal' },
  again: { title: 'used again', masked: 'equal' },
  own: { title: 'its own ways', masked: 'equal' },
  schema: { title: 'schema', masked: 'equal' },
  personal: { title: 'masked', masked: 'masks' },
} as const satisfies Readonly<Record<string, FeatureRow>>

export type Feature = keyof typeof FEATURES
export const FEATURE_NAMES = Object.keys(FEATURES) as readonly Feature[]

/** The statements of the features, alike in every language. */
export const SQL = {
  connect: 'select database() as db, 1 as one',
  simple: 'select id, city, level from customers order by id',
  prepared: 'select total from orders where id = ?',
  list: 'select id, total, placed from orders order by id',
  types: 'select * from kinds order by id',
  /** Without TIME, which is no time of day to JDBC. */
  typesOfJdbc:
    'select id, t, ut, s, m, b, ub, f, d, n, da, dt, ts, c, v, bi, bl, tx, e, st, j from kinds order by id',
  sleep: 'select sleep(60)',
  /** 15,625 rows, and one of 3 MB. */
  many: "select a.id as id, repeat('x', c.id) as x from orders a join orders b join orders c",
  wide: "select repeat('0123456789', 300000) as wide",
  note: "insert into notes (subject, body) values ('tried', 'it')",
  noting: 'insert into notes (subject, body) values (?, ?)',
  notes: "select count(*) as n from notes where subject = 'tried'",
  forget: "delete from notes where subject = 'tried'",
  personal: 'select * from customers order by id',
  personalBelow: 'select * from customers where id < ? order by id',
} as const

/** What the database refuses with a code of its own, for whoever asks. */
export const STATES = [
  'select nosuch from customers',
  'select * from nowhere',
  'insert into orders (id) values (1)',
  'insert into customers (id) values (1)',
  "insert into orders (id, placed) values (999, 'never')",
  'select (select id from orders)',
  "insert into notes (subject) values (repeat('x', 300))",
  'drop table nowhere',
] as const

/** Their texts, and that of what is no SQL: for a viewer with masks the gateway refuses that itself. */
export const ERRORS = [...STATES, 'selec 1']

/** Beside the shop: a column of each type, which the drivers read in their ways. */
export const KINDS: readonly string[] = [
  `create table kinds (id int primary key, t tinyint, ut tinyint unsigned, s smallint, m mediumint, b bigint, ub bigint unsigned,
    f float, d double, n decimal(20,6), y year, da date, ti time(3), dt datetime(6), ts timestamp(3) null, c char(9), v varchar(300),
    bi varbinary(40), bl blob, tx text, e enum('x', 'y'), st set('p', 'q'), j json, bt bit(12))`,
  `insert into kinds values
    (1, -128, 255, -32768, -8388608, -9007199254740991, 9007199254740991, 1.5, -2.25, '-12345678901234.567890', 2024, '2024-02-29',
     '-12:34:56.789', '2024-02-29 12:34:56.123456', '2024-01-01 00:00:00.5', 'ch', repeat('v', 300), x'00ff27', repeat('b', 700), 'tëxt',
     'x', 'p,q', '{"a": [1, null]}', b'101'),
    (2, ${Array(23).fill('null').join(', ')})`,
  'create definer = gw@`%` procedure noted(wanted int) begin select id, total from orders where id = wanted; select wanted as w; end',
]
