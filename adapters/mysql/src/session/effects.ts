/** What a statement that was done changes of the session: the database, how texts are read, names. */

import type { MysqlContext, MysqlEffect, MysqlStatement } from '@gatehouse/sql'
import { STATUS } from '../messages/index.js'
import { isTrackedAlready } from '../reading/tracking-request.js'
import type { Memory, Run } from './memory.js'
import type { Tracked } from './tracking.js'
import { trustAfter } from './variables.js'

/** Names of objects that others see too have changed: the catalog must be read again. */
export type OnDefined = () => void

/** `text`: canonical, the whole that the statement stood in. */
export function applyEffects(memory: Memory, run: Run, text: string, onDefined: OnDefined): void {
  const { statement } = run
  for (const effect of statement.effects) applyEffect(memory, effect, text)
  if (statement.effects.some(redefines)) onDefined()
  const unread = mayDoAnything(statement)
  if (unread) noteUnread(memory)
  memory.trust = trustAfter(memory.trust, statement, unread, true)
}

/** DDL that failed may have been done in part. */
export function applyFailed(memory: Memory, run: Run, onDefined: OnDefined): void {
  const { effects } = run.statement
  // A part of it may have been done.
  if (effects.some(({ kind }) => kind === 'use' || kind === 'set')) memory.doubt = true
  const defines = effects.filter(({ kind }) => kind === 'define')
  for (const effect of defines) applyEffect(memory, effect, '')
  if (defines.some(redefines)) onDefined()
  const unread = mayDoAnything(run.statement)
  memory.trust = trustAfter(memory.trust, run.statement, unread, false)
  if (!unread) return
  noteUnread(memory)
  memory.doubt = true
}

/** It may have prepared names, and made temporary tables that stand before others. */
function noteUnread(memory: Memory): void {
  memory.strange = true
  memory.unread = true
  memory.named.clear()
}

/**
 * Invariant: to a viewer with masks a table that unread code may have made for this session alone is never taken for the
 * one of the catalog. No server tells of such tables: MariaDB's state tracking is silent about those of procedures.
 */
export function shadowAll(memory: Memory): void {
  memory.temporary.add('*')
  const { overlay } = memory.context
  if (!overlay.includes('*')) change(memory, { overlay: [...overlay, '*'] })
}

export const redefines = (effect: MysqlEffect) => effect.kind === 'define' && !effect.temporary

/** Code that nobody has read. */
export function mayDoAnything({ actions }: MysqlStatement): boolean {
  return actions.some(
    ({ verb, certainty }) => certainty === 'opaque' && (verb === 'call' || verb === 'opaque'),
  )
}

export function change(memory: Memory, changed: Partial<MysqlContext>): void {
  memory.context = { ...memory.context, ...changed }
}

function applyEffect(memory: Memory, effect: MysqlEffect, text: string): void {
  switch (effect.kind) {
    case 'use':
      if (effect.database === undefined) memory.doubt = true
      else change(memory, { database: effect.database })
      return
    case 'set':
      applySet(memory, effect.name, effect.value)
      return
    case 'prepare':
      memory.named.set(effect.name, {
        text,
        statement: effect.statement,
        // Read anew before it runs: the text is known, not what stood around it.
        read: { context: memory.context, epoch: -1 },
      })
      return
    case 'deallocate':
      memory.named.delete(effect.name)
      return
    case 'define': {
      const { overlay } = memory.context
      const names = effect.names.filter((name) => !overlay.includes(name))
      if (effect.temporary) for (const name of effect.names) memory.temporary.add(name)
      if (names.length > 0) change(memory, { overlay: [...overlay, ...names] })
      return
    }
    case 'transaction':
    case 'variables':
  }
}

function applySet(memory: Memory, name: string, value: string | undefined): void {
  if (name !== 'sql_mode' && name !== 'character_set_client') return
  if (value === undefined) memory.doubt = true
  else if (name === 'sql_mode') change(memory, { sqlMode: modesOf(value) })
  else change(memory, { charset: value.toLowerCase() })
}

export const modesOf = (value: string): readonly string[] =>
  value
    .toUpperCase()
    .split(',')
    .filter((mode) => mode !== '')

/** Why the session cannot go on: what it is followed by was changed. */
export function applyTracked(memory: Memory, { variables, schema }: Tracked): string | undefined {
  for (const [name, value] of variables) {
    if (name.startsWith('session_track_') && !isTrackedAlready(name, value)) return `\`${name}\` was changed`
    if (name === 'sql_mode') change(memory, { sqlMode: modesOf(value) })
    if (name === 'character_set_client') change(memory, { charset: value.toLowerCase() })
  }
  if (schema !== undefined && schema !== (memory.context.database ?? ''))
    change(memory, { database: schema === '' ? undefined : schema })
  return undefined
}

/** Status flags of an OK or EOF. */
export function applyStatus(memory: Memory, status: number): void {
  memory.status = status
  memory.certain = true
  if ((status & STATUS.DB_DROPPED) !== 0 && memory.context.database !== undefined)
    change(memory, { database: undefined })
  const { sqlMode } = memory.context
  if ((status & STATUS.NO_BACKSLASH_ESCAPES) !== 0 && !sqlMode.includes('NO_BACKSLASH_ESCAPES'))
    change(memory, { sqlMode: 'unknown' })
}

/** The catalog knows what was defined by now; temporary objects it never does. */
export function forgetDefined(memory: Memory): void {
  const overlay = memory.context.overlay.filter((name) => memory.temporary.has(name))
  if (overlay.length !== memory.context.overlay.length) change(memory, { overlay })
}
