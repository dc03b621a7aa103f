/** What goes upstream once the gate has answered: the frame itself, or what must stand in its place (postgres-wire §4.1). */
import { concatBytes, type Forwarding } from '@gatehouse/adapter-kit'
import { GatehouseError, type Permit } from '@gatehouse/core'
import type { PostgresStatement } from '@gatehouse/sql'
import { nextPortion } from '../following/limiting.js'
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
import type { Pending, Target } from '../reading/pending.js'
import { awaitEnd } from '../reading/settling.js'
import { applicationName } from '../reading/statements.js'
import type { Limiting } from '../session/limiting.js'
import { createRun, type Memory, type Portal, type Prepared, type Run, start } from '../session/memory.js'
import { dropUnnamed, refuseLimitedBatch, refusePortions } from './substituting.js'

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
      const run = createRun(memory, permitOf(permits, 0), pending.statement, undefined, cursor)
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
      const target = { what: 'portal', name: pending.name, portal, rows: pending.rows } as const
      return forwardExecute(memory, target) ?? { upstream: 'frame' }
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
    createRun(memory, permitOf(permits, index), statement, pending, cursorOf(memory, statement)),
  )
  const limits = runs.map((run) => limitOf(run, 'query', 0))
  const limiting = limits.find((each) => each !== undefined)
  if (limiting !== undefined && runs.length > 1) return refuseLimitedBatch(memory, limiting, runs)
  memory.exchange += 1
  if (limiting !== undefined && runs[0] !== undefined)
    return forwardLimited(memory, runs[0], limiting, pending.text)
  memory.segment += 1
  const unnamed = dropUnnamed(memory)
  for (const run of runs) start(memory, run)
  const awaited = awaitEnd(memory)
  memory.ledger.push({ kind: 'query', runs, index: 0, failed: false, error: undefined, awaited, unnamed })
  return { upstream: restamp(memory, pending.statements, (text) => query(text)) ?? 'frame' }
}

/**
 * One statement under a limit runs through a portal, so that the row after the last shows itself, and what it did is
 * committed by a Sync of ours once the count is known (R21).
 */
function forwardLimited(memory: Memory, run: Run, limiting: Limiting, text: string): Forwarding {
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
  // As the client's Query would, it takes the unnamed statement's and portal's place; skipped, it gives both back.
  const unnamed = dropUnnamed(memory)
  const previous = memory.portals.get('')
  memory.portals.set('', portal)
  memory.limiting = true
  start(memory, run)
  const { ledger } = memory
  ledger.push({ kind: 'parse', prepared, previous: unnamed, own: true })
  ledger.push({ kind: 'bind', portal, previous, own: true })
  ledger.push({ kind: 'describe', portal, own: false, quiet: true })
  ledger.push({ kind: 'execute', portal, limiting })
  memory.unsynced = true
  return {
    upstream: concatBytes([
      parse('', text),
      bind('', ''),
      describe('P', ''),
      execute('', nextPortion(limiting, run)),
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
  const run = createRun(memory, permit, statement, pending, cursorOf(memory, statement))
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

/** When the Execute must differ from the client's: columns first described, rows limited, or refused. */
export function forwardExecute(
  memory: Memory,
  target: Extract<Target, { what: 'portal' }>,
): Forwarding | undefined {
  const { portal, name, rows } = target
  if (portal === undefined) return undefined
  const { run } = portal
  const parts: Uint8Array[] = []
  const limiting = limitOf(run, 'execute', rows)
  if (limiting?.affected !== undefined && rows > 0 && mayReturn(run))
    return refusePortions(memory, run, limiting.affected)
  if (run.mask === undefined && mayReturn(run) && !portal.described && portal.prepared?.shape === undefined) {
    parts.push(describe('P', name))
    portal.described = true
    memory.ledger.push({ kind: 'describe', portal, own: true, quiet: true })
  }
  start(memory, run)
  memory.ledger.push({ kind: 'execute', portal, limiting })
  memory.unsynced = memory.unflushed = true
  if (limiting === undefined)
    return parts.length === 0 ? undefined : { upstream: concatBytes([...parts, execute(name, rows)]) }
  memory.limiting = true
  memory.unflushed = false
  return { upstream: concatBytes([...parts, execute(name, nextPortion(limiting, run)), flushMessage]) }
}

const mayReturn = ({ statement: { outputs } }: Run) => outputs === 'unknown' || outputs.length > 0

function limitOf(run: Run, kind: Limiting['kind'], asked: number): Limiting | undefined {
  const { rows, bytes, affected } = run.permit.permission
  const returns = run.statement.copy === undefined && mayReturn(run) && (rows ?? bytes) !== undefined
  if (!returns && affected === undefined) return undefined
  return {
    kind,
    rows: returns ? rows : undefined,
    bytes: returns ? bytes : undefined,
    affected,
    asked,
    before: run.returned,
    portions: 0,
    over: undefined,
  }
}

function cursorOf(memory: Memory, statement: PostgresStatement) {
  const { refersTo } = statement
  if (refersTo?.kind !== 'cursor') return undefined
  return memory.portals.get(refersTo.name)?.run ?? memory.cursors.get(refersTo.name)
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
