/** The narrated tour: real statements through a real client, and exactly what it got. */

import { printable } from '@gatehouse/audit'
import { type Paint, painter, type Terminal } from '../terminal.js'
import type { Answer, DemoClient, DemoUser, SignIn, TourStep } from './demo-upstream.js'
import { resultTable } from './result-table.js'
import type { Shop } from './shop.js'

export interface Seen extends Answer {
  readonly step: TourStep
}

export async function giveTour(shop: Shop, terminal: Terminal): Promise<readonly Seen[]> {
  const paint = painter(terminal)
  const seen: Seen[] = []
  const clients = new Map<DemoUser, DemoClient>()
  try {
    for (const [index, step] of shop.upstream.steps.entries()) {
      const client = clients.get(step.as) ?? (await shop.upstream.connect(signInOf(shop, step.as)))
      clients.set(step.as, client)
      const got = { step, ...(await client.ask(step.text)) }
      seen.push(got)
      narrate(got, index, terminal, paint, shop.upstream.detail)
    }
  } finally {
    for (const client of clients.values()) await client.end().catch(() => {})
  }
  return seen
}

export function signInOf({ port, passwords }: Shop, user: DemoUser): SignIn {
  return { port, user, password: passwords[user] }
}

function narrate(
  { step, columns, rows, error }: Seen,
  index: number,
  terminal: Terminal,
  paint: Paint,
  label: string,
): void {
  terminal.out('')
  terminal.out(`${paint(`${String(index + 1).padStart(2)}  ${step.title}`, 'bold')}`)
  terminal.out(`    ${paint(`${step.as}=>`, 'cyan')} ${step.text};`)
  if (columns.length > 0) for (const line of resultTable(columns, rows)) terminal.out(`    ${line}`)
  if (error !== undefined) {
    terminal.out(`    ${paint(`ERROR ${error.code}`, 'red')}: ${printable(error.message)}`)
    for (const line of error.detail.split('\n'))
      if (line !== '') terminal.out(`    ${label}${printable(line)}`)
    if (error.hint !== '') terminal.out(`    HINT: ${printable(error.hint)}`)
  }
  terminal.out(`    ${paint(step.moral, 'dim')}`)
}
