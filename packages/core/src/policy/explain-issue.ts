/** Turns zod's findings into faults that say what was expected, in this product's words. */
import type { z } from 'zod'
import { RULE_SHAPES } from './document-schema.js'

export interface IssuePlace {
  readonly path: readonly PropertyKey[]
  /** The key is at fault, not its value. */
  readonly onKey: boolean
  readonly message: string
}

/** Designed and written about, and not carried out by this version: refused, never ignored. */
const NOT_YET: ReadonlyMap<string, string> = new Map([])

const EFFECTS = Object.keys(RULE_SHAPES)

export function explainIssue(issue: z.core.$ZodIssue, document: unknown): IssuePlace[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      onKey: true,
      message: unknownKey(key, path, document),
    }))
  }
  if (issue.code === 'invalid_union' && path.at(-1) === 'effect') {
    const message = has(document, path)
      ? `expected one of ${EFFECTS.join(', ')}`
      : `missing \`effect\`: one of ${EFFECTS.join(', ')}`
    return [{ path, onKey: false, message }]
  }
  if (!has(document, path)) {
    return [
      {
        path: path.slice(0, -1),
        onKey: false,
        message: `missing \`${String(path.at(-1))}\`${expected(issue)}`,
      },
    ]
  }
  return [{ path, onKey: false, message: wrongValue(issue) }]
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `: expected ${issue.expected}`
  if (issue.code === 'invalid_value')
    return `: expected ${issue.values.map((v) => `\`${String(v)}\``).join(', ')}`
  return ''
}

function wrongValue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected === 'record' ? 'a map' : withArticle(issue.expected)}`
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((v) => `\`${String(v)}\``).join(', ')}`
    case 'too_small':
      return issue.message.startsWith('expected') ? issue.message : `expected at least ${issue.minimum}`
    case 'too_big':
      return `expected at most ${issue.maximum}`
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  }
}

function withArticle(type: string): string {
  if (type === 'array') return 'a list'
  if (type === 'tuple') return 'a pair'
  if (type === 'object') return 'a map of keys'
  if (type === 'string') return 'text'
  if (type === 'int') return 'a whole number'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

function unknownKey(key: string, path: readonly PropertyKey[], document: unknown): string {
  const effect = valueAt(document, [...path, 'effect'])
  const inRule = path.length === 2 && path[0] === 'rules'
  const later = NOT_YET.get(key)
  if (later !== undefined && inRule)
    return `\`${key}\` is not carried out by this version: ${later} comes later`
  const owners = inRule ? EFFECTS.filter((name) => key in shapeOf(name)) : []
  if (owners.length > 0) return `\`${key}\` belongs to ${owners.join(' and ')}, not to ${String(effect)}`
  return `unknown key \`${key}\``
}

function shapeOf(effect: string): object {
  const shapes: Readonly<Record<string, { readonly shape: object }>> = RULE_SHAPES
  return shapes[effect]?.shape ?? {}
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null) return undefined
    inner = Object.getOwnPropertyDescriptor(inner, key)?.value
  }
  return inner
}

function has(document: unknown, path: readonly PropertyKey[]): boolean {
  return valueAt(document, path) !== undefined
}
