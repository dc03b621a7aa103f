/** The demo's MariaDB: the machine's own program with a data folder of the demo's. */
import { findProgram, startMariadb } from '@gatehouse/embedded'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2'
import { createConnection as createPromiseConnection, escape as quote } from 'mysql2/promise'
import type { Answer, DemoUpstream, Secrets, SignIn, StartedUpstream } from './demo-upstream.js'
import { MYSQL_SHOP, mysqlAccounts } from './mysql-schema.js'
import { MYSQL_STEPS } from './mysql-steps.js'
import { insertRows, shopRows } from './shop-rows.js'

export const mysqlUpstream: DemoUpstream = {
  protocol: 'mysql',
  product: 'MariaDB',
  detail: '',
  question: 'select salary from staff',
  schema: '',
  steps: MYSQL_STEPS,
  start,
  connect,
  line: ({ port, user, password }) =>
    `${findProgram('mariadb') === undefined ? 'mysql' : 'mariadb'} -h 127.0.0.1 -P ${port} -u ${user} -p${password} shop`,
}

async function start(secrets: Secrets, step: (text: string) => void): Promise<StartedUpstream> {
  if (findProgram('mariadbd') === undefined)
    throw new Error(
      'there is no `mariadbd` here: install a MariaDB server (Debian: apt-get install mariadb-server-core), or let `npm run provide` fetch one',
    )
  step('starting a MariaDB')
  const server = await startMariadb()
  try {
    step('filling the shop: customers, orders, payments, tickets, staff')
    const { host, port, user, password } = server
    const root = await createPromiseConnection({ host, port, user, password })
    try {
      await root.query('create database shop character set utf8mb4')
      await root.query('use shop')
      for (const text of MYSQL_SHOP) await root.query(text)
      for (const table of shopRows()) await root.query(insertRows(table, mysqlLiteral))
      for (const text of mysqlAccounts({ reader: secrets.gatehouse, admin: secrets.gatehouse_admin }, quote))
        await root.query(text)
    } finally {
      await root.end()
    }
    return { port, version: server.version, stop: () => server.stop() }
  } catch (fault) {
    await server.stop()
    throw fault
  }
}

/** Moments are written as RFC 3339 has them, which strict servers take for no DATETIME. */
function mysqlLiteral(text: string): string {
  return quote(text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z$/, '$1 $2'))
}

async function connect({ port, user, password }: SignIn) {
  const connection = createConnection({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'shop',
    rowsAsArray: true,
    typeCast: (field) => field.string(),
    connectAttributes: { program_name: 'tour' },
  })
  connection.on('error', () => {})
  await new Promise<void>((resolve, reject) =>
    connection.connect((fault) => (fault ? reject(fault) : resolve())),
  )
  return {
    ask: (sql: string) => ask(connection, sql),
    end: () => new Promise<void>((resolve) => connection.end(() => resolve())),
  }
}

function ask(connection: Connection, sql: string): Promise<Answer> {
  return new Promise((resolve) => {
    const rows: (string | null)[][] = []
    let columns: readonly string[] = []
    let error: Answer['error']
    connection
      .query(sql)
      .on('fields', (fields: readonly { readonly name: string }[] | undefined) => {
        columns = (fields ?? []).map(({ name }) => name)
      })
      .on('result', (row: RowDataPacket) => {
        if (Array.isArray(row)) rows.push(row as (string | null)[])
      })
      .on('error', (fault) => {
        const [message = '', ...detail] = fault.message.split('\n')
        error = { code: String(fault.errno), message, detail: detail.join('\n'), hint: '' }
      })
      .on('end', () => resolve({ columns, rows, ...(error === undefined ? {} : { error }) }))
  })
}
