/** A name in an expression: a column, a user variable, a setting, or a word that stands for a value. */
import { CONSTANT, constantOf, unprovable, type Value } from '../../lineage/value.js'
import { VALUE_WORDS } from '../reserved-words.js'
import { type Clause, type Env, missing, opaque, type Scope } from './analysis.js'
import { TYPE } from './known-types.js'
import { type Name, nameOf } from './names.js'
import { findColumn, findQualified } from './scope.js'
import { stranger, text, tree } from './tree.js'

/** What MySQL calls its clauses, and MariaDB as of 10.11.19. */
const CLAUSES: Readonly<Record<Clause, readonly [mysql: string, mariadb: string]>> = {
  select: ['field list', 'SELECT'],
  where: ['where clause', 'WHERE'],
  on: ['on clause', 'ON'],
  group: ['group statement', 'GROUP BY'],
  having: ['having clause', 'HAVING'],
  order: ['order clause', 'ORDER BY'],
  insert: ['field list', 'INSERT INTO'],
  values: ['field list', 'VALUES'],
  set: ['field list', 'SET'],
  update: ['field list', 'UPDATE'],
}

function clauseOf({ clause = 'select', analysis }: Env): string {
  const [mysql, mariadb] = CLAUSES[clause]
  return analysis.catalog.catalog.flavour === 'mysql' ? mysql : mariadb
}

/** ER_BAD_FIELD_ERROR. `name`: as written; `column`: its last part. */
export function missingColumn(name: string, column: string, env: Env): Value {
  env.analysis.unknownName(name)
  const why = `column \`${name}\` is not in the catalog`
  opaque(env, why)
  const message = `Unknown column '${name}' in '${clauseOf(env)}'`
  missing(env, { code: '1054', message, why, column })
  return unprovable(why)
}

/** Words that the parser shows as names although the server has a value there. */
const CONSTANT_WORDS: ReadonlySet<string> = new Set(
  [...VALUE_WORDS, 'current_role'].filter((word) => /^(current|local|utc)/.test(word)),
)

export function readIdentifier(node: unknown, scope: Scope, env: Env): Value {
  const found = tree(node)
  const word = text(found?.value) ?? ''
  if (found && found.quote_style == null && stranger(found, 'value') === undefined) {
    if (word.startsWith('@@')) return CONSTANT
    if (word.startsWith('@')) return unprovable(`what user variable \`${word}\` holds is not known`)
    const folded = word.toLowerCase()
    if (CONSTANT_WORDS.has(folded) && findColumn(scope, word) === undefined) return constantOf(TYPE.string)
    // INSERT, UPDATE: the column's own default; true anywhere else only in DEFAULT(column).
    if (folded === 'default') return CONSTANT
    if (/^0b[01]+$/.test(word)) return CONSTANT
  }
  const name = nameOf(node)
  if (!name) {
    const why = `\`${word}\` is no name where it stands`
    opaque(env, why)
    return unprovable(why)
  }
  return findColumn(scope, name.value) ?? missingColumn(name.value, name.value, env)
}

/** `column`, `table.column`, `database.table.column`. */
export function readCompound(parts: readonly Name[], scope: Scope, env: Env): Value {
  const names = parts.map((part) => part.value)
  const name = names.at(-1) ?? ''
  if (names.length === 1) return findColumn(scope, name) ?? missingColumn(name, name, env)
  if (names.length > 3) return missingColumn(names.join('.'), name, env)
  return (
    findQualified(scope, names.at(-2) ?? '', name, names.at(-3)) ?? missingColumn(names.join('.'), name, env)
  )
}
