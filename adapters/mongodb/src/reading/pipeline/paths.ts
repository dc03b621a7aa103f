/** Field paths and variables in expressions: `$a.b`, `$$name.a.b`. */
import type { Value } from '../../bson/index.js'
import { badValue, FAILED_TO_PARSE, Unread } from '../unread.js'
import { wantString } from '../values.js'
import { at, CONSTANT, GONE, type Lineage, unprovable, withoutGone } from './lineage.js'
import { anythingVisible, type Scope, spend } from './scope.js'

/** A text without `$` at its front is a constant. */
export function readPath(value: Value | string, scope: Scope): Lineage {
  const text = typeof value === 'string' ? value : dollarText(value)
  if (text === undefined) return CONSTANT
  spend(scope)
  if (!text.startsWith('$$')) return withoutGone(at(currentOf(scope), split(text.slice(1))))
  const [name = '', ...path] = split(text.slice(2))
  return withoutGone(at(readVariable(name, scope), path))
}

/** Only what can be a path is decoded. */
function dollarText(value: Value): string | undefined {
  return value.source[value.start + 4] === 0x24 ? wantString(value, 'expression') : undefined
}

export function currentOf(scope: Scope): Lineage {
  return scope.variables.get('CURRENT') ?? scope.root
}

function split(path: string): readonly string[] {
  const parts = path.split('.')
  if (parts.some((part) => part === '' || part.startsWith('$'))) {
    throw new Unread('a text that begins with $ is not a field path', FAILED_TO_PARSE)
  }
  return parts
}

function readVariable(name: string, scope: Scope): Lineage {
  const bound = scope.variables.get(name)
  if (bound !== undefined) return bound
  switch (name) {
    case 'ROOT':
    case 'CURRENT':
      return scope.root
    case 'REMOVE':
      return GONE
    case 'NOW':
    case 'CLUSTER_TIME':
    case 'DESCEND':
    case 'PRUNE':
    case 'KEEP':
      return CONSTANT
    case 'SEARCH_META':
      return unprovable('$$SEARCH_META can hold values of any indexed field', [anythingVisible(scope)])
    case 'USER_ROLES':
      throw badValue("$$USER_ROLES would be the gateway's own roles, not the viewer's")
    default:
      throw new Unread(`Use of undefined variable: ${name}`, { code: 17276, codeName: 'Location17276' })
  }
}

/** What a command or stage may bind under `let`. */
export function checkVariable(name: string): string {
  if (!/^(?:[a-z\u0080-\uffff][\w\u0080-\uffff]*|CURRENT)$/.test(name)) {
    throw badValue(`'${name}' starts with an invalid character for a user variable name`)
  }
  return name
}
