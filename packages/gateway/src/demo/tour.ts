/** The narrated tour: real statements through a real client, and exactly what it got. */

import { printable } from '@gatehouse/audit'
import pg from 'pg'
import { type Paint, painter, type Terminal } from '../terminal.js'
import { resultTable } from './result-table.js'
import type { DemoUser, Shop } from './shop.js'
import { TOUR, type TourStep } from './tour-steps.js'

export interface Seen {
  readonly step: TourStep
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly detail: string
    readonly hint: string
  }
}

export async function giveTour(shop: Shop, terminal: Terminal): Promise<readonly Seen[]> {
  const paint = painter(terminal)
  const seen: Seen[] = []
  const clients = new Map<DemoUser, pg.Client>()
  try {
    for (const [index, step] of TOUR.entries()) {
      const client = clients.get(step.as) ?? (await signIn(shop, step.as))
      clients.set(step.as, client)
      const got = await ask(client, step)
      seen.push(got)
      narrate(got, index, terminal, paint)
    }
  } finally {
    for (const client of clients.values()) await client.end().catch(() => {})
  }
  return seen
}

async function signIn(shop: Shop, user: DemoUser): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: shop.port,
    user,
    password: shop.passwords[user],
    database: 'shop',
    application_name: 'tour',
    types: { getTypeParser: () => (value: string) => value },
  })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Rows that came before an error are kept: that is what the client saw. */
async function ask(client: pg.Client, step: TourStep): Promise<Seen> {
  const rows: (string | null)[][] = []
  let columns: string[] = []
  return new Promise((resolve) => {
    const asArrays: pg.QueryArrayConfig = { text: step.sql, rowMode: 'array' }
    const query = new pg.Query<(string | null)[]>(asArrays)
    query.on('row', (row: (string | null)[], result?: pg.ResultBuilder<(string | null)[]>) => {
      columns = (result?.fields ?? []).map(({ name }) => name)
      rows.push(row)
    })
    query.on('end', (result) => {
      resolve({
        step,
        columns: columns.length > 0 ? columns : (result.fields ?? []).map(({ name }) => name),
        rows,
      })
    })
    query.on('error', (fault: Error & { code?: string; detail?: string; hint?: string }) => {
      const { code = '', message, detail = '', hint = '' } = fault
      resolve({ step, columns, rows, error: { code, message, detail, hint } })
    })
    client.query(query)
  })
}

function narrate(
  { step, columns, rows, error }: Seen,
  index: number,
  terminal: Terminal,
  paint: Paint,
): void {
  terminal.out('')
  terminal.out(`${paint(`${String(index + 1).padStart(2)}  ${step.title}`, 'bold')}`)
  terminal.out(`    ${paint(`${step.as}=>`, 'cyan')} ${step.sql};`)
  if (columns.length > 0) for (const line of resultTable(columns, rows)) terminal.out(`    ${line}`)
  if (error !== undefined) {
    terminal.out(`    ${paint(`ERROR ${error.code}`, 'red')}: ${printable(error.message)}`)
    for (const line of error.detail.split('\n'))
      if (line !== '') terminal.out(`    DETAIL: ${printable(line)}`)
    if (error.hint !== '') terminal.out(`    HINT: ${printable(error.hint)}`)
  }
  terminal.out(`    ${paint(step.moral, 'dim')}`)
}
