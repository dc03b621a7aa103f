/** `gatehouse catalog export`: the upstream's catalog as a file for `explain`, `classes` and policy tests. */
import { EXIT, type ExitCode } from '../terminal.js'
import type { Context } from './context.js'
import { chooseListener, openListenerAdapter } from './open-listener-adapter.js'
import { readAll, sayFaults } from './read-all.js'

export interface CatalogExportOptions {
  readonly config: string
  readonly listener?: string
  readonly database?: string
}

export async function catalogExport(options: CatalogExportOptions, context: Context): Promise<ExitCode> {
  const read = readAll(options.config, context)
  if (read.kind === 'faults') {
    sayFaults(context, read.faults)
    return EXIT.usage
  }
  const settings = chooseListener(read.configuration, options.listener)
  const adapter = await openListenerAdapter(read.configuration, settings, read.policies, context)
  try {
    const catalog = await adapter.catalog(options.database ?? settings.upstream.databases?.[0])
    context.terminal.out(JSON.stringify(catalog))
    return EXIT.done
  } finally {
    await adapter.close()
  }
}
