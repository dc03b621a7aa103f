/** `gatehouse audit tail`: what the spool holds, one line per record. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { readSpool, recordLine, type TailedRecord } from '@gatehouse/audit'
import { readConfiguration } from '../configuration/read-configuration.js'
import { EXIT, type ExitCode } from '../terminal.js'
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

export async function auditTail(options: AuditTailOptions, context: Context): Promise<ExitCode> {
  const { terminal } = context
  const dir = options.spool ?? spoolOf(options.config, context)
  if (dir === undefined) return EXIT.usage
  if (!existsSync(dir)) {
    terminal.err(`gatehouse: there is no spool at \`${dir}\``)
    return EXIT.failed
  }
  const show = ({ json, record }: TailedRecord) => terminal.out(options.json ? json : recordLine(record))
  const last: TailedRecord[] = []
  let next = 0
  for await (const record of readSpool(dir)) {
    last.push(record)
    if (last.length > options.lines) last.shift()
    next = record.sequence + 1
  }
  last.forEach(show)
  if (!options.follow) return EXIT.done
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
  for await (const record of readSpool(dir, { follow: true, from: next, signal: stop.signal })) show(record)
  return EXIT.done
}

function spoolOf(config: string, context: Context): string | undefined {
  const read = readConfiguration(config, { env: context.env, secrets: false })
  if (read.kind === 'configuration') return join(read.configuration.dataDir, 'spool')
  sayFaults(context, read.faults)
  return undefined
}
