/** The small shop that tests of MySQL's resolver read against; classes and all. */
import type { Action, Output } from '@gatehouse/core'
import { init, parse } from '@guanmingchiu/sqlparser-ts'
import type { ReviewedRoutine } from '../../catalog.js'
import type { MysqlCatalog, MysqlFlavour, MysqlForeignKey, MysqlRelation, MysqlRoutine } from '../catalog.js'
import { createMysqlCatalogIndex, hashRoutine, type MysqlCatalogIndex } from '../catalog-index.js'
import type { MysqlAnalysis, QueryReading } from './analysis.js'

export const loadParser = () => init()

export function parseOne(text: string): unknown {
  const statements = parse(text, 'mysql') as readonly unknown[]
  return statements.length === 1 ? statements[0] : undefined
}

type Shape = Partial<Pick<MysqlRelation, 'kind' | 'definition' | 'triggers' | 'foreignKeys'>>

/** `columns`: `name:type`, `!class` behind it, `~` for an invisible one and `=expression` for a generated one. */
export function relation(name: string, columns: string, shape: Shape = {}): MysqlRelation {
  const [schema = '', own = ''] = name.split('.')
  return {
    schema,
    name: own,
    kind: 'table',
    triggers: false,
    foreignKeys: [],
    ...shape,
    columns: columns.split(' ').map((text, position) => {
      const [, column = '', type = '', classes = '', hidden, generated] =
        /^(\w+):([\w()]+)((?:!\w+)*)(~)?(?:=(.+))?$/.exec(text) ?? []
      return {
        name: column,
        number: position + 1,
        type,
        classes: classes.split('!').filter((each) => each !== ''),
        nullable: true,
        invisible: hidden !== undefined,
        ...(generated === undefined ? {} : { generated }),
      }
    }),
  }
}

const toCustomers: MysqlForeignKey = {
  columns: ['customer_id'],
  schema: 'shop',
  relation: 'customers',
  references: ['id'],
  cascades: true,
}

export const RELATIONS: readonly MysqlRelation[] = [
  relation('shop.secret', 'id:int(11) pw:varchar(40)!secret'),
  relation(
    'shop.customers',
    'id:int(11) name:varchar(40) email:varchar(80)!email ssn:varchar(11)!ssn birth:date!birth profile:json salary:decimal(10)!pay',
  ),
  relation(
    'shop.orders',
    'id:int(11) customer_id:int(11) note:text total:decimal(10) loud:text=upper(`note`)',
    {
      foreignKeys: [toCustomers],
    },
  ),
  relation('shop.items', 'id:int(11) order_id:int(11) sku:varchar(10) hidden:varchar(10)!secret~'),
  relation('shop.logged', 'id:int(11) body:text', { triggers: true }),
  relation('shop.moods', 'id:int(11) mood:enum'),
  relation('shop.ticket', 'next_not_cached_value:bigint(21) minimum_value:bigint(21)', { kind: 'sequence' }),
  relation('shop.people', 'id:int(11) who:varchar(40) hidden:varchar(11)', {
    kind: 'view',
    definition:
      'select `shop`.`customers`.`id` AS `id`,`shop`.`customers`.`name` AS `who`,lcase(`shop`.`customers`.`ssn`) AS `hidden` from `shop`.`customers` where (`shop`.`customers`.`email` is not null)',
  }),
  relation('shop.deep', 'who:varchar(40) n:bigint(21)', {
    kind: 'view',
    definition:
      'select `p`.`who` AS `who`,count(`o`.`id`) AS `n` from (`shop`.`people` `p` join `shop`.`orders` `o` on((`o`.`customer_id` = `p`.`id`))) group by `p`.`who`',
  }),
  relation('shop.lost', 'a:int(11)', { kind: 'view' }),
  relation('shop.knot', 'a:int(11)', {
    kind: 'view',
    definition: 'select `shop`.`knot`.`a` AS `a` from `shop`.`knot`',
  }),
  relation('other.secret', 'id:int(11) pw:varchar(40)!secret'),
  relation('information_schema.TABLES', 'TABLE_SCHEMA:varchar(64) TABLE_NAME:varchar(64)', {
    kind: 'system',
  }),
  relation('mysql.user', 'Host:char(60) User:char(80)', { kind: 'system' }),
]

