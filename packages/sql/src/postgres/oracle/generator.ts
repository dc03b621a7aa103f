/** Random statements over the relations of a catalog: the same ones for the same seed. */
import type { Catalog } from '../../catalog.js'
import { createDice, pick } from './dice.js'
import { makeExpression } from './expressions.js'
import { type Column, type Maker, NOWHERE, type Relation } from './grammar.js'
import { type Kind, quoted, TYPES } from './kinds.js'
import { makeQuery } from './queries.js'
import { SCHEMAS } from './scene.js'
import { makeSource } from './sources.js'
import { makeWrite } from './writes.js'

export interface Generator {
  query(): string
  write(): string
}

/** Kinds by pg_type's OID; the types that the scene makes by name. */
function kindOf(catalog: Catalog, oid: number): Kind {
  const own = catalog.types.find((type) => type.oid === oid)
  if (own)
    return TYPES.find(({ name }) => name === own.name)?.kind ?? (own.kind === 'composite' ? 'row' : 'other')
  return BUILTIN[oid] ?? 'other'
}

const BUILTIN: Readonly<Record<number, Kind>> = {
  16: 'bool',
  20: 'int',
  21: 'int',
  23: 'int',
  25: 'text',
  1043: 'text',
  1042: 'text',
  19: 'text',
  1700: 'num',
  701: 'num',
  1082: 'date',
  1184: 'date',
  114: 'json',
  3802: 'json',
  1009: 'texts',
  1007: 'ints',
}

function relations(catalog: Catalog, searchPath: readonly string[]): readonly Relation[] {
  const own = new Set<string>([...SCHEMAS, 'public'])
  return catalog.relations
    .filter(
      ({ schema, kind }) =>
        own.has(schema) && ['table', 'partitioned', 'view', 'materialized'].includes(kind),
    )
    .flatMap(({ schema, name, kind, columns }): Relation[] => {
      const table = kind === 'table' || kind === 'partitioned'
      const shape = {
        columns: columns.map(
          (each): Column => ({ text: quoted(each.name), kind: kindOf(catalog, each.type) }),
        ),
        table,
        locks: table,
      }
      const qualified = { text: `${quoted(schema)}.${quoted(name)}`, ...shape }
      const shadowed = searchPath
        .slice(0, searchPath.indexOf(schema))
        .some((before) => catalog.relations.some((each) => each.schema === before && each.name === name))
      return searchPath.includes(schema) && !shadowed
        ? [qualified, { text: quoted(name), ...shape }]
        : [qualified]
    })
}

export function createGenerator(catalog: Catalog, searchPath: readonly string[], seed: number): Generator {
  const dice = createDice(seed)
  let aliases = 0
  const maker: Maker = {
    dice,
    major: catalog.major,
    relations: relations(catalog, searchPath),
    alias: () => `${pick(dice, ['t', 'q', 'x'])}${aliases++}`,
    expression: (sight, kind, depth) => makeExpression(maker, sight, kind, depth),
    condition: (sight, depth) => makeExpression(maker, { ...sight, plain: true }, 'bool', depth),
    query: (sight, depth, width) => makeQuery(maker, sight, depth, width),
    source: (sight, depth) => makeSource(maker, sight, depth),
  }
  return {
    query: () => makeQuery(maker, NOWHERE, 3).text,
    write: () => makeWrite(maker),
  }
}
