/** What a client hears whose own start-up settings the server does not take: the server's code, no word that could be another's. */
import { errorFields } from '../following/error-fields.js'
import { errorResponse } from '../messages.js'

/** Classes of what is wrong with a setting: its value, its name or right, the moment (errcodes.txt). */
const OF_SETTINGS = /^(?:22...|42...|55P02)$/

/**
 * `body`: the server's ErrorResponse behind a proven account, without its header. `settings`: what the client brought, by lower-case
 * names. Undefined: the error is not about them, and is nobody's business but the operator's.
 */
export function refusedSettings(
  body: Uint8Array,
  settings: ReadonlyMap<string, string>,
): Uint8Array | undefined {
  const fields = errorFields(body)
  const code = fields.get('C') ?? ''
  if (settings.size === 0 || !OF_SETTINGS.test(code)) return undefined
  const names = [...settings.keys()].map((name) => `"${name}"`).join(', ')
  const message = ownWords(fields.get('M') ?? '', settings)
  return errorResponse({
    severity: 'FATAL',
    // By 42704 libpq takes a server for an ancient one, and comes back without application_name.
    code: code === '42704' ? '22023' : code,
    message: message ?? `the database takes none of your sessions with these start-up settings: ${names}`,
    hint: 'correct the start-up settings (options, PGOPTIONS, the connection URL), or SET them once you are connected',
  })
}

/** The server's sentence where it quotes the client's own name and value and nothing else (guc.c; triggers may raise anything). */
function ownWords(said: string, settings: ReadonlyMap<string, string>): string | undefined {
  const [, name = '', value] = /^invalid value for parameter "(\w+)": "(.*)"$/s.exec(said) ?? []
  return value !== undefined && settings.get(name.toLowerCase()) === value ? said : undefined
}