function routine(name: string, kind: MysqlRoutine['kind'], body: string): MysqlRoutine {
  const [schema = '', own = ''] = name.split('.')
  return { schema, name: own, kind, body, parameters: 1 }
}

export const REVIEWED: readonly ReviewedRoutine[] = [
  { name: 'shop.reviewed', body: hashRoutine('return 1'), verbs: ['read'], clean: true },
  { name: 'shop.noisy', body: hashRoutine('return 2'), verbs: ['update'], clean: false },
]

export function shopCatalog(
  flavour: MysqlFlavour = 'mysql',
  relations: readonly MysqlRelation[] = RELATIONS,
): MysqlCatalog {
  return {
    engine: 'mysql',
    flavour,
    version: flavour === 'mysql' ? [8, 4, 0] : [10, 11, 19],
    serverVersion: flavour === 'mysql' ? '8.4.0' : '10.11.19-MariaDB',
    lowerCaseTableNames: 0,
    epoch: 1,
    schemas: [...new Set(relations.map(({ schema }) => schema))],
    relations,
    routines: [
      routine('shop.leak', 'function', 'return (select pw from secret limit 1)'),
      routine('shop.reviewed', 'function', 'return 1'),
      routine('shop.noisy', 'function', 'return 2'),
      routine('other.count', 'function', 'return 3'),
    ],
    loadable: ['sys_exec'],
  }
}

export function shopIndex(catalog: MysqlCatalog = shopCatalog()): MysqlCatalogIndex {
  return createMysqlCatalogIndex(catalog, REVIEWED)
}

export interface Noted {
  literals: number
  readonly unknown: string[]
}

export function analysisOf(
  index: MysqlCatalogIndex,
  given: Partial<MysqlAnalysis> = {},
): MysqlAnalysis & { noted: Noted } {
  const noted: Noted = { literals: 0, unknown: [] }
  return {
    catalog: index,
    database: 'shop',
    overlay: new Set(),
    account: 'gatehouse',
    literalMattered: () => {
      noted.literals++
    },
    unknownName: (name) => {
      noted.unknown.push(name)
    },
    parse: parseOne,
    noted,
    ...given,
  }
}

/** One line per action: `~` derived, `*` unfiltered; fields with their uses. */
export function drawActions(actions: readonly Action[]): readonly string[] {
  return actions.map((action) => {
    const fields =
      action.fields === 'unknown'
        ? ' ?'
        : action.fields.map((field) => ` ${field.name}[${field.uses.join(' ')}]`).join('')
    const certainty = action.certainty === 'exact' ? '' : ` ${action.certainty}`
    const path = action.resource.path.join('.').replace(/^shop\./, '')
    return `${action.derived ? '~' : ''}${action.verb} ${path}${fields}${certainty}${action.unfiltered ? ' *' : ''}`
  })
}

/** `name=source,source`: `!` unprovable, `()` around what is computed, `#` before what is counted. */
export function drawOutputs(outputs: readonly Output[] | 'unknown'): string {
  if (outputs === 'unknown') return 'unknown'
  return outputs
    .map((output) => {
      const sources = output.sources
        .map((source) => `${source.resource.replace(/^shop\./, '')}.${source.field}`)
        .join(',')
      const drawn =
        output.how === 'counted' ? `#${sources}` : output.how === 'computed' ? `(${sources})` : sources
      return `${output.name}=${drawn}${output.unprovable === undefined ? '' : '!'}`
    })
    .join(' ')
}

/** Actions, then after `=` the outputs, COLLECTS, L for a literal that mattered, U for names not found, @ for variables. */
export function drawReading(reading: QueryReading, noted: Noted): readonly string[] {
  const { literals, unknown } = noted
  const marks = [
    reading.collects ? ' COLLECTS' : '',
    literals > 0 ? ' L' : '',
    unknown.length > 0 ? ` U${unknown.join(',')}` : '',
    reading.variables.length > 0 ? ` @${reading.variables.join(',')}` : '',
  ]
  return [...drawActions(reading.actions), `= ${drawOutputs(reading.outputs)}${marks.join('')}`]
}
