/** What a relation itself runs when it is read or written: defaults, generated columns, checks, policies (R3, R4). */
import type { Verb } from '@gatehouse/core'
import type { CatalogColumn, CatalogPolicy, CatalogRelation } from '../../catalog.js'
import { createLedger, type Ledger, type Mention, mention, use } from '../../lineage/mention.js'
import { EMPTY, type Namespace, single, within } from '../../lineage/scope.js'
import { copied, type Value } from '../../lineage/value.js'
import { definedAnalysis, type Env, opaque } from './analysis.js'
import { checkDomain } from './domain.js'
import { readValue } from './expression.js'
import { isSystemSchema, resourceOf } from './names.js'
import { isOwnersAlone } from './owned-definition.js'
import { conjuncts } from './predicate.js'

/** Reads an expression of the relation's owner; what is asked of the row that it stands for is no use of the session's. */
function readOwn(
  text: string,
  what: string,
  relation: CatalogRelation,
  row: Namespace,
  env: Env,
): Value | undefined {
  const expression = env.analysis.catalog.generatedExpression(text)
  if (expression === undefined) {
    opaque(env, `${what} cannot be read`)
    return undefined
  }
  const owned = isOwnersAlone(relation, expression)
  return readValue(expression, within(row, undefined), { ...env, owned })
}

function ownMention(relation: CatalogRelation, env: Env): Omit<Mention, 'fields'> {
  const resource = resourceOf(env.analysis, relation)
  return { verb: 'read', resource, command: env.command, derived: true, bounded: true }
}

/** The relation's columns, each use of which the mention takes down. */
function rowOf(relation: CatalogRelation, own: Mention): Namespace {
  const columns = relation.columns.map(({ name, type, classes }) => ({
    name,
    value: copied([{ mention: own, column: name, classes }], type),
  }))
  return single({ name: relation.name, columns })
}

/** Runs `read` on a ledger of its own and takes over what is more than the relation's own business. */
function apart(relation: CatalogRelation, env: Env, read: (inner: Env, row: Namespace) => void): void {
  if (env.stored) return
  if (env.ledger.budget <= 0 || env.depth > DEEPEST) {
    opaque(env, `what \`${relation.name}\` runs by itself nests too deeply`)
    return
  }
  const ledger: Ledger = { ...createLedger(), budget: env.ledger.budget - 1 }
  const own = rowOf(relation, { ...ownMention(relation, env), fields: new Map() })
  read(
    {
      ...env,
      ledger,
      analysis: definedAnalysis(env.analysis),
      derived: true,
      ctes: undefined,
      outer: undefined,
      depth: env.depth + 1,
      top: false,
      owned: false,
      steering: undefined,
    },
    own,
  )
  env.ledger.budget = ledger.budget
  if (ledger.uncounted !== undefined) env.ledger.uncounted = ledger.uncounted
  env.ledger.mentions.push(...ledger.mentions)
  for (const name of ledger.functions) env.ledger.functions.add(name)
  for (const [key, action] of ledger.others) {
    // A sequence behind a column is part of the table.
    if (action.resource.kind === 'relation' && action.certainty === 'exact') continue
    const known = env.ledger.others.get(key)
    if (!known)
      env.ledger.others.set(key, action.certainty === 'opaque' ? action : { ...action, derived: true })
  }
}

const DEEPEST = 32

/** Policies whose expressions run with a statement of this verb. */
function policiesOf(relation: CatalogRelation, verb: Verb, env: Env): readonly CatalogPolicy[] {
  if (isSystemSchema(relation.schema)) return []
  const { rowSecurity, policies = [], owner } = relation
  // Its owner is not bound by it, unless it is forced.
  const free = rowSecurity === 'enabled' && owner !== undefined && owner === env.analysis.account
  if (rowSecurity === undefined || free) return []
  return policies.filter(({ command }) => command === 'all' || command === verb || command === 'select')
}

/** Reading a relation runs the policies that choose its rows. */
export function readPolicies(relation: CatalogRelation, verb: Verb, env: Env): void {
  const policies = policiesOf(relation, verb, env)
  if (policies.length === 0) return
  apart(relation, env, (inner, row) => {
    for (const { using, check } of policies)
      for (const text of [using, verb === 'read' ? undefined : check])
        if (text !== undefined) readOwn(text, `a policy of \`${relation.name}\``, relation, row, inner)
  })
}

/** `asked`: the columns whose new values the session chooses; a conjunct that looks at others beside them compares both. */
function readCheck(
  text: string,
  relation: CatalogRelation,
  row: Namespace,
  asked: ReadonlySet<string>,
  env: Env,
): void {
  const expression = env.analysis.catalog.generatedExpression(text)
  if (expression === undefined) {
    opaque(env, `a check of \`${relation.name}\` cannot be read`)
    return
  }
  const inner = { ...env, owned: isOwnersAlone(relation, expression) }
  for (const each of conjuncts(expression)) {
    const value = readValue(each, within(row, undefined), inner)
    const names = [...value.leaves].map(({ column }) => column)
    if (!names.some((name) => asked.has(name)) || names.every((name) => asked.has(name))) continue
    const compared = rowOf(relation, mention(inner.ledger, ownMention(relation, inner)))
    use(inner, [readValue(each, within(compared, undefined), inner)], 'filter')
  }
}

const idle = new WeakMap<CatalogRelation, boolean>()

function runsAnything(relation: CatalogRelation, env: Env): boolean {
  const known = idle.get(relation)
  if (known !== undefined) return known
  const found =
    (relation.checks ?? []).length > 0 ||
    relation.columns.some(
      (column) =>
        column.default !== undefined ||
        column.generated !== undefined ||
        env.analysis.catalog.typeByOid(column.type)?.kind === 'domain',
    )
  idle.set(relation, found)
  return found
}

/** `written`: the columns that the statement stores into; `defaulted`: it may ask for the defaults of these as well. */
export function readOnWrite(
  relation: CatalogRelation,
  verb: Verb,
  written: readonly string[],
  defaulted: boolean,
  env: Env,
): void {
  if ((verb !== 'insert' && verb !== 'update') || !runsAnything(relation, env)) return
  const changed = (name: string) => written.includes(name)
  const fires = ({ name }: CatalogColumn) => (changed(name) ? defaulted : verb === 'insert')
  // Of a row that is there already, a check tells how what is written compares with what is not; a generated column follows.
  const asked: ReadonlySet<string> = new Set(
    verb === 'update'
      ? relation.columns.flatMap(({ name, generated }) =>
          changed(name) || generated !== undefined ? [name] : [],
        )
      : [],
  )
  const checked = relation.columns.filter(({ name }) => verb === 'insert' || changed(name))
  apart(relation, env, (inner, row) => {
    for (const column of relation.columns) {
      const value =
        column.default === undefined || !fires(column)
          ? undefined
          : readOwn(column.default, `the default of column \`${column.name}\``, relation, EMPTY, inner)
      if (value) use(inner, [value], 'flow')
      if (column.generated !== undefined)
        readOwn(
          column.generated,
          `the expression of generated column \`${column.name}\``,
          relation,
          row,
          inner,
        )
    }
    for (const column of checked) {
      const value = row.columns.find(({ name }) => name === column.name)?.value
      if (value) checkDomain({ ...value, leaves: new Set(), same: new Set() }, column.type, inner)
    }
    for (const text of relation.checks ?? []) readCheck(text, relation, row, asked, inner)
  })
}
