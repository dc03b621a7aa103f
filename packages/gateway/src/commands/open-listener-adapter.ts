/** One listener of a configuration and its adapter, opened without listening. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { printable } from '@gatehouse/audit'
import { GatehouseError } from '@gatehouse/core'
import type { ListenerSettings } from '../configuration/listener-keys.js'
import type { Configuration } from '../configuration/read-configuration.js'
import { loadAdapter } from '../load-adapter.js'
import type { Log } from '../log.js'
import type { LoadedPolicies } from '../policies/load-policies.js'
import { siteFor } from '../site.js'
import { painter, type Terminal } from '../terminal.js'
import type { Context } from './context.js'

/** The named one, or the only one. Throws GH_CONFIGURATION. */
export function chooseListener({ listeners }: Configuration, name: string | undefined): ListenerSettings {
  const names = listeners.map((listener) => `\`${listener.name}\``).join(', ')
  const found =
    name === undefined
      ? listeners.length === 1
        ? listeners[0]
        : undefined
      : listeners.find((each) => each.name === name)
  if (found !== undefined) return found
  const why = name === undefined ? 'expected --listener' : `there is no listener \`${name}\``
  throw new GatehouseError('GH_CONFIGURATION', `${why}: the configuration has ${names}`)
}

export async function openListenerAdapter(
  configuration: Configuration,
  settings: ListenerSettings,
  policies: LoadedPolicies,
  { terminal, now, random }: Context,
): Promise<OpenAdapter> {
  terminal.progress(`reading the catalog of ${settings.name} …`)
  try {
    const log = notesFor(terminal)
    const adapter = await loadAdapter(settings.protocol)
    return await adapter.open(siteFor(configuration, settings, policies.knowledge, { log, now, random }))
  } finally {
    terminal.progress(undefined)
  }
}

/** What an adapter says while it opens, for the person at the terminal: its sentence, and a fault's. */
function notesFor(terminal: Terminal): Log {
  const paint = painter(terminal)
  const say = (facts: object, message: string) => {
    const why = 'fault' in facts && typeof facts.fault === 'string' ? `: ${facts.fault}` : ''
    terminal.err(`${paint('note', 'yellow')}: ${printable(message + why)}`)
  }
  return { debug: () => {}, info: () => {}, warn: say, error: say, fatal: say }
}
