/** SET, RESET, SHOW, DISCARD, and the settings under which the gateway could no longer read what the server reads (R13). */
import type { Action, Resource } from '@gatehouse/core'
import type { Effect } from '../plan.js'
import { listedSchemas } from '../search-path.js'
import { as, constant, list, type Tree, text } from '../tree.js'
import { action, column, database, type Found, type Reading, resource } from './found.js'

export function setting(name: string): Resource {
  return resource('setting', name.toLowerCase().split('.'))
}

export const TRUE = /^(?:t|tr|tru|true|y|ye|yes|on|1)$/i
export const FALSE = /^(?:f|fa|fal|fals|false|n|no|of|off|0)$/i

/**
 * Settings that no rule can permit to take another value than these: with it the server would read texts otherwise than
 * the gateway, or print statements and plans to the client (manual, 19.13, 19.14, 19.8).
 */
const HARMLESS_VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  standard_conforming_strings: (value) => TRUE.test(value),
  client_encoding: (value) => /^(?:utf8|unicode)$/.test(value.toLowerCase().replaceAll(/[^a-z0-9]/g, '')),
  backslash_quote: (value) => value.toLowerCase() === 'safe_encoding',
  transform_null_equals: (value) => FALSE.test(value),
  session_replication_role: (value) => /^(?:origin|local)$/i.test(value),
  allow_system_table_mods: (value) => FALSE.test(value),
  client_min_messages: (value) => /^(?:notice|warning|error)$/i.test(value),
  debug_print_parse: (value) => FALSE.test(value),
  debug_print_raw_parse: (value) => FALSE.test(value),
  debug_print_rewritten: (value) => FALSE.test(value),
  debug_print_plan: (value) => FALSE.test(value),
}

/** Why this value is refused whatever the policy says; undefined when policy decides. `value` undefined: not known. */
export function neverSet(name: string, value: string | undefined): string | undefined {
  const setting = name.toLowerCase()
  if (!Object.hasOwn(HARMLESS_VALUES, setting)) return undefined
  const harmless = HARMLESS_VALUES[setting]
  if (value !== undefined && harmless?.(value)) return undefined
  return `the setting \`${setting}\` may not take this value here: it changes how statements are read or shown`
}

/** Settings that say what a name means: their changes must be known for certain. */
export const TRACKED: ReadonlySet<string> = new Set(['search_path', 'role', 'session_authorization'])

/** The settings that a statement sets by calling set_config, whose value only the caller may know. */
export function neverByCall(
  actions: readonly Action[],
  values: ReadonlyMap<string, string>,
): string | undefined {
  for (const { verb, resource: target } of actions) {
    if (verb !== 'set' || target.kind !== 'setting') continue
    const name = target.path.join('.').toLowerCase()
    const why = neverSet(name, values.get(name))
    if (why !== undefined) return why
    if (TRACKED.has(name) && !values.has(name)) return `${name} is set in a way that the text does not show`
  }
  return undefined
}

/** An UPDATE of pg_settings is SET by other means (manual, 53.24). */
export function neverOnSettings(actions: readonly Action[]): string | undefined {
  const found = actions.some(
    ({ verb, resource: target }) =>
      verb === 'update' && target.path.at(-2) === 'pg_catalog' && target.path.at(-1) === 'pg_settings',
  )
  return found ? 'settings are changed by SET alone: an update of pg_settings hides which' : undefined
}

export function readSet(node: Tree, reading: Reading): Found {
  const kind = text(node.kind) ?? ''
  const name = (text(node.name) ?? '').toLowerCase()
  const command = kind.startsWith('VAR_RESET') ? 'RESET' : 'SET'
  if (kind === 'VAR_RESET_ALL') {
    return { command, actions: [action('set', setting('all'), command)], effects: [{ kind: 'reset-all' }] }
  }
  if (kind === 'VAR_SET_MULTI') return readSetTransaction(node, name, reading)
  const local = node.is_local === true
  const actions = [action('set', setting(name), command)]
  if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') {
    return { command, actions, effects: [{ kind: 'set', name, value: undefined, local }] }
  }
  const values = list(node.args).map((value) => constant(value))
  const known = values.every((value) => value !== undefined)
  const schemas = name === 'search_path' ? listedSchemas(list(node.args)) : undefined
  const value = schemas ?? values.map((each) => each ?? '')
  const never =
    name === 'search_path' && schemas === undefined
      ? 'search_path is set to what the server may take for another schema'
      : neverSet(name, known ? value.join(', ') : undefined)
  return {
    command,
    actions,
    effects: [{ kind: 'set', name, value, local }],
    ...(never === undefined ? {} : { never }),
  }
}

/** SET TRANSACTION is part of the transaction; SESSION CHARACTERISTICS outlive it. */
function readSetTransaction(node: Tree, name: string, reading: Reading): Found {
  if (!name.startsWith('session')) {
    return {
      command: 'SET TRANSACTION',
      actions: [action('transaction', database(reading), 'SET TRANSACTION')],
    }
  }
  const command = 'SET SESSION CHARACTERISTICS'
  const effects: Effect[] = []
  for (const option of list(node.args)) {
    const element = as(option, 'DefElem')
    const given = constant(element?.arg)
    effects.push({
      kind: 'set',
      name: `default_${text(element?.defname) ?? ''}`,
      value: given === undefined ? [] : [given],
      local: false,
    })
  }
  const actions = effects.map((effect) =>
    action('set', setting('name' in effect ? (effect.name ?? '') : ''), command),
  )
  return { command, actions, effects }
}

export function readShow(node: Tree): Found {
  const name = text(node.name) ?? ''
  const all = name.toLowerCase() === 'all'
  const outputs = all ? [column('name'), column('setting'), column('description')] : [column(name)]
  return { command: 'SHOW', actions: [], outputs }
}

export function readDiscard(node: Tree): Found {
  const what = (text(node.target) ?? 'DISCARD_ALL').slice('DISCARD_'.length).toLowerCase()
  const command = `DISCARD ${what.toUpperCase()}`
  const target = what === 'plans' || what === 'temp' || what === 'sequences' ? what : 'all'
  return {
    command,
    actions: [action('set', setting('discard'), command)],
    effects: [{ kind: 'discard', what: target }],
  }
}

export function readSetConstraints(_node: Tree, reading: Reading): Found {
  const command = 'SET CONSTRAINTS'
  return { command, actions: [action('transaction', database(reading), command)] }
}

/** ALTER SYSTEM, ALTER DATABASE … SET: what a later session would begin with. */
export function neverStored(setstmt: Tree | undefined): string | undefined {
  if (!setstmt) return undefined
  const kind = text(setstmt.kind)
  if (kind === 'VAR_RESET' || kind === 'VAR_RESET_ALL' || kind === 'VAR_SET_DEFAULT') return undefined
  const values = list(setstmt.args).map((value) => constant(value))
  const known = values.length > 0 && values.every((value) => value !== undefined)
  return neverSet(text(setstmt.name) ?? '', known ? values.join(', ') : undefined)
}
