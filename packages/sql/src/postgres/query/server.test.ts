/** The server as the oracle: what a query reads (pg_depend of a view on it) and where its columns come from. */
import { type PostgresServer, startPostgres } from '@gatehouse/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog, CatalogRelation, CatalogRoutine, CatalogType, RelationKind } from '../../catalog.js'
import type { CatalogIndex } from '../catalog-index.js'
import { generateQueries } from './generated-queries.js'
import { readQuery } from './index.js'
import { analysisOf, loadGrammar, parseOne, shopIndex } from './shop-fixture.js'

const SCHEMA = `
  create table customers (id int primary key, name text, email text, ssn text, profile jsonb);
  create table orders (id int, customer_id int, note text, total numeric, gone text, loud text generated always as (upper(note)) stored);
  alter table orders drop column gone;
  create table events (id int, body text) partition by list (id);
  create table events_1 partition of events for values in (1, 2, 3);
  create view people as select c.id, c.name as who, lower(c.ssn) as hidden from customers c where c.email is not null;
  create view busy as select p.who, count(o.id) as n, max(o.note) as note from people p join orders o on o.customer_id = p.id group by p.who;
  create materialized view kept as select id, ssn from customers;
  create function shout(t text) returns text language sql as $$ select upper(t) $$;
  insert into customers select n, 'name' || n, 'mail' || n, 'ssn' || n, jsonb_build_object('email', 'inner' || n, 'a', '{"b": 1}'::jsonb)
    from generate_series(1, 3) n;
  insert into orders select n, n, 'note' || n, n from generate_series(1, 3) n;
  insert into events select n, 'body' || n from generate_series(1, 3) n;
  refresh materialized view kept;
`

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized',
}

async function readCatalog(client: Client): Promise<Catalog> {
  await client.query("set search_path = 'pg_catalog'")
  const relations = await client.query<CatalogRelation & { relkind: string }>(`
    select c.oid::int, n.nspname as schema, c.relname as name, c.relkind,
      case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
      array(select inhparent::int from pg_inherits where inhrelid = c.oid) as parents,
      false as rules, false as triggers,
      (select json_agg(json_build_object('name', a.attname, 'number', a.attnum, 'type', a.atttypid::int,
        'classes', '[]'::json, 'nullable', true, 'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end)
        order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('public', 'pg_catalog', 'information_schema')`)
  const types = await client.query<CatalogType>(`
    select t.oid::int, n.nspname as schema, t.typname as name, 'composite' as kind, t.typrelid::int as relation,
      0 as element, 0 as base
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typrelid <> 0 and n.nspname = 'public'`)
  const routines = await client.query<CatalogRoutine>(`
    select p.oid::int, 'public' as schema, proname as name, 'function' as kind, array[25] as arguments, false as variadic,
      0 as defaults, prorettype::int as returns, proretset as "returnsSet", 'sql' as language, prosrc as body,
      false as "securityDefiner" from pg_proc p where pronamespace = 'public'::regnamespace`)
  await client.query("set search_path = 'public'")
  return {
    engine: 'postgres',
    major: 18,
    serverVersion: '18',
    database: 'postgres',
    epoch: 1,
    relations: relations.rows.map(({ relkind, columns, definition, ...rest }) => ({
      ...rest,
      kind: KINDS[relkind] ?? 'table',
      columns: (columns ?? []).map(({ generated, ...column }) => ({
        ...column,
        ...(typeof generated === 'string' ? { generated } : {}),
      })),
      ...(typeof definition === 'string' ? { definition } : {}),
    })),
    routines: routines.rows,
    types: types.rows,
    operators: [],
    casts: [],
    schemas: ['public'],
  }
}

