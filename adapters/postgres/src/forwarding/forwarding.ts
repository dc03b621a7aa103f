/** What goes upstream once the gate has answered: the frame itself, or what must stand in its place (postgres-wire §4.1). */
import { concatBytes, type Forwarding } from '@gatehouse/adapter-kit'
import { GatehouseError, type Permit } from '@gatehouse/core'
import type { PostgresStatement } from '@gatehouse/sql'
import { stampedSet, stampedSetConfig } from '../login/stamp.js'
import {
  bind,
  cstring,
  describe,
  execute,
  FRONTEND,
  flushMessage,
  message,
  parse,
  query,
} from '../messages.js'
import type { Pending, Target } from '../reading/reading.js'
import { awaitEnd } from '../reading/settling.js'
import { applicationName } from '../reading/statements.js'
import {
  createRun,
  type Limiting,
  type Memory,
  type Portal,
  type Prepared,
  type Run,
  start,
} from '../session/memory.js'
import { dropUnnamed, refuseLimitedBatch } from './substituting.js'

export function forwardPermitted(memory: Memory, pending: Pending, permits: readonly Permit[]): Forwarding {
  switch (pending.kind) {
    case 'query':
      return forwardQuery(memory, pending, permits)
    case 'parse':
      return forwardParse(memory, pending, permitOf(permits, 0))
    case 'bind':
      return forwardBind(memory, pending, permitOf(permits, 0))
    case 'execute': {
      // A cursor that SQL declared, run by the protocol: a portal of the gateway's own keeps the books.
      const cursor = memory.cursors.get(pending.name)
      const run = createRun(memory, permitOf(permits, 0), pending.statement, cursor)
      const portal: Portal = {
        name: pending.name,
        prepared: undefined,
        run,
        formats: [],
        segment: memory.segment,
        state: 'known',
        described: false,
        shape: undefined,
      }
      return {
        upstream:
          forwardExecute(memory, { what: 'portal', name: pending.name, portal, rows: pending.rows }) ??
          'frame',
      }
    }
    case 'unreadable':
      throw new TypeError('a permit for what could not be read')
  }
}

/** Invariant: nothing is forwarded for a statement that has no permit of its own. */
function permitOf(permits: readonly Permit[], index: number): Permit {
  const permit = permits[index]
  if (permit === undefined) throw new GatehouseError('GH_INVARIANT', 'a statement without a permit')
  return permit
}

function forwardQuery(
  memory: Memory,
  pending: Extract<Pending, { kind: 'query' }>,
  permits: readonly Permit[],
): Forwarding {
  const runs = pending.statements.map((statement, index) =>
    createRun(memory, permitOf(permits, index), statement, cursorOf(memory, statement)),
  )
  const limited = runs.find((run) => limitOf(run) !== undefined)
  if (limited !== undefined && runs.length > 1) return refuseLimitedBatch(memory, limited, runs)
  memory.exchange += 1
  if (limited !== undefined) return forwardLimited(memory, limited, pending.text)
  memory.segment += 1
  dropUnnamed(memory)
  for (const run of runs) start(memory, run)
  const awaited = awaitEnd(memory)
  memory.ledger.push({ kind: 'query', runs, index: 0, failed: false, error: undefined, awaited })
  return { upstream: restamp(memory, pending.statements, (text) => query(text)) ?? 'frame' }
}

/** One statement under a row limit runs through a portal, so that the row after the last shows itself (R21). */
function forwardLimited(memory: Memory, run: Run, text: string): Forwarding {
  const prepared: Prepared = {
    name: '',
    statement: run.statement,
    source: { text, types: [], inner: false },
    read: undefined,
    segment: memory.segment,
    state: 'sent',
    shape: undefined,
    foreseen: undefined,
  }
  const portal: Portal = {
    name: '',
    prepared,
    run,
    formats: [],
    segment: memory.segment,
    state: 'sent',
    described: true,
    shape: undefined,
  }
  dropUnnamed(memory)
  const limiting = limitOf(run, 'query', 0) as Limiting
  memory.limiting = true
  start(memory, run)
  const { ledger } = memory
  ledger.push({ kind: 'parse', prepared, previous: undefined, own: true })
  ledger.push({ kind: 'bind', portal, previous: undefined, own: true })
  ledger.push({ kind: 'describe', portal, own: false, quiet: true })
  ledger.push({ kind: 'execute', portal, limiting })
  memory.unsynced = true
  return {
    upstream: concatBytes([
      parse('', text),
      bind('', ''),
      describe('P', ''),
      execute('', remaining(limiting) + 1),
      flushMessage,
    ]),
  }
}

