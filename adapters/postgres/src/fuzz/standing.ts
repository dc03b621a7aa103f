/** What stands in a session of the model: its transaction, its names, and what one statement does to them. */
import { REDACTED } from '@gatehouse/masking'
import * as say from './backend.js'
import type { Meaning } from './statements.js'

/** Who asks, when the model plays gateway and server in one; undefined: it is the server alone. */
export interface Viewer {
  readonly masked: boolean
}

export interface Portal {
  meaning: Meaning | undefined
  /** Savepoints that stood when it was made. */
  depth: number
  position: number
  done: boolean
  /** The DECLARE that made it: each Execute of it is decided for itself. */
  declared?: Meaning
}

export interface Standing {
  status: 'I' | 'T' | 'E'
  readonly prepared: Map<string, Meaning | undefined>
  readonly portals: Map<string, Portal>
  savepoints: number
  /** The open transaction has set search_path: its end may change what names mean. */
  pathPending: boolean
  /** What its open transaction, or implicit one, has changed. */
  changed: readonly Change[]
}

export interface Change {
  readonly form: string
  readonly rows: number
  /** Savepoints that stood. */
  readonly depth: number
}

/** What its commit makes stand. */
export type OnCommit = (changes: readonly Change[]) => void

type Fault = readonly [code: string, text: string]

