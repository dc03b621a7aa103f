/** What stands behind a listening socket; a reload replaces all of it but the figures. */
import { DEFAULT_LIMITS, type Limits, type OpenAdapter } from '@gatehouse/adapter-kit'
import type { ListenerSettings } from './configuration/listener-keys.js'
import type { ListenerFigures } from './metrics/listener-figures.js'

export interface ListenerState {
  readonly settings: ListenerSettings
  readonly limits: Limits
  readonly adapter: OpenAdapter
  readonly figures: ListenerFigures
}

/** The limits of one connection. */
export function limitsOf(settings: ListenerSettings): Limits {
  const { statement, message, greeting, idle, session } = settings.limits
  return { ...DEFAULT_LIMITS, statement, message, greeting, idle, session }
}
