/** `gatehouse classes`: which columns hold what, which rule said so, and how sure it is. */
import { readFileSync } from 'node:fs'
import { printable } from '@gatehouse/audit'
import { GatehouseError } from '@gatehouse/core'
import {
  type Classification,
  classifyDocumented,
  classifyRelation,
  compileDocuments,
} from '@gatehouse/masking'
import { z } from 'zod'
import { catalogsOf, readCatalogFile } from '../catalogs.js'
import { reasonOf } from '../configuration/secret.js'
import type { CatalogView } from '../engines/engine.js'
import type { LoadedPolicies } from '../policies/load-policies.js'
import { EXIT, type ExitCode, painter } from '../terminal.js'
import type { Context } from './context.js'
import { chooseListener, openListenerAdapter } from './open-listener-adapter.js'
import { readAll, sayFaults } from './read-all.js'

export interface ClassesOptions {
  readonly config: string
  readonly listener?: string
  readonly columns?: string
  readonly catalog?: string
  readonly json: boolean
}

interface Line extends Classification {
  readonly app: string
  readonly table: string
}

const columnLine = z.object({
  app: z.string().default(''),
  table: z.string(),
  column: z.string(),
  type: z.string().default(''),
})

export async function classes(options: ClassesOptions, context: Context): Promise<ExitCode> {
  const { terminal } = context
  if (options.columns !== undefined) return print(fromColumns(options.columns), options, context)
  const read = readAll(options.config, context, options.catalog === undefined)
  if (read.kind === 'faults') {
    sayFaults(context, read.faults)
    return EXIT.usage
  }
  if (options.catalog !== undefined)
    return print(fromCatalog(await readCatalogFile(options.catalog), read.policies), options, context)
  const settings = chooseListener(read.configuration, options.listener)
  const adapter = await openListenerAdapter(read.configuration, settings, read.policies, context)
  try {
    const catalogs = await catalogsOf(adapter, settings.upstream.databases)
    return print(
      catalogs.flatMap((catalog) => fromCatalog(catalog, read.policies)),
      options,
      context,
    )
  } finally {
    await adapter.close()
    terminal.progress(undefined)
  }
}

/** Columns of one table are judged together, in the order they came. */
function fromColumns(path: string): Line[] {
  const rows = readLines(path)
  const tables = new Map<string, typeof rows>()
  for (const row of rows) {
    const key = JSON.stringify([row.app, row.table])
    const table = tables.get(key)
    if (table === undefined) tables.set(key, [row])
    else table.push(row)
  }
  const judged = new Map<(typeof rows)[number], Line>()
  for (const table of tables.values()) {
    const { app = '', table: relation = '' } = table[0] ?? {}
    const found = classifyRelation({
      app,
      schema: '',
      relation,
      columns: table.map(({ column, type }) => ({ name: column, type })),
    })
    for (const [index, row] of table.entries()) {
      const classification = found[index]
      if (classification !== undefined) judged.set(row, { app, table: relation, ...classification })
    }
  }
  return rows.flatMap((row) => judged.get(row) ?? [])
}

function readLines(path: string): z.output<typeof columnLine>[] {
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (cause) {
    throw new GatehouseError('GH_CONFIGURATION', `\`${path}\` cannot be read: ${reasonOf(cause)}`, { cause })
  }
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [columnLine.parse(JSON.parse(line))]
    } catch (cause) {
      const expected = 'expected a line of {"app", "table", "column", "type"}'
      throw new GatehouseError('GH_CONFIGURATION', `${path}:${index + 1}: ${expected}`, { cause })
    }
  })
}

/** The catalog's classes are what the gateway acts on; names and documents say why. */
function fromCatalog(catalog: CatalogView, { knowledge }: LoadedPolicies): Line[] {
  const document = compileDocuments(knowledge.classes)
  const tables = catalog.relations().filter(({ holdsRows }) => holdsRows)
  return tables.flatMap(({ database, schema, name, columns }) => {
    const why = new Map(
      classifyDocumented({ schema: schema ?? '', relation: name, columns }, database, document).map(
        (each) => [each.column, each],
      ),
    )
    return columns.map((column): Line => {
      const named = why.get(column.name)
      const given = named?.rule.startsWith('Classes ') ? named.classes : column.classes
      const same = JSON.stringify([...given].sort()) === JSON.stringify([...(named?.classes ?? [])].sort())
      const reason = same
        ? { rule: named?.rule ?? '', confidence: named?.confidence ?? 0 }
        : { rule: 'comment', confidence: 1 }
      return {
        app: database,
        table: schema === undefined ? name : `${schema}.${name}`,
        column: column.name,
        classes: given,
        ...reason,
      }
    })
  })
}

function print(lines: readonly Line[], { json }: ClassesOptions, { terminal }: Context): ExitCode {
  if (json) {
    for (const { app, table, column, classes: found, rule, confidence } of lines)
      terminal.out(JSON.stringify({ app, table, column, classes: found, rule, confidence }))
    return EXIT.done
  }
  const paint = painter(terminal)
  const width = Math.max(0, ...lines.map(({ table, column }) => table.length + column.length + 1))
  for (const { table, column, classes: found, rule, confidence } of lines) {
    const name = printable(`${table}.${column}`).padEnd(width)
    const why = rule === '' ? '' : `${rule} ${Math.round(confidence * 100)} %`
    terminal.out(
      `${name}  ${found.length === 0 ? paint('-', 'dim') : found.join(', ')}${why === '' ? '' : `  ${paint(`(${why})`, 'dim')}`}`,
    )
  }
  return EXIT.done
}