describe('R1 the server agrees', () => {
  let server: PostgresServer
  let client: Client
  let index: CatalogIndex

  beforeAll(async () => {
    await loadGrammar()
    server = await startPostgres({ major: 18 })
    client = new Client({ connectionString: server.url })
    await client.connect()
    await client.query(SCHEMA)
    index = shopIndex(await readCatalog(client))
  })

  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  test('what a query reads, and where its plain columns come from', async () => {
    let valid = 0
    const faults: unknown[] = []
    for (const query of generateQueries(300)) {
      let fields: readonly { name: string; tableID: number; columnID: number }[]
      try {
        fields = (await client.query(`select * from (${query}) _ limit 0`)).fields
      } catch {
        continue
      }
      valid++
      const reading = readQuery(parseOne(query), analysisOf(index))
      const read = new Set<string>()
      for (const action of reading.actions) {
        read.add(action.resource.path.slice(1).join('.'))
        if (action.fields !== 'unknown')
          for (const field of action.fields)
            read.add(`${action.resource.path.slice(1).join('.')}.${field.name.split(':')[0]}`)
      }
      for (const dependency of await dependencies(client, query))
        if (!read.has(dependency)) faults.push({ query, notRead: dependency })
      const { outputs } = reading
      if (outputs === 'unknown') {
        faults.push({ query, outputs })
        continue
      }
      const names = outputs.map((output) => output.name)
      if (names.join() !== fields.map((field) => field.name).join())
        faults.push({ query, names, server: fields.map((field) => field.name) })
      fields.forEach((field, position) => {
        if (field.tableID === 0) return
        const relation = index.relationByOid(field.tableID)
        const column = relation?.columns.find((each) => each.number === field.columnID)?.name
        const resource = `postgres.${relation?.schema}.${relation?.name}`
        const found = outputs[position]?.sources.some(
          (source) => source.resource === resource && (source.field === column || field.columnID <= 0),
        )
        if (!found) faults.push({ query, position, origin: `${resource}.${column}` })
      })
    }
    expect(faults.slice(0, 10)).toEqual([])
    expect(valid).toBeGreaterThan(300)
  })

  // Two databases that differ in one column alone: where an answer differs, the reading must have named that column.
  test.each([
    ['customers', 'ssn', "'zz' || ssn"],
    ['customers', 'email', 'null'],
    ['customers', 'name', "'ssn' || id"],
    ['customers', 'profile', `profile || '{"email": "other"}'`],
    ['orders', 'note', "case id when 1 then 'x' else 'name2' end"],
    ['orders', 'total', 'total + 40'],
    ['events', 'body', "body || '!'"],
  ])('R16 nothing of %s.%s shows that the reading did not tell', async (table, column, other) => {
    const queries = generateQueries(250).filter((query) => !query.includes('ctid'))
    const before = await answers(client, queries)
    await client.query('begin')
    await client.query(`update ${table} set ${column} = ${other}`)
    const after = await answers(client, queries)
    await client.query('rollback')
    const faults: unknown[] = []
    let differing = 0
    queries.forEach((query, at) => {
      const [one, two] = [before[at], after[at]]
      if (!one && !two) return
      const { actions, outputs } = readQuery(parseOne(query), analysisOf(index))
      const used = actions.some(
        ({ resource, fields }) =>
          fields === 'unknown' ||
          (resource.path[2]?.startsWith(table) &&
            fields.some(
              ({ name, uses }) => name.split(':')[0] === column && uses.some((use) => use !== 'output'),
            )),
      )
      // A row more or less, or an error, must come from a use.
      if (one?.rows !== two?.rows && !used) faults.push({ query, one: one?.rows, two: two?.rows })
      one?.columns.forEach((values, position) => {
        if (!two || values === two.columns[position]) return
        differing++
        const output = outputs === 'unknown' ? undefined : outputs[position]
        const shown =
          output === undefined ||
          output.unprovable !== undefined ||
          output.sources.some(
            ({ resource, field }) =>
              resource.split('.')[2]?.startsWith(table) && field.split(':')[0] === column,
          )
        if (!shown && !used) faults.push({ query, position, output })
      })
    })
    expect(faults.slice(0, 5)).toEqual([])
    expect(differing).toBeGreaterThan(5)
  })
})

interface Answer {
  readonly rows: number
  /** Each column's values, sorted. */
  readonly columns: readonly string[]
}

/** Undefined where the server refused. */
async function answers(client: Client, queries: readonly string[]): Promise<readonly (Answer | undefined)[]> {
  const found: (Answer | undefined)[] = []
  const inside =
    (await client.query('select now() = statement_timestamp() as alone')).rows[0]?.alone === false
  for (const query of queries) {
    if (inside) await client.query('savepoint s')
    try {
      const { rows, fields } = await client.query({ text: query, rowMode: 'array' })
      const columns = fields.map((_, at) =>
        JSON.stringify(rows.map((row: readonly unknown[]) => JSON.stringify(row[at])).sort()),
      )
      found.push({ rows: rows.length, columns })
    } catch {
      found.push(undefined)
      if (inside) await client.query('rollback to s')
    }
  }
  return found
}

/** `schema.relation` and `schema.relation.column`, as the server itself found them. */
async function dependencies(client: Client, query: string): Promise<readonly string[]> {
  await client.query('drop view if exists oracle')
  try {
    // Output names may repeat, which a view refuses: numbered ones.
    const { fields } = await client.query(`select * from (${query}) _ limit 0`)
    await client.query(`create temp view oracle (${fields.map((_, at) => `c${at}`).join()}) as ${query}`)
  } catch {
    return []
  }
  const found = await client.query<{ name: string }>(`
    select distinct n.nspname || '.' || c.relname || coalesce('.' || a.attname, '') as name
    from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_class'::regclass
    join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid and d.refobjsubid > 0
    where r.ev_class = 'pg_temp.oracle'::regclass and c.oid <> r.ev_class`)
  return found.rows.map((row) => row.name)
}
