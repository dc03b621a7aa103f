/** A relation of the catalog as an item of FROM: its columns, and what stands behind them (R4). */

import type { Verb } from '@gatehouse/core'
import { type Mention, mention } from '../../lineage/mention.js'
import { type Item, single } from '../../lineage/scope.js'
import { through } from '../../lineage/through.js'
import { type Column, compute, copied, lazy, type Value } from '../../lineage/value.js'
import type { MysqlColumn, MysqlRelation } from '../catalog.js'
import { fold } from '../catalog-index.js'
import type { Env } from './analysis.js'
import { readOutput } from './expression.js'
import { typeOfColumn } from './known-types.js'
import { isSystemSchema, resourceOf } from './names.js'
import { expandView } from './view.js'
import { viewsOver } from './views-over.js'

export interface Reading {
  readonly relation: MysqlRelation
  readonly item: Item
  readonly mention: Mention
  /** Every mention that reading it makes: itself and a view's bases. */
  readonly mentions: readonly Mention[]
}

const readings = new WeakMap<Item, Reading>()

/** Keeps what an item of FROM was made of, for statements that write to it. */
export function remember(item: Item, reading: Reading): void {
  readings.set(item, reading)
}

export function readingOf(item: Item): Reading | undefined {
  return readings.get(item)
}

export function mentionRelation(
  relation: MysqlRelation,
  env: Env,
  verb: Verb,
  derived: boolean = env.derived,
): Mention {
  const { command, ledger, analysis } = env
  const found = mention(ledger, { verb, resource: resourceOf(relation), command, derived })
  found.through = () => viewsOver(relation, analysis.catalog.catalog)
  return found
}

/** Reads a relation under an alias. */
export function readRelation(relation: MysqlRelation, env: Env, alias: string | undefined): Reading {
  const own = mentionRelation(relation, env, 'read')
  const before = env.ledger.mentions.length
  const view = relation.kind === 'view' && !isSystemSchema(relation.schema)
  const body = view ? expandView(relation, env) : undefined
  const bases = env.ledger.mentions.slice(before)

  function columnValue(column: MysqlColumn, position: number): Value {
    const type = typeOfColumn(column.type)
    const leaf = { mention: own, column: column.name, classes: column.classes, cell: {} }
    let value = copied([view ? { ...leaf, shown: true } : leaf], type)
    if (view) {
      const inner = body?.[position]?.value
      value = through(value, inner, relation.name, env)
      if (inner?.shared) value = { ...value, shared: true }
    }
    return expressionOf(column) === undefined ? value : made(value, column, { relation, env, open: [column] })
  }

  const columns = relation.columns.map((column, position) =>
    lazy(column.name, () => columnValue(column, position)),
  )
  const invisible = new Set(
    relation.columns.filter((column) => column.invisible).map(({ name }) => fold(name)),
  )
  const item: Item = {
    name: alias ?? relation.name,
    schema: relation.schema,
    columns: columns.filter((column) => !invisible.has(fold(column.name))),
    ...(view ? {} : { relation: true }),
    ...(invisible.size === 0
      ? {}
      : {
          system: (name) =>
            invisible.has(fold(name))
              ? columns.find((column) => fold(column.name) === fold(name))?.value
              : undefined,
        }),
  }
  const reading = { relation, item, mention: own, mentions: [own, ...bases] }
  remember(item, reading)
  return reading
}

/** What a column's values are made by: always, or where none is given. */
const expressionOf = ({ generated, copies }: MysqlColumn) => generated ?? copies

interface Making {
  readonly relation: MysqlRelation
  readonly env: Env
  /** Columns whose expressions are being read, from the one that was asked for. */
  readonly open: readonly MysqlColumn[]
}

/** A column that is made from others shows what its expression reads, and what theirs do. */
function made(value: Value, column: MysqlColumn, { relation, env, open }: Making): Value {
  const { analysis } = env
  const expression = analysis.catalog.generatedExpression(expressionOf(column) ?? '', analysis.parse)
  const why = `the expression of column \`${column.name}\` cannot be read`
  if (expression === undefined) return { ...value, how: 'computed', unprovable: why }
  const base = mentionRelation(relation, env, 'read', true)
  const columns: readonly Column[] = relation.columns
    .filter((each) => !open.includes(each))
    .map((each) =>
      lazy(each.name, () => {
        const leaf = { mention: base, column: each.name, classes: each.classes }
        const own = copied([leaf], typeOfColumn(each.type))
        return expressionOf(each) === undefined
          ? own
          : made(own, each, { relation, env, open: [...open, each] })
      }),
    )
  const quiet: Env = {
    ...env,
    analysis: { ...analysis, database: relation.schema, literalMattered: () => {} },
    derived: true,
    stored: true,
    steering: undefined,
    top: false,
  }
  const inner = readOutput(
    expression,
    { ...single({ name: relation.name, schema: relation.schema, columns }), outer: undefined },
    quiet,
  )
  return {
    ...compute([value, inner]),
    ...(value.type === undefined ? {} : { type: value.type }),
    same: value.same,
  }
}
