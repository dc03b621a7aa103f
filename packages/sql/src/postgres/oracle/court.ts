/** One random schema on a real server, in databases that differ in one class each, and statements tried on all of them. */
import { type PostgresMajor, type PostgresServer, startPostgres } from '@gatehouse/workbench'
import { Client } from 'pg'
import type { Catalog } from '../../catalog.js'
import { createReader, type Reader } from '../analysis.js'
import { type CatalogIndex, createCatalogIndex } from '../catalog-index.js'
import { grammarOf, loadParser } from '../grammar.js'
import type { ReadingContext } from '../plan.js'
import { DEFAULT_TEXT_LIMITS } from '../text/limits.js'
import { createDice } from './dice.js'
import { createGenerator, type Generator } from './generator.js'
import {
  type Answer,
  missing,
  originFaults,
  type Said,
  type ServerField,
  saidBy,
  uses,
  valueFaults,
} from './judge.js'
import { quoted } from './kinds.js'
import { readCatalog } from './read-catalog.js'
import { createScene, rowsOf, type Scene, VARIANTS } from './scene.js'

export interface Finding {
  readonly text: string
  readonly fault: string
}

export interface Tally {
  tried: number
  accepted: number
  /** Of the accepted: with pg_depend to compare. */
  viewed: number
  /** Of the accepted: opaque to the reader. */
  opaque: number
  /** Databases in which values were compared, the class being in no reported use. */
  compared: number
}

export interface Court {
  readonly generator: Generator
  readonly tally: Tally
  /** Tries one statement; what it finds is empty when reader and server agree. */
  hear(text: string): Promise<readonly Finding[]>
  close(): Promise<void>
}

export async function openCourt(server: PostgresServer, major: PostgresMajor, seed: number): Promise<Court> {
  const scene = createScene(seed)
  const database = `oracle_${seed}`
  const admin = await connect(server, 'postgres')
  await admin.query(`create database ${database}`)
  const first = await connect(server, database)
  for (const statement of scene.ddl) await first.query(statement)
  await makeViews(first, major, scene, seed)
  const catalog = { ...(await readCatalog(first, major, scene)), database: 'oracle' }
  await first.end()
  const clients: Client[] = []
  for (let variant = 0; variant <= VARIANTS; variant++) {
    const name = `${database}_${variant}`
    await admin.query(`create database ${name} template ${database}`)
    const client = await connect(server, name)
    await fill(client, scene, variant)
    clients.push(client)
  }
  await admin.end()
  const reader = await readerOf(major, catalog)
  const index = createCatalogIndex(catalog, { parse: () => undefined })
  const tally: Tally = { tried: 0, accepted: 0, viewed: 0, opaque: 0, compared: 0 }
  const context: ReadingContext = { searchPath: scene.searchPath, overlay: [], account: 'postgres' }
  return {
    generator: createGenerator(catalog, scene.searchPath, seed),
    tally,
    hear: (text) => hear(text, { clients, reader, index, context, tally }),
    async close() {
      for (const client of clients) await client.end()
    },
  }
}

export const startServer = (major: PostgresMajor): Promise<PostgresServer> =>
  startPostgres({ major, settings: { autovacuum: 'off', jit: 'off', max_parallel_workers_per_gather: '0' } })

async function connect(server: PostgresServer, database: string): Promise<Client> {
  const url = new URL(server.url)
  url.pathname = `/${database}`
  const client = new Client({ connectionString: url.href })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('set statement_timeout = 2000')
  return client
}

const VARIANT_NUMBERS = Array.from({ length: VARIANTS }, (_, at) => at + 1)

async function readerOf(major: number, catalog: Catalog): Promise<Reader> {
  const parser = await loadParser(grammarOf(major))
  return createReader({ parser, catalog, reviewed: [], accounts: [], limits: DEFAULT_TEXT_LIMITS })
}

/** Views of random queries, later ones over earlier ones; those that the server refuses are left out. */
async function makeViews(client: Client, major: number, scene: Scene, seed: number): Promise<void> {
  const dice = createDice(seed + 1)
  for (let at = 0; at < 12; at++) {
    if (at % 4 !== 0) continue
    const catalog = await readCatalog(client, major, scene)
    const generator = createGenerator(catalog, scene.searchPath, seed * 100 + at)
    const reader = readerOf(major, catalog)
    const context: ReadingContext = { searchPath: scene.searchPath, overlay: [], account: 'postgres' }
    await client.query(`set search_path = ${scene.searchPath.map(quoted).join(', ')}`)
    for (let made = 0, tries = 0; made < 3 && tries < 60; tries++) {
      const name = `${quoted(scene.searchPath[0] ?? 'one')}.view_${at + made}`
      const kind = ['view', 'materialized view', 'view'][dice(3)] ?? 'view'
      const options = kind === 'view' && dice(3) === 0 ? ' with (security_barrier)' : ''
      const query = generator.query()
      if (/for (?:update|share|no key)/.test(query)) continue
      // What a stored result was made from is no use when it is read: two databases would hold other rows.
      const stored = kind === 'view' ? undefined : saidBy((await reader).analyse(query, [], context).plan)
      if (kind !== 'view' && (!stored || stored.opaque || VARIANT_NUMBERS.some((each) => uses(stored, each))))
        continue
      try {
        await client.query(
          `create ${kind} ${name}${options} as ${query}${kind === 'view' ? '' : ' with no data'}`,
        )
        made++
      } catch {}
    }
  }
}

