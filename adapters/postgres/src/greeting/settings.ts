/** Start-up settings: which ones a client may bring, and how they are normalised (postgres-wire §2.4). */

import { type Ceilings, overCeiling } from '../reading/ceilings.js'

/** Change display, time or size of what the client sees, not what a text means or what is recorded. */
const ALLOWED = new Set([
  'datestyle',
  'timezone',
  'intervalstyle',
  'bytea_output',
  'extra_float_digits',
  'lc_messages',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'work_mem',
  'jit',
  'client_min_messages',
  'search_path',
  'default_transaction_isolation',
  'default_transaction_read_only',
  'default_transaction_deferrable',
  'tcp_keepalives_idle',
  'tcp_keepalives_interval',
  'tcp_keepalives_count',
  'xmloption',
  'array_nulls',
])
const MESSAGES = new Set(['notice', 'warning', 'error'])

export type SettingsReading =
  | { readonly kind: 'settings'; readonly settings: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly code: '22023' | '42501'; readonly message: string }

/** Never 42704: libpq would take that for an ancient server and come back without application_name. */
export function readSettings(given: ReadonlyMap<string, string>, ceilings: Ceilings): SettingsReading {
  const settings = new Map<string, string>()
  for (const [name, value] of given) {
    if (name === 'client_encoding') {
      if (!isUtf8(value)) return refused('client_encoding must be UTF8')
    } else if (name === 'standard_conforming_strings') {
      if (!['on', 'true', 'yes', '1'].includes(value.toLowerCase())) {
        return refused('standard_conforming_strings must stay on')
      }
    } else if (name === 'client_min_messages' && !MESSAGES.has(value.toLowerCase())) {
      return refused('client_min_messages below notice is refused')
    } else if (ALLOWED.has(name)) {
      const over = overCeiling(ceilings, name, value)
      if (over !== undefined) return { kind: 'refused', code: '42501', message: over }
      settings.set(name, value)
    } else
      return refused(`startup parameter \`${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 64)}\` is refused`)
  }
  return { kind: 'settings', settings }
}

const refused = (message: string): SettingsReading => ({ kind: 'refused', code: '22023', message })

/** `utf8`, `UTF-8`, `'utf-8'` with its quotes (asyncpg), `unicode`. */
export function isUtf8(value: string): boolean {
  const plain = value.toLowerCase().replace(/['"\s_-]/g, '')
  // SQL_ASCII means "no conversion", which over a UTF8 connection is the same bytes.
  return plain === 'utf8' || plain === 'unicode' || plain === 'sqlascii'
}
