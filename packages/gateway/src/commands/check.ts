/** `gatehouse check`: every fault of configuration and policies, with file, line and column. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { printable } from '@gatehouse/audit'
import { GatehouseError } from '@gatehouse/core'
import { catalogsOf, readCatalogFile } from '../catalogs.js'
import { certificateNotes } from '../configuration/certificate-notes.js'
import { type Fault, faultLine, keyPath } from '../configuration/fault.js'
import type { ListenerSettings } from '../configuration/listener-keys.js'
import type { Configuration } from '../configuration/read-configuration.js'
import type { CatalogView } from '../engines/engine.js'
import { loadAdapter } from '../load-adapter.js'
import { closedListeners, idleRules } from '../policies/idle-rules.js'
import type { LoadedPolicies } from '../policies/load-policies.js'
import { type Unmatched, unmatchedPatterns, unmatchedResources } from '../policies/unmatched-patterns.js'
import { EXIT, type ExitCode, painter } from '../terminal.js'
import type { Context } from './context.js'
import { openListenerAdapter } from './open-listener-adapter.js'
import { readAll, sayFaults } from './read-all.js'

export interface CheckOptions {
  readonly config: string
  /** Don't ask the databases. */
  readonly offline: boolean
  /** Compare field patterns with this catalog instead. */
  readonly catalog?: string
  readonly json: boolean
}

export async function check(options: CheckOptions, context: Context): Promise<ExitCode> {
  const read = readAll(options.config, context)
  if (read.kind === 'faults') return report({ faults: read.faults, notes: [] }, options, context)
  const { configuration, policies } = read
  const asked =
    options.catalog !== undefined
      ? { catalogs: [await readCatalogFile(options.catalog)], faults: [], notes: [] }
      : options.offline
        ? { catalogs: [], faults: [], notes: [] }
        : await askDatabases(configuration, policies, context)
  const { documents } = policies
  const unmatched = unmatchedPatterns(documents, asked.catalogs).map((each) => ({
    ...each.place,
    message: `the field pattern ${ofOwner(each)} matches no field: ${expected(each, 'one that the database has')}`,
  }))
  const unreached = unmatchedResources(documents, asked.catalogs).map((each) => ({
    ...each.place,
    message: `the resource ${ofOwner(each)} is no relation: ${expected(each, 'one, or a routine or sequence')}`,
  }))
  const rules = policies.policy.documents.reduce((sum, document) => sum + document.rules.length, 0)
  const sum = `${configuration.listeners.length} listener(s), ${rules} rules, policy ${policies.policy.revision}`
  const notes = [
    ...configuration.warnings,
    ...certificateNotes(configuration, context.now()),
    ...closedListeners(configuration, documents),
    ...idleRules(configuration, documents, asked.catalogs).map(faultLine),
    ...asked.notes,
    ...unreached.map(faultLine),
  ]
  return report({ faults: [...asked.faults, ...unmatched], notes, sum }, options, context)
}

const ofOwner = ({ pattern, owner }: Unmatched) => `\`${pattern}\` of ${owner}`
const expected = ({ meant }: Unmatched, otherwise: string) =>
  `expected ${meant === undefined ? otherwise : `\`${meant}\`, which the database has`}`

interface Asked {
  readonly catalogs: readonly CatalogView[]
  readonly faults: readonly Fault[]
  readonly notes: readonly string[]
}

/** A database that cannot be reached is no fault of the configuration; what it says of its accounts is. */
async function askDatabases(
  configuration: Configuration,
  policies: LoadedPolicies,
  context: Context,
): Promise<Asked> {
  const catalogs: CatalogView[] = []
  const faults: Fault[] = []
  const notes: string[] = []
  for (const [index, settings] of configuration.listeners.entries()) {
    let adapter: OpenAdapter | undefined
    let path = ['listeners', index, 'protocol']
    try {
      await loadAdapter(settings.protocol)
      path = ['listeners', index, 'upstream']
      adapter = await openListenerAdapter(configuration, settings, policies, context)
      const found = await catalogsOf(adapter, settings.upstream.databases)
      catalogs.push(...found)
      notes.push(...missingDatabases(settings, found))
    } catch (fault) {
      if (!(fault instanceof GatehouseError)) throw fault
      if (fault.code === 'GH_CONFIGURATION')
        faults.push({
          file: configuration.file,
          ...configuration.placeOf(path),
          key: keyPath(path),
          message: fault.message,
        })
      else notes.push(`listener \`${settings.name}\` was not compared with its database: ${reason(fault)}`)
    } finally {
      await adapter?.close()
    }
  }
  return { catalogs, faults, notes }
}

/** Of servers that are read as a whole; of others a missing database is why they cannot be read. */
function missingDatabases({ name, upstream }: ListenerSettings, catalogs: readonly CatalogView[]): string[] {
  if (!catalogs.some(({ wholeServer }) => wholeServer)) return []
  const known = new Set(catalogs.flatMap(({ databases }) => databases.map((each) => each.toLowerCase())))
  return (upstream.databases ?? [])
    .filter((database) => !known.has(database.toLowerCase()))
    .map(
      (database) =>
        `listener \`${name}\`: there is no database \`${database}\`, or account \`${upstream.catalog.user ?? upstream.user}\` has no rights on it`,
    )
}

/** With the server's own words, which the fault's code alone would not give. */
function reason({ message, cause }: GatehouseError): string {
  const said = cause instanceof Error ? printable(cause.message) : ''
  return said === '' || message.includes(said) ? message : `${message} (${said})`
}

interface Found {
  readonly faults: readonly Fault[]
  readonly notes: readonly string[]
  readonly sum?: string
}

function report({ faults, notes, sum }: Found, { json }: CheckOptions, context: Context): ExitCode {
  const { terminal } = context
  const ok = faults.length === 0
  if (json) terminal.out(JSON.stringify({ ok, faults, notes }))
  else {
    const paint = painter(terminal)
    for (const note of notes) terminal.err(`${paint('note', 'yellow')}: ${note}`)
    sayFaults(context, faults)
    if (ok) terminal.out(`${paint('ok', 'green')}: ${sum ?? ''}`)
  }
  return ok ? EXIT.done : EXIT.no
}
