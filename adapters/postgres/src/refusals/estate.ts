/** The shop of estate.sql behind a gateway whose policy permits one schema and masks five of its columns. */
import { readFileSync } from 'node:fs'
import type { PostgresMajor } from '@gatehouse/workbench'
import { PASSWORD, startWorld, type World } from '../rules/world.js'
import { signIn } from '../wire/raw-client.js'
import type { Lines } from './replay.js'

/** Under `default: forbid`, with pack:tools. */
export const RULES = [
  '{name: come-in, effect: permit, verbs: [connect]}',
  '{name: read, effect: permit, verbs: [read], resources: ["shop.public.*"]}',
  '{name: copy, effect: permit, groups: [keepers], verbs: [copy-out], resources: ["shop.public.*"]}',
  '{name: contact, effect: mask, fields: ["shop.public.customers.email", "shop.public.customers.phone"], with: partial}',
  '{name: born, effect: mask, fields: ["shop.public.customers.birth_date"], with: year}',
  '{name: numbers, effect: mask, fields: ["shop.public.customers.ssn", "shop.public.customers.salary"], with: redact, probing: forbid}',
]

const USERS = [
  { name: 'ann', password: PASSWORD, groups: ['analysts'] },
  { name: 'keeper', password: PASSWORD, groups: ['analysts', 'keepers'] },
]

/** What the gateway says when it signs in upstream, so that the same settings come from the client. */
const STARTUP: readonly (readonly [string, string])[] = [
  ['client_encoding', 'UTF8'],
  ['application_name', 'gh:ann'],
  ['search_path', '"$user", public'],
]

export interface Estate {
  readonly world: World
  /** New connections: directly twice, and through the gateway. */
  open(user?: string): Promise<Lines & { close(): Promise<void> }>
  close(): Promise<void>
}

export async function startEstate(major: PostgresMajor): Promise<Estate> {
  const schema = readFileSync(new URL('./estate.sql', import.meta.url), 'utf8')
  const world = await startWorld({ major, schema, rules: RULES, packs: ['tools'], users: USERS })
  const numbers = async (text: string) =>
    (await world.root.query<{ oid: number }>(text)).rows.map(({ oid }) => Number(oid))
  const textual = new Set(
    await numbers(
      'select t.oid from pg_type t left join pg_type e on e.oid = t.typelem where t.typsend = 0 or e.typsend = 0',
    ),
  )
  const named = await world.owner.query<{ name: string; oid: string }>(OIDS)
  const oids = new Map(named.rows.map(({ name, oid }) => [name, oid]))
  const direct = {
    port: world.server.port,
    user: 'gw',
    password: 'gw',
    database: 'shop',
    parameters: STARTUP,
  }
  return {
    world,
    async open(user = 'ann') {
      const gateway = { port: world.stage.port, user, password: PASSWORD, database: 'shop' }
      const [one, other, through] = await Promise.all([direct, direct, gateway].map(signIn))
      if (!one || !other || !through) throw new Error('nobody came')
      return {
        direct: [one, other],
        through,
        evidence: world.stage.evidence,
        textual,
        oids,
        close: async () => void (await Promise.all([one, other, through].map((client) => client.close()))),
      }
    },
    close: () => world.close(),
  }
}

/** What the captured texts name by OID. */
const OIDS = `
  select 'class:' || oid::regclass as name, oid::text from pg_class where oid >= 16384
  union all select 'proc:' || proname, oid::text from pg_proc where oid >= 16384
  union all select 'type:' || typname, oid::text from pg_type where oid >= 16384
  union all select 'schema:' || nspname, oid::text from pg_namespace where oid >= 16384
  union all select 'constraint:' || conname, oid::text from pg_constraint where oid >= 16384
  union all select 'trigger:' || tgname, oid::text from pg_trigger where oid >= 16384
  union all select 'role:' || rolname, oid::text from pg_roles where oid >= 16384
  union all select 'database:' || datname, oid::text from pg_database where oid >= 16384
  union all select 'publication:' || pubname, oid::text from pg_publication
  union all select 'statistics:' || stxname, oid::text from pg_statistic_ext
  union all select 'default:' || adrelid::regclass || '.' || adnum, oid::text from pg_attrdef where oid >= 16384
  union all select 'rule:' || ev_class::regclass || '.' || rulename, oid::text from pg_rewrite where oid >= 16384
  union all select 'policy:' || polname, oid::text from pg_policy`
