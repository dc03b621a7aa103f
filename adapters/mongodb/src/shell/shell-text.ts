/** A line as mongosh takes it, as the command that its method sends: for explanations and policy tests, never for the wire. */
import { parse as parseValue } from '@mongodb-js/shell-bson-parser'
import { type Expression, parse } from 'acorn'
import { serialize } from 'bson'
import { documentValue } from '../bson/value.js'
import type { Command } from '../reading/read-command.js'
import { collectionMethods, databaseMethods, modifiers } from './methods.js'

export type ShellText =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'unreadable'; readonly why: string }

/** What stands in one place of `db.orders.find({…}).sort({…})`: a name, and arguments where it is called. */
interface Step {
  readonly name: string
  readonly args: readonly unknown[] | undefined
}

class Unreadable extends Error {}

/** A command as a driver's `db.command` takes it. */
export type ShellCommand =
  | { readonly kind: 'command'; readonly command: Readonly<Record<string, unknown>> }
  | Extract<ShellText, { kind: 'unreadable' }>

/** `database`: what `db` means; a command of its own, `{find: "orders", …}`, may name another by `$db`. */
export function shellCommand(text: string, database: string): ShellCommand {
  try {
    const source = text.trim().replace(/;+$/, '')
    const tree = wholeExpression(source)
    const body =
      tree.type === 'ObjectExpression'
        ? { $db: database, ...asDocument(readValue(tree, source)) }
        : called(stepsOf(tree, source), database)
    const { $db, ...fields } = body
    return { kind: 'command', command: { ...fields, $db: String($db) } }
  } catch (fault) {
    if (fault instanceof Unreadable) return { kind: 'unreadable', why: fault.message }
    return { kind: 'unreadable', why: 'it is neither a line of mongosh nor a command document' }
  }
}

/** The same in bytes, as it would come over the wire. */
export function readShellText(text: string, database: string): ShellText {
  const read = shellCommand(text, database)
  return read.kind === 'command' ? { kind: 'command', command: commandOf(read.command) } : read
}

function wholeExpression(source: string): Expression {
  // In brackets, so that a document is not a block.
  const [statement, ...more] = parse(`(${source}\n)`, { ecmaVersion: 'latest' }).body
  if (statement?.type !== 'ExpressionStatement' || more.length > 0)
    throw new Unreadable('it is no expression')
  return statement.expression
}

/** From `db` outwards. */
function stepsOf(tree: Expression, source: string): Step[] {
  const steps: Step[] = []
  let at = tree
  for (;;) {
    if (at.type === 'Identifier') {
      if (at.name !== 'db') throw new Unreadable(`\`${at.name}\` means nothing here: expected \`db\``)
      return steps.reverse()
    }
    const call = at.type === 'CallExpression' ? at : undefined
    const member = call === undefined ? at : call.callee
    if (member.type !== 'MemberExpression' || member.object.type === 'Super')
      throw new Unreadable('expected `db.collection.method(…)` or a command document')
    const args = call?.arguments.map((each) => {
      if (each.type === 'SpreadElement') throw new Unreadable('an argument that is spread')
      return readValue(each, source)
    })
    steps.push({ name: nameOf(member.property, member.computed, source), args })
    at = member.object
  }
}

function nameOf(property: { readonly type: string }, computed: boolean, source: string): string {
  if (!computed && property.type === 'Identifier')
    return (property as { name: string } & typeof property).name
  const name = readValue(property as Expression, source)
  if (typeof name === 'string') return name
  throw new Unreadable('a name that is computed')
}

function readValue(node: Expression, source: string): unknown {
  // Positions count the bracket that was put before.
  const text = source.slice(node.start - 1, node.end - 1)
  const value: unknown = parseValue(text)
  if (value === '' && !/^(''|""|``)$/.test(text.trim()))
    throw new Unreadable(`\`${text.slice(0, 60)}\` is no value`)
  return value
}

function called(steps: readonly Step[], database: string): Record<string, unknown> {
  let at = 0
  let $db = database
  const next = () => steps[at]
  if (next()?.name === 'getSiblingDB') {
    $db = String(next()?.args?.[0])
    at += 1
  }
  const direct = next()
  if (direct?.args !== undefined && Object.hasOwn(databaseMethods, direct.name)) {
    const command = databaseMethods[direct.name]?.(direct.args) ?? {}
    return { ...modified(command, steps.slice(at + 1)), $db: '$db' in command ? command.$db : $db }
  }
  const names: string[] = []
  for (; next() !== undefined && next()?.args === undefined; at += 1) names.push(next()?.name ?? '')
  if (names.length === 0 && next()?.name === 'getCollection') {
    names.push(String(next()?.args?.[0]))
    at += 1
  }
  const method = next()
  if (method?.args === undefined || names.length === 0)
    throw new Unreadable('expected a method of a collection')
  const make = Object.hasOwn(collectionMethods, method.name) ? collectionMethods[method.name] : undefined
  if (make === undefined) throw new Unreadable(`\`${method.name}\` is no method that is known here`)
  return { ...modified(make(names.join('.'), method.args), steps.slice(at + 1)), $db }
}

function modified(command: Record<string, unknown>, steps: readonly Step[]): Record<string, unknown> {
  let changed = command
  for (const { name, args = [] } of steps) {
    const modify = Object.hasOwn(modifiers, name) ? modifiers[name] : undefined
    if (modify === undefined) throw new Unreadable(`\`${name}\` is nothing that a cursor does here`)
    changed = modify(changed, args)
  }
  return changed
}

function asDocument(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new Unreadable('expected a document')
}

function commandOf(body: Readonly<Record<string, unknown>>): Command {
  const [name = ''] = Object.keys(body)
  return {
    name,
    database: String(body.$db),
    body: documentValue(serialize(body)),
    sequences: new Map(),
  }
}
