/** Which relations two parsers' trees mention, in words that can be compared; it knows no scopes and resolves nothing. */
import { isTree, list, type Tree, text, tree } from './query/tree.js'

/** What the statement is, and every name that stands where a relation may stand, as it is written. */
export interface Mentions {
  readonly verb: string
  readonly names: ReadonlySet<string>
}

const QUOTES = /[`"]/g

export function nameOf(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(QUOTES, '').toLowerCase()).join('.')
}

/** Every tree below, each once; trees are walked without recursion: how deep they go is the sender's choice. */
export function* treesBelow(value: unknown): Generator<Tree> {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next)
    else if (isTree(next)) {
      yield next
      for (const member in next) {
        const inner = next[member]
        if (typeof inner === 'object' && inner !== null && member !== 'span' && !member.endsWith('_token'))
          open.push(inner)
      }
    }
  }
}

function objectName(value: unknown): string | undefined {
  const parts = list(value).map((part) => text(tree(tree(part)?.Identifier)?.value))
  return parts.length > 0 && parts.every((part) => part !== undefined)
    ? nameOf(parts as readonly string[])
    : undefined
}

const NOT_RELATIONS: ReadonlySet<string> = new Set(['dual'])

/** Of a statement of sqlparser's. */
export function mentionsOf(statement: unknown): Mentions {
  const type = isTree(statement) ? (Object.keys(statement)[0] ?? '') : ''
  const names = new Set<string>()
  const add = (name: string | undefined) => {
    if (name !== undefined && !NOT_RELATIONS.has(name)) names.add(name)
  }
  let verb = type
  for (const node of treesBelow(statement)) {
    const table = tree(node.Table)
    if (table && node.Table !== undefined) {
      add(objectName(table.name))
      const plain = text(table.table_name)
      const schema = text(table.schema_name)
      if (plain !== undefined) add(nameOf(schema === undefined ? [plain] : [schema, plain]))
    }
    if (node.TableName !== undefined) add(objectName(node.TableName))
    const written = tree(node.Insert) ?? tree(node.Delete) ?? tree(node.Update)
    if (written && type === 'Query') verb = Object.keys(node)[0] ?? verb
    if (written?.replace_into === true) verb = 'Replace'
    for (const target of list(written?.tables)) add(objectName(target))
  }
  return { verb: VERBS[verb] ?? verb, names }
}

const VERBS: Readonly<Record<string, string>> = {
  Query: 'select',
  Insert: 'insert',
  Replace: 'replace',
  Update: 'update',
  Delete: 'delete',
}

/** Of a statement of node-sql-parser's. */
export function otherMentionsOf(statement: unknown): Mentions {
  const names = new Set<string>()
  for (const node of treesBelow(statement)) {
    const name = text(node.table)
    if (name === undefined || node.type === 'column_ref' || !('db' in node)) continue
    const schema = text(node.db)
    names.add(nameOf(schema === undefined ? [name] : [schema, name]))
  }
  return { verb: text(tree(statement)?.type) ?? '', names }
}
