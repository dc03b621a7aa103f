/** `gatehouse check`: every fault of configuration and policies, with file, line and column. */
import { EXIT, type ExitCode, painter } from '../terminal.js'
import type { Context } from './context.js'
import { readAll, sayFaults } from './read-all.js'

export interface CheckOptions {
  readonly config: string
  readonly json: boolean
}

export async function check({ config, json }: CheckOptions, context: Context): Promise<ExitCode> {
  const { terminal } = context
  const read = readAll(config, context)
  if (read.kind === 'faults') {
    if (json) terminal.out(JSON.stringify({ ok: false, faults: read.faults }))
    else sayFaults(context, read.faults)
    return EXIT.no
  }
  const { configuration, policies } = read
  const rules = policies.policy.documents.reduce((sum, document) => sum + document.rules.length, 0)
  const facts = { listeners: configuration.listeners.length, rules, revision: policies.policy.revision }
  if (json) {
    terminal.out(JSON.stringify({ ok: true, faults: [], warnings: configuration.warnings, ...facts }))
    return EXIT.done
  }
  const paint = painter(terminal)
  for (const warning of configuration.warnings) terminal.err(`${paint('warning', 'yellow')}: ${warning}`)
  terminal.out(
    `${paint('ok', 'green')}: ${facts.listeners} listener(s), ${rules} rules, policy ${facts.revision}`,
  )
  return EXIT.done
}
