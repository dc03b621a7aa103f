/** The parts that readers of any dialect's statements build what they find from. */
import type { Action, Field, Output, Resource, ResourceKind, Verb } from '@gatehouse/core'

export interface ActionParts {
  readonly fields?: readonly Field[] | 'unknown'
  readonly unfiltered?: boolean
  readonly certainty?: Action['certainty']
  readonly functions?: readonly string[]
  readonly derived?: boolean
  readonly why?: string
}

export function action(verb: Verb, resource: Resource, command: string, parts: ActionParts = {}): Action {
  return {
    verb,
    resource,
    fields: parts.fields ?? [],
    unfiltered: parts.unfiltered ?? true,
    certainty: parts.certainty ?? 'exact',
    command,
    functions: parts.functions ?? [],
    derived: parts.derived ?? false,
    ...(parts.why === undefined ? {} : { why: parts.why }),
  }
}

export function resource(kind: ResourceKind, path: readonly string[], system = false): Resource {
  return { kind, path, system }
}

/** A server-wide thing or command that has no place in a database. */
export function command(name: string): Resource {
  return resource('command', [name.toLowerCase().replaceAll(' ', '_')])
}

export function column(name: string): Output {
  return { name, how: 'constant', sources: [] }
}

const WRITES: ReadonlySet<Verb> = new Set([
  'insert',
  'update',
  'delete',
  'truncate',
  'create',
  'lock',
  'copy-in',
  'alter',
  'admin',
  'set',
])

/** Planning writes nothing, but shows what is known of the relation; functions may run while planning. */
export function planned(each: Action): Action {
  return WRITES.has(each.verb) ? { ...each, verb: 'read' } : each
}