export function createStanding(
  viewer: Viewer | undefined,
  tell: (bytes: Uint8Array) => void,
  onRun: (meaning: Meaning) => void,
  onCommit: OnCommit,
) {
  const standing: Standing = {
    status: 'I',
    prepared: new Map(),
    portals: new Map(),
    savepoints: 0,
    pathPending: false,
    changed: [],
  }
  const { prepared, portals } = standing

  /** `commits`: otherwise what it has changed is undone. */
  const endTransaction = (commits: boolean) => {
    if (commits && standing.changed.length > 0) onCommit(standing.changed)
    standing.changed = []
    portals.clear()
    standing.savepoints = 0
    standing.pathPending = false
  }
  /** Of any statement or message. */
  const failBlock = () => {
    if (standing.status === 'I') endTransaction(false)
    else standing.status = 'E'
  }
  const change = (form: string, rows: number) => {
    standing.changed = [...standing.changed, { form, rows, depth: standing.savepoints }]
  }
  const shown = (meaning: Meaning, cells: readonly string[]) =>
    viewer?.masked === true
      ? cells.map((cell, index) => (meaning.result?.masked.includes(index) ? REDACTED : cell))
      : cells
  const exits = (meaning: Meaning | undefined) =>
    meaning !== undefined && ['commit', 'rollback', 'rollback-to'].includes(meaning.verb)
  const returning = (meaning: Meaning | undefined): Meaning | undefined => {
    if (meaning?.verb === 'execute') return prepared.get('p')
    if (meaning?.verb === 'fetch') return portals.get('k')?.meaning
    return meaning?.result === undefined || meaning.verb === 'copy-out' ? undefined : meaning
  }

  /** Runs a statement that is no COPY FROM STDIN; what it fails with, or undefined. */
  const run = (meaning: Meaning, simple: boolean, block: boolean, inner = false): Fault | undefined => {
    if (viewer !== undefined && meaning.forbidden) return ['42501', 'forbidden']
    if (standing.status === 'E' && !exits(meaning)) return ['25P02', 'current transaction is aborted']
    if (!inner) onRun(meaning)
    if (meaning.form.startsWith('set search_path')) standing.pathPending = true
    const complete = (tag: string) => void tell(say.commandComplete(tag))
    switch (meaning.verb) {
      case 'begin':
        if (standing.status === 'T')
          tell(say.errorOf('25001', 'there is already a transaction', 'WARNING', 'N'))
        else standing.status = 'T'
        return complete(meaning.tag) as undefined
      case 'commit':
      case 'rollback': {
        const aborted = standing.status === 'E'
        if (standing.status === 'I')
          tell(say.errorOf('25P01', 'there is no transaction in progress', 'WARNING', 'N'))
        standing.status = 'I'
        endTransaction(!aborted && meaning.verb === 'commit')
        return complete(aborted ? 'ROLLBACK' : meaning.tag) as undefined
      }
      case 'savepoint':
        if (standing.status === 'I') return ['25P01', 'SAVEPOINT can only be used in transaction blocks']
        standing.savepoints += 1
        return complete(meaning.tag) as undefined
      case 'release':
        if (standing.status === 'I')
          return ['25P01', 'RELEASE SAVEPOINT can only be used in transaction blocks']
        if (standing.savepoints === 0) return ['3B001', 'savepoint does not exist']
        standing.savepoints -= 1
        for (const portal of portals.values()) portal.depth = Math.min(portal.depth, standing.savepoints)
        standing.changed = standing.changed.map((change) => ({
          ...change,
          depth: Math.min(change.depth, standing.savepoints),
        }))
        return complete(meaning.tag) as undefined
      case 'rollback-to':
        if (standing.status === 'I')
          return ['25P01', 'ROLLBACK TO SAVEPOINT can only be used in transaction blocks']
        if (standing.savepoints === 0) return ['3B001', 'savepoint does not exist']
        for (const [name, portal] of portals) if (portal.depth >= standing.savepoints) portals.delete(name)
        standing.changed = standing.changed.filter(({ depth }) => depth < standing.savepoints)
        standing.status = 'T'
        return complete(meaning.tag) as undefined
      case 'prepare':
        if (prepared.has('p')) return ['42P05', 'prepared statement already exists']
        prepared.set('p', meaning.inner === undefined ? undefined : { ...meaning.inner, form: meaning.form })
        return complete(meaning.tag) as undefined
      case 'deallocate':
        if (!prepared.delete('p')) return ['26000', 'prepared statement does not exist']
        return complete(meaning.tag) as undefined
      case 'execute': {
        if (!prepared.has('p')) return ['26000', 'prepared statement does not exist']
        const inner = prepared.get('p')
        if (inner === undefined) return ['0A000', 'nothing to execute']
        return run(inner, simple, block, true)
      }
      case 'declare':
        if (standing.status === 'I' && !block)
          return ['25P01', 'DECLARE CURSOR can only be used in transaction blocks']
        if (portals.has('k')) return ['42P03', 'cursor already exists']
        portals.set('k', {
          meaning: meaning.inner,
          depth: standing.savepoints,
          position: 0,
          done: false,
          declared: meaning,
        })
        return complete(meaning.tag) as undefined
      case 'close':
        if (!portals.delete('k')) return ['34000', 'cursor does not exist']
        return complete(meaning.tag) as undefined
      case 'fetch': {
        const cursor = portals.get('k')
        if (cursor?.meaning === undefined) return ['34000', 'cursor does not exist']
        // A COPY is no cursor: its portal gives nothing to FETCH (pquery.c, PortalRunFetch).
        if (cursor.meaning.result === undefined || cursor.meaning.verb === 'copy-out')
          return ['0A000', 'no rows to fetch']
        const row = cursor.meaning.result.rows[cursor.position]
        if (simple) tell(say.rowDescription(cursor.meaning.result.columns))
        cursor.position += 1
        if (row !== undefined) tell(say.dataRow(shown(cursor.meaning, row)))
        return complete(`FETCH ${row === undefined ? 0 : 1}`) as undefined
      }
      case 'copy-out':
        tell(say.copyResponse('H', 2))
        for (const row of meaning.result?.rows ?? [])
          tell(say.copyData(`${shown(meaning, row).join('\t')}\n`))
        tell(say.copyDone)
        return complete(`COPY ${meaning.result?.rows.length ?? 0}`) as undefined
      default:
    }
    const { result, fails } = meaning
    if (fails?.early) return [fails.code, fails.text]
    if (simple && result !== undefined) tell(say.rowDescription(result.columns))
    for (const row of result?.rows ?? []) tell(say.dataRow(shown(meaning, row)))
    if (fails !== undefined) return [fails.code, fails.text]
    if (meaning.verb === 'write') change(meaning.form, Number(/\d+$/.exec(meaning.tag)?.[0] ?? 1))
    const counted = meaning.verb === 'select' || meaning.tag === 'INSERT 0'
    return complete(counted ? `${meaning.tag} ${result?.rows.length ?? 0}` : meaning.tag) as undefined
  }

  /** What a gateway does not carry, whatever the server would make of it. */
  const isRefused = (meanings: readonly Meaning[]) => {
    const made = new Set<string>()
    return meanings.some(({ form, forbidden, verb }) => {
      const refused =
        forbidden ||
        (meanings.length > 1 && form.startsWith('set application_name')) ||
        (verb === 'execute' && !prepared.has('p') && !made.has('prepare')) ||
        (verb === 'fetch' && !portals.has('k') && !made.has('declare'))
      made.add(verb)
      return refused
    })
  }

  /**
   * Behind what may change the meaning of names a gateway may know what a prepared statement means, or not; and whether
   * it knows already that a name is gone, which the server says in its turn, is a matter of time.
   */
  const isUncertain = (meanings: readonly Meaning[]) => {
    const looked = meanings.some(
      ({ verb }) => (verb === 'execute' && !prepared.has('p')) || (verb === 'fetch' && !portals.has('k')),
    )
    if (looked && meanings.length > 1) return true
    const renames = meanings.findIndex(
      ({ verb, form }) =>
        ['commit', 'rollback', 'rollback-to'].includes(verb) || form.startsWith('set search_path'),
    )
    return renames >= 0 && meanings.slice(renames).some(({ verb }) => verb === 'execute')
  }

  return { standing, endTransaction, failBlock, change, shown, exits, returning, run, isRefused, isUncertain }
}
