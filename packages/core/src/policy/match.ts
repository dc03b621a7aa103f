/** Whether a rule's plain keys fit: who, verbs, resources, fields and classes (R8, R9). Conditions come after. */
import type { Action, Resource, ResourceKind } from '../action.js'
import { type Identity, qualify } from '../identity.js'
import { FIELD_VERBS } from './check-rule.js'
import type { CompiledRule } from './compile-document.js'
import { isOpaque } from './condition-facts.js'
import { coversClasses } from './data-class.js'
import { covers } from './field-pattern.js'
import { holdsOthers, type NamePattern, names, reaches, reachesInside } from './name-pattern.js'
import { type PatternSet, someNames, someReaches, someTouches } from './pattern-set.js'

/** R8: these must be listed; silence never means them. */
const LISTED_ONLY: ReadonlySet<string> = new Set(['opaque', 'admin', 'export', 'import', 'grant'])

/** Always the server's own: the verb guards them, not the name. */
const SERVER_KINDS: ReadonlySet<ResourceKind> = new Set<ResourceKind>(['server', 'command', 'setting'])

/**
 * `users` are people in a permit; a restriction on a person also binds the agent that acts for them. Groups are
 * whatever the identity carries.
 */
export function fitsWho({ rule }: CompiledRule, identity: Identity): boolean {
  const { users, groups, agents } = rule
  if (users) {
    const subject = users.includes(qualify(identity, identity.subject))
    const behind = identity.onBehalfOf !== undefined && users.includes(qualify(identity, identity.onBehalfOf))
    if (rule.effect === 'permit' ? identity.agent !== undefined || !subject : !subject && !behind)
      return false
  }
  if (groups && !identity.groups.some((group) => groups.includes(qualify(identity, group)))) return false
  if (agents) {
    if (identity.agent === undefined) return false
    if (!agents.includes('*') && !agents.includes(qualify(identity, identity.agent))) return false
  }
  return true
}

/** What silence can mean where a document says `default: permit`: as narrow as a permit that names nothing. */
export function fitsDefault(action: Action): boolean {
  return fitsPermit(EVERYTHING, action)
}

type What = Pick<CompiledRule, 'pack' | 'verbs' | 'resources' | 'fields' | 'classes'>
const EVERYTHING: What = { pack: false }

/** R8: a permit is narrow. It names its verbs and resources, and covers every field or none of the action. */
export function fitsPermit(rule: What, action: Action): boolean {
  const { verbs } = rule
  if (verbs ? !verbs.has(action.verb) : LISTED_ONLY.has(action.verb)) return false
  if (isOpaque(action) && !verbs?.has('opaque')) return false
  if (!permitsResource(rule, action)) return false
  return rule.fields || rule.classes ? coversFields(rule, action) : true
}

function permitsResource({ pack, resources }: What, { verb, resource }: Action): boolean {
  // A setting can change what later statements mean: in a permit it must be named (R13).
  const named = !pack && (verb === 'set' || isSystem(resource))
  if (!resources) return !named
  // Whoever may connect to some database comes in before choosing one: to choose it is another `connect`.
  if (verb === 'connect' && resource.path.length === 1 && resource.path[0] === '') return true
  const naming = (pattern: NamePattern): boolean => pattern.literal || (verb === 'set' && !isBare(pattern))
  return someNames(resources, resource.path, named ? naming : undefined)
}

function isSystem(resource: Resource): boolean {
  return resource.system && !SERVER_KINDS.has(resource.kind)
}

/** Begins with a star: names nothing. */
function isBare(pattern: NamePattern): boolean {
  return pattern.text.startsWith('*')
}

function coversFields({ pack, fields, classes }: What, action: Action): boolean {
  if (action.fields === 'unknown' || !FIELD_VERBS.has(action.verb)) return false
  const { path } = action.resource
  const named = !pack && isSystem(action.resource)
  const patterns = fields?.all.filter((pattern) => !named || pattern.literal)
  if (action.fields.length === 0) {
    // How many rows there are: whoever may read one of the fields may count them.
    return action.verb === 'read' && !classes && (patterns ?? []).some((p) => names(p.resource, path))
  }
  return action.fields.every(
    (field) =>
      (!patterns || patterns.some((pattern) => covers(pattern, path, field.name))) &&
      (!classes || coversClasses(classes, field.classes)),
  )
}

/** Anything but a permit: it matches when one thing fits, and what is unknown fits. */
export function fitsRestriction(rule: What, action: Action): boolean {
  if (isOpaque(action)) return true
  if (rule.verbs && !rule.verbs.has(action.verb)) return false
  if (rule.resources && !restrictsResource(rule.resources, action)) return false
  if (!rule.fields && !rule.classes) return true
  const { path } = action.resource
  if (action.fields === 'unknown') return mayHoldFields(rule, action.resource)
  for (const field of action.fields) if (fitsField(rule, path, field.name, field.classes)) return true
  return false
}

function restrictsResource(patterns: PatternSet<NamePattern>, { verb, resource }: Action): boolean {
  if (someReaches(patterns, resource.path)) return true
  return holdsOthers(verb, resource) && patterns.all.some((pattern) => reachesInside(pattern, resource))
}

/** Whether one field fits a restriction's `fields` and `classes`. */
export function fitsField(
  { fields, classes }: What,
  path: readonly string[],
  name: string,
  of: readonly string[],
): boolean {
  if (classes && !intersects(classes, of)) return false
  return !fields || someTouches(fields, path, name)
}

function intersects(classes: ReadonlySet<string>, of: readonly string[]): boolean {
  for (const each of of) if (classes.has(each)) return true
  return false
}

/** Whether a resource whose fields are unknown may hold one that a restriction names. */
export function mayHoldFields({ fields, classes }: What, resource: Resource): boolean {
  if (fields) return fields.all.some((pattern) => reaches(pattern.resource, resource.path))
  // System catalogs are never classified (R22).
  return !classes || !resource.system
}
