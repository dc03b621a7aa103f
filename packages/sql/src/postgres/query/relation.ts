/** A relation of the catalog as an item of FROM: its columns, and what stands behind them (R4). */

import type { Verb } from '@gatehouse/core'
import type { CatalogColumn, CatalogRelation } from '../../catalog.js'
import { type Mention, mention } from '../../lineage/mention.js'
import { type Item, single, within } from '../../lineage/scope.js'
import { through } from '../../lineage/through.js'
import { type Column, composite, compute, copied, type Leaf, lazy, type Value } from '../../lineage/value.js'
import { attributesOf } from '../attributes.js'
import { TYPE } from '../functions/builtin-types.js'
import { type SessionColumn, UNKNOWN_TYPE } from '../session/session-relation.js'
import { definedAnalysis, type Env } from './analysis.js'
import { readOutput } from './expression.js'
import { isSystemSchema, resourceOf } from './names.js'
import { readPolicies } from './stored-expressions.js'
import { expandView } from './view.js'
import { viewsOver } from './views-over.js'

const SYSTEM_COLUMNS: ReadonlyMap<string, number> = new Map([
  ['ctid', TYPE.tid],
  ['xmin', TYPE.xid],
  ['cmin', TYPE.cid],
  ['xmax', TYPE.xid],
  ['cmax', TYPE.cid],
  ['tableoid', TYPE.oid],
])

/** Composite types nest no deeper than this in anything real; beyond it a column is one value. */
const NESTING = 8

export interface Reading {
  readonly item: Item
  readonly mention: Mention
  /** Every mention that reading it makes: itself, partitions, parents, a view's bases. */
  readonly mentions: readonly Mention[]
}

/** Mentions a relation and everything of its family, as one verb does. */
export function mentionFamily(
  relation: CatalogRelation,
  env: Env,
  verb: Verb,
  only: boolean,
): readonly Mention[] {
  const { catalog } = env.analysis
  const kin = isSystemSchema(relation.schema)
    ? []
    : [...(only ? [] : catalog.descendants(relation)), ...catalog.ancestors(relation)]
  return [relation, ...kin].map((each, position) => {
    const found = mention(env.ledger, {
      verb,
      resource: resourceOf(env.analysis, each),
      command: env.command,
      // What a routine's body writes, whoever calls it must be permitted; what it reads, not (R4).
      derived: (verb === 'read' && env.derived) || position > 0,
    })
    found.through = () => viewsOver(each, catalog.catalog)
    return found
  })
}

/** Reads a relation under an alias; `only` leaves its children out. */
export function readRelation(
  relation: CatalogRelation,
  env: Env,
  alias: string | undefined,
  only = false,
): Reading {
  const { catalog } = env.analysis
  const family = mentionFamily(relation, env, 'read', only)
  const relations = [
    relation,
    ...(only || family.length === 1 ? [] : catalog.descendants(relation)),
    ...(family.length === 1 ? [] : catalog.ancestors(relation)),
  ]
  const own = family[0] as Mention
  readPolicies(relation, 'read', env)
  const before = env.ledger.mentions.length
  const view =
    (relation.kind === 'view' || relation.kind === 'materialized') && !isSystemSchema(relation.schema)
  const body = view ? expandView(relation, env) : undefined
  const bases = env.ledger.mentions.slice(before)
  const rowType = catalog.types(relation.name).find((type) => type.relation === relation.oid)?.oid

  function columnValue(column: CatalogColumn, position: number): Value {
    const leaves: Leaf[] = []
    const inside: SessionColumn[] = []
    const given = new Map<Leaf, readonly string[]>()
    const cell = { cell: {}, ...(view ? { shown: true } : {}) }
    relations.forEach((each, at) => {
      const found = family[at]
      const same = each === relation ? column : each.columns.find(({ name }) => name === column.name)
      if (found && same) {
        const leaf = { ...leafOf(found, same, env), ...cell }
        leaves.push(leaf)
        inside.push(same)
        given.set(leaf, same.classes)
      }
    })
    let value = withStored(copied(leaves, column.type), inside, env)
    if (view) value = through(value, body?.[position]?.value, relation.name, env)
    if (column.generated !== undefined) value = generated(value, column, relation, env)
    return withRow(value, column, leaves, env, given, 0)
  }

  const columns = relation.columns.map((column, position) =>
    lazy(column.name, () => columnValue(column, position)),
  )
  const item: Item = {
    name: alias ?? relation.name,
    ...(alias === undefined ? { schema: relation.schema } : {}),
    columns,
    ...(rowType === undefined ? {} : { rowType }),
    ...(view ? {} : { relation: true }),
    system: (name) => {
      const type = relation.kind === 'view' ? undefined : SYSTEM_COLUMNS.get(name)
      if (type === undefined) return undefined
      const value = copied([{ mention: own, column: name, classes: [] }], type)
      const keys = name === 'tableoid' ? partitionKeys(relation, env) : []
      return keys.length === 0 ? value : compute([value, ...keys.map((key) => columnValue(key, 0))], type)
    },
  }
  return { item, mention: own, mentions: [...family, ...bases] }
}