async function fill(client: Client, scene: Scene, variant: number): Promise<void> {
  await client.query('set search_path = public')
  for (const rows of rowsOf(scene, variant)) await client.query(rows)
  const stored = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, matviewname) as name from pg_matviews order by matviewname",
  )
  await client.query(`set search_path = ${scene.searchPath.map(quoted).join(', ')}`)
  for (const { name } of stored.rows) {
    try {
      await client.query(`refresh materialized view ${name}`)
    } catch {}
  }
}

interface Hearing {
  readonly clients: readonly Client[]
  readonly reader: Reader
  readonly index: CatalogIndex
  readonly context: ReadingContext
  readonly tally: Tally
}

/** Refusals of the server's parse analysis: no statement at all. */
const NO_STATEMENT = /^(?:42|0A|54001|22P02|22023|2BP|22007|22008)/

async function hear(
  text: string,
  { clients, reader, index, context, tally }: Hearing,
): Promise<readonly Finding[]> {
  tally.tried++
  const [witness] = clients
  if (!witness) return []
  const first = await answer(witness, text)
  if (first.error !== undefined && NO_STATEMENT.test(first.error)) return []
  tally.accepted++
  const { plan } = reader.analyse(text, [], context)
  const said = saidBy(plan)
  if (!said) return [{ text, fault: `unreadable: ${plan.kind === 'unreadable' ? plan.why : 'statements'}` }]
  if (said.opaque) tally.opaque++
  const faults = [...(first.fields === undefined ? [] : originFaults(said, first.fields, index))]
  if (/^\(?(?:select|with|values|table)/.test(text) && !text.startsWith('with moved'))
    faults.push(...(await unread(witness, text, said, first, tally)))
  const others = await Promise.all(clients.slice(1).map((client) => answer(client, text)))
  others.forEach((other, at) => {
    if (first.error === '57014' || other.error === '57014') return
    if (!said.opaque && !uses(said, at + 1)) tally.compared++
    faults.push(...valueFaults(said, first, other, at + 1))
  })
  return faults.map((fault) => ({ text, fault }))
}

async function unread(
  client: Client,
  text: string,
  said: Said,
  first: Heard,
  tally: Tally,
): Promise<readonly string[]> {
  const width = first.fields?.length ?? (said.outputs === 'unknown' ? 0 : said.outputs.length)
  const names = Array.from({ length: width }, (_, at) => `c${at}`).join(', ')
  try {
    const [, , found] = (await client.query(
      `begin; create temp view seen (${names}) as ${text}; ${DEPENDENCIES}; rollback`,
    )) as unknown as readonly { rows: readonly { name: string }[] }[]
    tally.viewed++
    return missing(said, found?.rows.map(({ name }) => name) ?? []).map((name) => `${name} is read`)
  } catch {
    await client.query('rollback')
    return []
  }
}

const DEPENDENCIES = `
  select distinct n.nspname || '.' || c.relname || coalesce('.' || a.attname, '') as name
  from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_class'::regclass
  join pg_class c on c.oid = d.refobjid and c.relkind <> 'c' join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid and d.refobjsubid > 0
  where r.ev_class = 'pg_temp.seen'::regclass and c.oid <> r.ev_class
  union select n.nspname || '.' || p.proname || '()'
  from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_proc'::regclass
  join pg_proc p on p.oid = d.refobjid join pg_namespace n on n.oid = p.pronamespace
  where r.ev_class = 'pg_temp.seen'::regclass`

interface Heard extends Answer {
  readonly fields: readonly ServerField[] | undefined
}

const RAW = { getTypeParser: () => (value: unknown) => value }

async function answer(client: Client, text: string): Promise<Heard> {
  await client.query('begin')
  const heard = await client.query({ text, rowMode: 'array', types: RAW as never }).then(
    ({ rows, fields }): Heard => ({
      error: undefined,
      rows: rows.length,
      columns: fields.map((_, at) =>
        JSON.stringify(rows.map((row: readonly unknown[]) => row[at] ?? null).sort()),
      ),
      fields,
    }),
    (error: { code?: string }): Heard => ({
      error: error.code ?? 'none',
      rows: 0,
      columns: [],
      fields: undefined,
    }),
  )
  await client.query('rollback')
  return heard
}
