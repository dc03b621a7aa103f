/** Facts for tests, as the gate would hand them over. Exported by nothing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Action, Completed, Decided, Outcome, Session, SignedIn, Statement } from '@gatehouse/core'
import { createAuditSpool } from './spool/audit-spool.js'
import { type Entry, partsOf } from './spool/form.js'
import { textOf } from './spool/piece.js'
import type { AuditSpool, AuditSpoolOptions } from './spool/spool-options.js'

export const session: Session = {
  id: '01990000-0000-7000-8000-0000000000aa',
  identity: {
    subject: 'u-17',
    name: 'alice',
    issuer: 'corp',
    home: true,
    groups: ['analysts', 'eu'],
    claims: { email: 'alice@corp.example' },
    provenBy: 'token',
    expiresAt: 1_795_220_000_000,
  },
  listener: 'orders',
  labels: { environment: 'production' },
  protocol: 'postgres',
  database: 'shop',
  login: 'alice',
  peer: { address: '::ffff:10.1.2.3', port: 52311 },
  local: { address: '127.0.0.1', port: 6432 },
  upstream: { host: 'db.internal', port: 5432, account: 'gatehouse' },
  encrypted: true,
  startedAt: 1_795_219_000_000,
  claimed: { application: 'psql' },
}

export const read: Action = {
  verb: 'read',
  resource: { kind: 'relation', path: ['shop', 'public', 'customers'], system: false },
  fields: [
    { name: 'email', uses: ['output'], classes: ['pii'] },
    { name: 'id', uses: ['lookup'], classes: [] },
  ],
  unfiltered: false,
  certainty: 'exact',
  command: 'SELECT',
  functions: [],
  derived: false,
}

export const statement: Statement = {
  command: 'SELECT',
  actions: [read],
  outputs: [
    {
      name: 'email',
      how: 'copied',
      sources: [{ resource: 'shop.public.customers', field: 'email', classes: ['pii'] }],
    },
  ],
  collects: false,
  text: 'select email from customers where id = $1',
  bytes: 42,
}

export const permitted: Decided = {
  id: '01990000-0000-7000-8000-000000000001',
  at: 1_795_219_200_123,
  session,
  statement,
  decision: {
    effect: 'permit',
    rules: ['production/analysts-read', 'production/pii'],
    masks: [{ with: 'partial', rule: 'production/pii', field: 'shop.public.customers.email' }],
    rows: { limit: 1000, rule: 'production/agents-are-careful' },
  },
  policyRevision: 'sha256:abc',
  exchange: 3,
  position: 0,
  claimed: { application: 'psql', tags: { ticket: 'OPS-1' } },
}

export const signedIn: SignedIn = {
  id: '01990000-0000-7000-8000-0000000000bb',
  at: 1_795_219_000_000,
  kind: 'signed-in',
  listener: 'orders',
  protocol: 'postgres',
  peer: { address: '10.1.2.3', port: 52311 },
  login: 'alice',
  database: 'shop',
  session,
  rules: ['production/connect'],
}

export function decidedAs(id: number | string, more: Partial<Decided> = {}): Decided {
  return { ...permitted, id: typeof id === 'string' ? id : `s${id}`, ...more }
}

export function completed(decided: Decided, outcome: Partial<Outcome> = {}): Completed {
  return {
    decided,
    at: decided.at + 41,
    outcome: { status: 'done', returned: 1, affected: 0, native: '00000', ...outcome },
  }
}

/** A record as a consumer sees it. */
export interface Seen {
  readonly metadata: { readonly uid: string; readonly sequence: number; readonly [name: string]: unknown }
  readonly unmapped: {
    readonly gatehouse: {
      readonly phase: string
      readonly outcome?: { readonly status: string; readonly refusal?: string }
      readonly [name: string]: unknown
    }
  }
  readonly [name: string]: unknown
}

/** A spool body as its readers get it. */
export function textIn(entry: Entry): string {
  return partsOf(entry).map(textOf).join('')
}

/** The JSON of a spool body. */
export function seen(entry: Entry): Seen {
  const body = textIn(entry)
  return JSON.parse(body.slice(body.indexOf('\n') + 1)) as Seen
}

export interface Bench {
  readonly dir: string
  open(more?: Partial<AuditSpoolOptions>): AuditSpool
  /** Closes what is open and removes the folder. */
  clear(): void
}

/** A spool in a folder of its own. */
export function spoolBench(): Bench {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'))
  const dir = join(root, 'spool')
  const opened: AuditSpool[] = []
  let ids = 0
  return {
    dir,
    open(more = {}) {
      const spool = createAuditSpool({
        dir,
        instance: 'gw-1',
        durability: 'fsync',
        maxBytes: 64 * 1024 * 1024,
        retain: 7 * 86_400_000,
        shipped: false,
        version: '0.1.0',
        now: Date.now,
        newId: () => `n${process.pid}-${Date.now()}-${ids++}`,
        ...more,
      })
      opened.push(spool)
      return spool
    },
    clear() {
      for (const spool of opened) spool.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Resolves with what the spool says once decisions, or outcomes, stand. */
export function standing(spool: AuditSpool, kind: 'decisions' | 'outcomes' = 'decisions'): Promise<string> {
  return new Promise((resolve) => {
    if (kind === 'decisions') spool.afterDecisions(resolve)
    else spool.afterOutcomes(resolve)
  })
}

/** Everything that the spool would hand to a sink now. */
export async function allOf(spool: AuditSpool): Promise<Seen[]> {
  const reader = spool.reader()
  const all: Seen[] = []
  for (;;) {
    const { records } = await reader.next(500, 1024 * 1024)
    if (records.length === 0) return all
    for (const { json } of records) all.push(JSON.parse(json.toString()) as Seen)
  }
}
