/** `gatehouse audit tail`: what the spool holds, one line per record. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { readSpool, recordLine, type TailedRecord } from '@gatehouse/audit'
import { readConfiguration } from '../configuration/read-configuration.js'
import { EXIT, type ExitCode } from '../terminal.js'
import { spoolFolders } from '../workers/station.js'
import type { Context } from './context.js'
import { sayFaults } from './read-all.js'

export interface AuditTailOptions {
  readonly config: string
  /** Instead of the configuration's. */
  readonly spool?: string
  readonly lines: number
  readonly follow: boolean
  readonly json: boolean
}

/** One folder of possibly several; each has its own sequence. */
interface Tailed extends TailedRecord {
  readonly folder: string
}

export async function auditTail(options: AuditTailOptions, context: Context): Promise<ExitCode> {
  const { terminal } = context
  const found = options.spool === undefined ? spoolsOf(options.config, context) : [options.spool]
  if (found === undefined) return EXIT.usage
  const folders = found.filter((folder) => existsSync(folder))
  if (folders.length === 0) {
    terminal.err(`gatehouse: there is no spool at \`${found[0]}\``)
    return EXIT.failed
  }
  const width = Math.max(...folders.map((folder) => basename(folder).length))
  const show = ({ folder, json, record }: Tailed) => {
    const from = folders.length > 1 ? `${basename(folder).padEnd(width)} ` : ''
    terminal.out(options.json ? json : `${from}${recordLine(record)}`)
  }
  const last: Tailed[] = []
  const next = new Map<string, number>()
  for (const folder of folders) {
    const own: Tailed[] = []
    for await (const record of readSpool(folder)) {
      own.push({ ...record, folder })
      if (own.length > options.lines) own.shift()
      next.set(folder, record.sequence + 1)
    }
    last.push(...own)
  }
  // Within a folder the order stays what it is: the sort is stable, and a chain's times do not go back.
  last.sort((a, b) => timeOf(a) - timeOf(b))
  last.slice(Math.max(0, last.length - options.lines)).forEach(show)
  if (!options.follow) return EXIT.done
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
  const { signal } = stop
  const follow = async (folder: string) => {
    const from = next.get(folder) ?? 0
    for await (const record of readSpool(folder, { follow: true, from, signal })) show({ ...record, folder })
  }
  await Promise.all(folders.map(follow))
  return EXIT.done
}

function timeOf({ record }: TailedRecord): number {
  return Number((record as { readonly time?: number }).time ?? 0)
}

/** Those of all workers; where there is none yet, the one that there would be. */
function spoolsOf(config: string, context: Context): readonly string[] | undefined {
  const read = readConfiguration(config, { env: context.env, secrets: false })
  if (read.kind === 'configuration') {
    const { dataDir } = read.configuration
    const found = existsSync(dataDir) ? spoolFolders(dataDir) : []
    return found.length > 0 ? found : [join(dataDir, 'spool')]
  }
  sayFaults(context, read.faults)
  return undefined
}