function forwardParse(
  memory: Memory,
  pending: Extract<Pending, { kind: 'parse' }>,
  foreseen: Permit,
): Forwarding {
  const { name, statement } = pending
  const previous = memory.prepared.get(name)
  const prepared: Prepared = {
    name,
    statement,
    source: { text: pending.text, types: pending.types, inner: false },
    read: pending.moment,
    segment: memory.segment,
    state: 'sent',
    shape: undefined,
    foreseen,
  }
  memory.prepared.set(name, prepared)
  memory.ledger.push({ kind: 'parse', prepared, previous, own: false })
  memory.unsynced = memory.unflushed = true
  const rewritten = restamp(memory, [statement], (text) =>
    message(FRONTEND.Parse, cstring(name), cstring(text), pending.rest),
  )
  return { upstream: rewritten ?? 'frame' }
}

function forwardBind(
  memory: Memory,
  pending: Extract<Pending, { kind: 'bind' }>,
  permit: Permit,
): Forwarding {
  const { fields, prepared, statement } = pending
  prepared.foreseen = undefined
  const run = createRun(memory, permit, statement, cursorOf(memory, statement))
  const previous = memory.portals.get(fields.portal)
  const portal: Portal = {
    name: fields.portal,
    prepared,
    run,
    formats: fields.formats,
    segment: memory.segment,
    state: 'sent',
    described: false,
    shape: undefined,
  }
  memory.portals.set(fields.portal, portal)
  memory.ledger.push({ kind: 'bind', portal, previous, own: false })
  memory.unsynced = memory.unflushed = true
  return { upstream: 'frame' }
}

/** Bytes when the Execute must differ from the client's: columns first described, or rows limited. */
export function forwardExecute(
  memory: Memory,
  target: Extract<Target, { what: 'portal' }>,
): Uint8Array | undefined {
  const { portal, name, rows } = target
  if (portal === undefined) return undefined
  const { run } = portal
  const parts: Uint8Array[] = []
  const rowsMayCome = run.statement.outputs === 'unknown' || run.statement.outputs.length > 0
  if (run.mask === undefined && rowsMayCome && !portal.described && portal.prepared?.shape === undefined) {
    parts.push(describe('P', name))
    portal.described = true
    memory.ledger.push({ kind: 'describe', portal, own: true, quiet: true })
  }
  const limiting = run.ended || !rowsMayCome ? undefined : limitOf(run, 'execute', rows)
  start(memory, run)
  memory.ledger.push({ kind: 'execute', portal, limiting })
  memory.unsynced = memory.unflushed = true
  if (limiting === undefined) {
    if (parts.length === 0) return undefined
    return concatBytes([...parts, execute(name, rows)])
  }
  const most = remaining(limiting) + 1
  memory.limiting = true
  memory.unflushed = false
  return concatBytes([...parts, execute(name, rows > 0 ? Math.min(rows, most) : most), flushMessage])
}

function limitOf(run: Run, kind: Limiting['kind'] = 'query', asked = 0): Limiting | undefined {
  const limit = run.permit.permission.rows
  const { outputs, copy } = run.statement
  if (limit === undefined || copy !== undefined || (outputs !== 'unknown' && outputs.length === 0))
    return undefined
  return {
    kind,
    limit: limit.limit,
    rule: limit.rule,
    asked,
    before: run.returned + (run.cursor?.returned ?? 0),
  }
}

/** Rows that may still be shown. */
export function remaining(limiting: Limiting): number {
  return Math.max(0, limiting.limit - limiting.before)
}

function cursorOf(memory: Memory, statement: PostgresStatement) {
  return statement.refersTo?.kind === 'cursor' ? memory.cursors.get(statement.refersTo.name) : undefined
}

function restamp(
  memory: Memory,
  statements: readonly PostgresStatement[],
  build: (text: string) => Uint8Array,
): Uint8Array | undefined {
  const [statement] = statements
  const set = statement === undefined || statements.length > 1 ? undefined : applicationName(statement)
  if (set === undefined) return undefined
  const { identity } = memory.gate.session
  const { command, outputs } = statement as PostgresStatement
  // set_config answers with a row, of the name that the client gave it.
  if (command !== 'SELECT') return build(stampedSet(identity, set.value, set.local))
  const name = outputs === 'unknown' ? undefined : outputs[0]?.name
  return build(stampedSetConfig(identity, set.value, set.local, name ?? 'set_config'))
}