/** The columns whose values say in which partition a row lies. */
function partitionKeys(relation: CatalogRelation, env: Env): readonly CatalogColumn[] {
  const names = new Set(
    [relation, ...env.analysis.catalog.descendants(relation)]
      .flatMap(({ columns, partitionKey = [] }) =>
        // Which columns an expression reads is not asked.
        columns.filter(({ number }) => partitionKey.includes(number) || partitionKey.includes(0)),
      )
      .map(({ name }) => name),
  )
  return relation.columns.filter(({ name }) => names.has(name))
}

/** What the session stored into its own columns shows in them (R19). */
function withStored(value: Value, columns: readonly SessionColumn[], env: Env): Value {
  const stored = columns.filter((each) => each.sources !== undefined || each.unprovable !== undefined)
  const { type, ...rest } = value
  const known = type === UNKNOWN_TYPE ? { ...rest, foreign: true } : value
  if (stored.length === 0) return known
  const leaves = stored.flatMap(({ sources = [] }) =>
    sources.map(({ path, field, classes }): Leaf => {
      const system = isSystemSchema(path.at(-2) ?? '')
      const resource = { kind: 'relation' as const, path, system }
      const from = mention(env.ledger, { verb: 'read', resource, command: env.command, derived: true })
      const spelled = field.includes(':') && value.type !== TYPE.json && value.type !== TYPE.jsonb
      return { mention: from, column: field, classes, ...(spelled ? { spelled } : {}) }
    }),
  )
  const why = stored.find(({ unprovable }) => unprovable !== undefined)?.unprovable
  const computed = why !== undefined || stored.some((each) => each.computed === true)
  return {
    ...known,
    how: computed ? 'computed' : value.how,
    leaves: new Set([...value.leaves, ...leaves]),
    mixed: true,
    ...(why === undefined ? {} : { unprovable: why }),
  }
}

/** A composite's own column can hold what its attributes are called: their classes count. */
function leafOf(found: Mention, column: CatalogColumn, env: Env): Leaf {
  return { mention: found, column: column.name, classes: classesOf(column, env, 0) }
}

function classesOf(column: CatalogColumn, env: Env, depth: number): readonly string[] {
  const inner = depth > NESTING ? [] : attributesOf(column.type, env.analysis.catalog)
  if (inner.length === 0) return column.classes
  return [...new Set([...column.classes, ...inner.flatMap((each) => classesOf(each, env, depth + 1))])]
}

/** Gives a composite column's value its attributes, as paths inside the column; `outer`: each leaf's classes from around it. */
function withRow(
  value: Value,
  column: CatalogColumn,
  leaves: readonly Leaf[],
  env: Env,
  outer: ReadonlyMap<Leaf, readonly string[]>,
  depth: number,
): Value {
  const attributes = depth > NESTING ? [] : attributesOf(column.type, env.analysis.catalog)
  if (attributes.length === 0) return value
  const row = attributes.map(
    (attribute): Column =>
      lazy(attribute.name, () => {
        const around = new Map<Leaf, readonly string[]>()
        const inner = leaves.map((leaf): Leaf => {
          const given = [...(outer.get(leaf) ?? []), ...column.classes]
          const found: Leaf = {
            mention: leaf.mention,
            column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${attribute.name}`,
            classes: [...new Set([...given, ...classesOf(attribute, env, 0)])],
          }
          around.set(found, given)
          return found
        })
        const others = [...value.leaves].filter((leaf) => !leaves.includes(leaf))
        const own = copied(inner, attribute.type)
        const whole = { ...own, how: value.how, leaves: new Set([...inner, ...others]) }
        return withRow(whole, attribute, inner, env, around, depth + 1)
      }),
  )
  return { ...value, row }
}

/** A generated column shows what its expression reads. */
function generated(value: Value, column: CatalogColumn, relation: CatalogRelation, env: Env): Value {
  const expression = env.analysis.catalog.generatedExpression(column.generated ?? '')
  const why = `the expression of generated column \`${column.name}\` cannot be read`
  if (expression === undefined) return { ...value, how: 'computed', unprovable: why }
  const base = mention(env.ledger, {
    verb: 'read',
    resource: resourceOf(env.analysis, relation),
    command: env.command,
    derived: true,
  })
  const columns = relation.columns
    .filter((each) => each !== column)
    .map((each) => ({
      name: each.name,
      value: withStored(copied([leafOf(base, each, env)], each.type), [each], env),
    }))
  const quiet: Env = {
    ...env,
    analysis: definedAnalysis(env.analysis),
    derived: true,
    stored: true,
    top: false,
  }
  const inner = readOutput(expression, within(single({ name: relation.name, columns }), undefined), quiet)
  const all = compute([value, inner])
  return { ...all, type: column.type, same: value.same }
}

/** The row type's columns as a composite of nothing: `null::customers`. */
export function rowOfType(relation: CatalogRelation, env: Env): readonly Column[] {
  return relation.columns.map((column) => {
    const value: Value = { how: 'constant', leaves: new Set(), same: new Set(), type: column.type }
    return {
      name: column.name,
      value: attributesOf(column.type, env.analysis.catalog).length > 0 ? composite([], column.type) : value,
    }
  })
}
