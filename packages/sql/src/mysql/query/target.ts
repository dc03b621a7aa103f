/** Select lists: `*` spread out, and columns named as the server names them where that is certain. */

import type { Columns } from '../../lineage/columns.js'
import type { Item } from '../../lineage/scope.js'
import { type Column, lazy } from '../../lineage/value.js'
import { comparingOf, hasStrangeLetter } from '../text/fold.js'
import { type Env, opaque, type Scope } from './analysis.js'
import { readOutput } from './expression.js'
import { nameOf, partsOf } from './names.js'
import { itemsNamed, UNNAMED } from './scope.js'
import { as, list, placeOf, stranger, type Tree, text, tree, variant } from './tree.js'

/** The columns of a select list, each worked out when asked for; their aliases are in sight of its own subqueries. */
export function readTargets(nodes: unknown, given: Scope, env: Env): Columns {
  const columns: Column[] = []
  const scope: Scope = { ...given, later: () => columns }
  let open: string | undefined
  for (const each of list(nodes)) {
    const found = variant(each)
    switch (found?.type) {
      case 'UnnamedExpr':
        columns.push(lazy(figureName(found.node), () => readOutput(found.node, scope, env)))
        break
      case 'ExprWithAlias': {
        const members = tree(found.node)
        const name = aliasOf(members?.alias, env)
        if (
          !members ||
          name === undefined ||
          stranger(members, 'expr alias') !== undefined ||
          isGlued(members)
        ) {
          open ??= 'a column of the select list is not understood'
          opaque(env, open)
        }
        columns.push(lazy(name ?? UNNAMED, () => readOutput(members?.expr, scope, env)))
        break
      }
      case 'Wildcard':
        columns.push(...scope.columns)
        open ??= scope.open
        if (stranger(tree(found.node) ?? {}, 'wildcard_token') !== undefined) open ??= strangeStar(env)
        break
      case 'QualifiedWildcard': {
        const star = qualified(list(found.node), scope, env)
        columns.push(...star.columns)
        open ??= star.open
        break
      }
      default:
        open ??= 'an item of the select list is not understood'
        opaque(env, open)
    }
  }
  return open === undefined ? { columns } : { columns, open }
}

/** Bytes that are kept of an alias (measured on 10.11 and 9.7). */
const LONGEST = { mariadb: 255, mysql: 256 }

/** As the server keeps it: what is no letter or sign is cut off its beginning (Item::set_name). */
function aliasOf(node: unknown, { analysis }: Env): string | undefined {
  const { catalog } = analysis.catalog
  const { flavour } = catalog
  const whole = nameOf(node, 'alias')?.value.replace(/^[\0-\x20\x7f]+/, '')
  const name = whole === undefined ? undefined : cut(whole, LONGEST[flavour])
  if (name === undefined || whole === undefined) return undefined
  // MySQL keeps half of a letter, and no name that can be written is that.
  if (flavour === 'mysql' && name !== whole && Buffer.byteLength(name) < LONGEST.mysql) return UNNAMED
  return hasStrangeLetter(name, comparingOf(catalog)) ? undefined : name
}

/** As many whole letters as so many bytes hold. */
function cut(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name
  const kept = Buffer.from(name).subarray(0, bytes + 1)
  let end = bytes
  while (end > 0 && ((kept[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return kept.subarray(0, end).toString()
}

function strangeStar(env: Env): string {
  const why = 'a * is not understood'
  opaque(env, why)
  return why
}

/** `1e` is a column of that name to the server, and a number with an alias to the parser. */
function isGlued(members: Tree): boolean {
  const alias = placeOf(members.alias)
  const value = tree(as(members.expr, 'Value'))
  if (!value || alias === undefined || tree(members.alias)?.quote_style != null) return false
  const end = placeOf(value)?.end
  return end === undefined || (end.line === alias.start.line && end.column === alias.start.column)
}

function qualified([kind, options]: readonly unknown[], scope: Scope, env: Env): Columns {
  const parts = partsOf(as(kind, 'ObjectName'))?.map((part) => part.value)
  if (!parts || parts.length > 2 || stranger(tree(options) ?? {}, 'wildcard_token') !== undefined)
    return { columns: [], open: strangeStar(env) }
  const items: readonly Item[] = itemsNamed(scope, parts.at(-1) ?? '', parts.at(-2))
  if (items.length === 0) {
    const why = `\`${parts.join('.')}\` is not in FROM`
    opaque(env, why)
    return { columns: [], open: why }
  }
  const open = items.find((item) => item.open !== undefined)?.open
  const columns = items.flatMap((item) => item.columns)
  return open === undefined ? { columns } : { columns, open }
}

/** An expression without an alias is named by its text, which is not known here unless it is this plain. */
function figureName(expression: unknown): string {
  const found = variant(expression)
  if (found?.type === 'Identifier') {
    const name = nameOf(found.node)
    return name === undefined || /^[@\d]/.test(name.value) ? UNNAMED : name.value
  }
  if (found?.type === 'CompoundIdentifier') {
    const parts = list(found.node)
    const first = text(tree(parts[0])?.value) ?? '@'
    return first.startsWith('@') ? UNNAMED : (nameOf(parts.at(-1), 'dotted')?.value ?? UNNAMED)
  }
  return UNNAMED
}
