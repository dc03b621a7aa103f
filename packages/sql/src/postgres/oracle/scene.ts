/** A random schema as DDL, and rows for it in two or more databases that differ in their classified columns alone. */
import { createDice, type Dice, pick } from './dice.js'
import { COLUMN_NAMES, type ColumnType, quoted, TYPES } from './kinds.js'

export interface SceneColumn {
  readonly name: string
  readonly type: ColumnType
  /** 0: no class; else the number of the database in which its values are others. */
  readonly variant: number
}

export interface SceneTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly SceneColumn[]
}

export interface Scene {
  readonly searchPath: readonly string[]
  readonly ddl: readonly string[]
  /** What holds rows of its own. */
  readonly filled: readonly SceneTable[]
  /** Relations whose columns bear classes; what is below and above them is bound by these (R4). */
  readonly classified: readonly SceneTable[]
}

export const SCHEMAS = ['one', 'two', 'Sch 3'] as const
export const VARIANTS = 3
const ROWS = 4

export function className(variant: number): string {
  return `v${variant}`
}

export function tableName(table: { readonly schema: string; readonly name: string }): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`
}

function columnsOf(dice: Dice, count: number, taken: readonly string[] = ['id']): SceneColumn[] {
  const names = new Set<string>()
  while (names.size < count) {
    const name = pick(dice, COLUMN_NAMES)
    if (!taken.includes(name)) names.add(name)
  }
  return [...names].map((name) => ({
    name,
    type: pick(dice, TYPES),
    variant: dice(2) === 0 ? 1 + dice(VARIANTS) : 0,
  }))
}

const ID: SceneColumn = { name: 'id', type: TYPES[0] as ColumnType, variant: 0 }

function listed(columns: readonly SceneColumn[]): string {
  return columns.map(({ name, type }) => `${quoted(name)} ${type.name}`).join(', ')
}

function tables(dice: Dice): { ddl: string[]; filled: SceneTable[] } {
  const ddl: string[] = []
  const filled: SceneTable[] = []
  for (const schema of SCHEMAS) {
    for (const name of [
      't1',
      't2',
      pick(dice, schema === 'Sch 3' ? ['text', 'user'] : ['Tab', 'people', 'user']),
    ]) {
      const columns = [ID, ...columnsOf(dice, 3 + dice(4))]
      const table = { schema, name, columns }
      const text = columns.find(({ type }) => type.name === 'text')
      const kind = pick(dice, ['stored', 'stored', 'none'])
      const made =
        text && kind !== 'none' ? `, made text generated always as (upper(${quoted(text.name)})) stored` : ''
      ddl.push(`create table ${tableName(table)} (gone text, ${listed(columns)}${made}, primary key (id))`)
      ddl.push(`alter table ${tableName(table)} drop column gone`)
      filled.push(table)
    }
  }
  return { ddl, filled }
}

/** A partitioned table of two levels whose partitions keep their columns in other orders. */
function partitions(dice: Dice): { ddl: string[]; filled: SceneTable[]; roots: SceneTable[] } {
  const schema = pick(dice, SCHEMAS)
  const columns = [ID, ...columnsOf(dice, 4)]
  const turned = [...columns].reverse()
  const root = tableName({ schema, name: 'part' })
  // Classified in one partition alone.
  const own = columns.map((column) =>
    column === ID || column.variant !== 0 ? column : { ...column, variant: dice(VARIANTS + 1) },
  )
  const low: SceneTable = { schema, name: 'part_low', columns: own }
  const high: SceneTable = { schema: 'one', name: 'part_high', columns: turned }
  return {
    ddl: [
      `create table ${root} (${listed(columns)}) partition by range (id)`,
      `create table ${quoted(schema)}.part_mid partition of ${root} for values from (0) to (3) partition by list (id)`,
      `create table ${tableName(low)} partition of ${quoted(schema)}.part_mid default`,
      `create table ${tableName(high)} (${listed(turned)})`,
      `alter table ${root} attach partition ${tableName(high)} for values from (3) to (100)`,
    ],
    filled: [low, high],
    roots: [{ schema, name: 'part', columns }],
  }
}

function families(dice: Dice): { ddl: string[]; filled: SceneTable[] } {
  const schema = pick(dice, SCHEMAS)
  const shared = [ID, ...columnsOf(dice, 3)]
  const own = columnsOf(
    dice,
    2,
    shared.map(({ name }) => name),
  )
  const parent: SceneTable = { schema, name: 'parent', columns: shared }
  const child: SceneTable = { schema, name: 'child', columns: [...shared, ...own] }
  const late: SceneTable = { schema, name: 'grandchild', columns: child.columns }
  return {
    ddl: [
      `create table ${tableName(parent)} (${listed(shared)})`,
      `create table ${tableName(child)} (${listed(own)}) inherits (${tableName(parent)})`,
      `create table ${tableName(late)} () inherits (${tableName(child)}, ${tableName(parent)})`,
    ],
    filled: [parent, child, late],
  }
}

const FUNCTIONS = [
  'create function one.shout(t text) returns text language sql as $$ select upper(t) $$',
  'create function two.shout(t text) returns text language sql begin atomic select lower($1) || t; end',
  'create function one.plus(a int, b int default 1) returns int language sql immutable as $$ select a + b $$',
  'create function one.rows_of(n int) returns setof one.t1 language sql as $$ select * from one.t1 where id <= n $$',
  'create function two.one_of() returns two.t2 language sql as $$ select * from two.t2 order by id limit 1 $$',
  'create function one.pairs(out x int, out y text) returns setof record language sql as $$ select id, (t2.*)::text from one.t2 $$',
  'create function two.whole(r two.t1) returns text language sql as $$ select r::text $$',
  'create function one.hidden(n int) returns text language plpgsql as $$ begin return (select t1::text from one.t1 where id = n); end $$',
  'create operator one.+|+ (leftarg = text, rightarg = text, function = one.joined)',
]

export function createScene(seed: number): Scene {
  const dice = createDice(seed)
  const parted = partitions(dice)
  const parts = [tables(dice), parted, families(dice)]
  const filled = parts.flatMap((each) => each.filled)
  const path = pick(dice, [
    ['one', 'two'],
    ['two', 'one', 'Sch 3'],
    ['Sch 3', 'one'],
    ['one', 'two', 'pg_catalog'],
  ])
  return {
    searchPath: path,
    ddl: [
      ...SCHEMAS.map((schema) => `create schema ${quoted(schema)}`),
      "create type public.mood as enum ('low', 'mid', 'top')",
      'create domain public.word as text check (length(value) < 40)',
      'create domain public.positive as int check (value > 0)',
      'create type public.place as (street text, zip int)',
      'set search_path = public',
      ...parts.flatMap(({ ddl }) => ddl),
      "create function one.joined(a text, b text) returns text language sql as $$ select a || '-' || b $$",
      ...FUNCTIONS,
      `create function two.lower(t text) returns text language sql as $$ select (select max(p::text) from two.t2 p) $$`,
    ],
    filled,
    // Some bear no class of their own, and have it from the table above them.
    classified: [
      ...parted.roots,
      ...filled.filter(({ name }) => !['part_high', 'grandchild'].includes(name)),
    ],
  }
}

/** The rows of every table, as database number `variant` holds them: 0 is the one that the others are compared with. */
export function rowsOf(scene: Scene, variant: number): readonly string[] {
  return scene.filled.map((table) => {
    const from = table.name === 'part_high' ? 3 : 1
    const count = table.name === 'part_low' ? 2 : ROWS
    const rows = Array.from({ length: count }, (_, at) => {
      const n = from + at
      const values = table.columns.map((column) =>
        column.name === 'id' ? `${n}` : column.type.value(n, variant !== 0 && column.variant === variant),
      )
      return `(${values.join(', ')})`
    })
    const names = table.columns.map(({ name }) => quoted(name)).join(', ')
    return `insert into ${tableName(table)} (${names}) values ${rows.join(', ')}`
  })
}
