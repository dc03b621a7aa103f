/** The demo's Postgres: the embedded one. */
import { startEmbeddedPostgres } from '@gatehouse/embedded'
import pg from 'pg'
import type { Answer, DemoUpstream, Secrets, SignIn, StartedUpstream } from './demo-upstream.js'
import { SHOP_SCHEMA, shopAccounts } from './postgres-schema.js'
import { POSTGRES_STEPS } from './postgres-steps.js'
import { insertRows, shopRows } from './shop-rows.js'

export const postgresUpstream: DemoUpstream = {
  protocol: 'postgres',
  product: 'Postgres',
  detail: 'DETAIL: ',
  question: 'select salary from staff',
  schema: 'public.',
  steps: POSTGRES_STEPS,
  start,
  connect,
  line: ({ port, user, password }) =>
    `psql "host=127.0.0.1 port=${port} user=${user} password=${password} dbname=shop"`,
}

async function start(secrets: Secrets, step: (text: string) => void): Promise<StartedUpstream> {
  step('starting an embedded Postgres')
  const postgres = await startEmbeddedPostgres()
  try {
    step('filling the shop: customers, orders, payments, tickets, staff')
    await fillShop(postgres.url, secrets)
    return { port: postgres.port, version: postgres.version, stop: () => postgres.stop() }
  } catch (fault) {
    await postgres.stop()
    throw fault
  }
}

async function fillShop(url: string, secrets: Secrets): Promise<void> {
  const first = new pg.Client({ connectionString: url })
  await first.connect()
  try {
    await first.query('create database shop')
  } finally {
    await first.end()
  }
  const shop = new URL(url)
  shop.pathname = '/shop'
  const client = new pg.Client({ connectionString: shop.href })
  await client.connect()
  const quote = (text: string) => client.escapeLiteral(text)
  try {
    await client.query(SHOP_SCHEMA)
    for (const table of shopRows()) await client.query(insertRows(table, quote))
    await client.query(shopAccounts({ reader: secrets.gatehouse, admin: secrets.gatehouse_admin }, quote))
    await client.query('analyze')
  } finally {
    await client.end()
  }
}

async function connect({ port, user, password }: SignIn) {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'shop',
    application_name: 'tour',
    types: { getTypeParser: () => (value: string) => value },
  })
  client.on('error', () => {})
  await client.connect()
  return { ask: (sql: string) => ask(client, sql), end: () => client.end() }
}

function ask(client: pg.Client, sql: string): Promise<Answer> {
  const rows: (string | null)[][] = []
  let columns: string[] = []
  return new Promise((resolve) => {
    const asArrays: pg.QueryArrayConfig = { text: sql, rowMode: 'array' }
    const query = new pg.Query<(string | null)[]>(asArrays)
    query.on('row', (row: (string | null)[], result?: pg.ResultBuilder<(string | null)[]>) => {
      columns = (result?.fields ?? []).map(({ name }) => name)
      rows.push(row)
    })
    query.on('end', (result) => {
      resolve({ columns: columns.length > 0 ? columns : (result.fields ?? []).map(({ name }) => name), rows })
    })
    query.on('error', (fault: Error & { code?: string; detail?: string; hint?: string }) => {
      const { code = '', message, detail = '', hint = '' } = fault
      resolve({ columns, rows, error: { code, message, detail, hint } })
    })
    client.query(query)
  })
}
