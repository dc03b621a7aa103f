/** Errors that end a sign-in, in the server's own words where it has some. */
import type { RefusalCode } from '@gatehouse/core'
import { CLIENT, errPayload, LONGEST_MESSAGE } from '../messages/index.js'

export interface Ending {
  readonly errno: number
  readonly state: string
  readonly message: string
  /** What the gateway calls it, as the message's last line (interface §5). */
  readonly code?: RefusalCode
}

export const ENDINGS = {
  outOfOrder: { errno: 1156, state: '08S01', message: 'Got packets out of order' },
  tooLong: { errno: 1153, state: '08S01', message: "Got a packet bigger than 'max_allowed_packet' bytes" },
  old: {
    errno: 1251,
    state: '08004',
    message:
      'Client does not support authentication protocol requested by server; consider upgrading MySQL client',
  },
  insecure: {
    errno: 3159,
    state: 'HY000',
    message:
      'Connections using insecure transport are prohibited: this gateway takes encrypted connections only',
  },
} as const satisfies Record<string, Ending>

export const badHandshake = (why: string): Ending => ({
  errno: 1043,
  state: '08S01',
  message: `Bad handshake: ${why}`,
})

/** The same for an unknown user, a wrong password and whatever else does not hold. */
export const accessDenied = (login: string, host: string, gave: boolean): Ending => ({
  errno: 1045,
  state: '28000',
  message: `Access denied for user '${plain(login)}'@'${host}' (using password: ${gave ? 'YES' : 'NO'})`,
  code: 'GH_SIGN_IN',
})

export const unknownDatabase = (database: string): Ending => ({
  errno: 1049,
  state: '42000',
  message: `Unknown database '${plain(database)}'`,
  code: 'GH_CONNECT',
})

export const charsetRefused = (charset: string): Ending => ({
  errno: 1115,
  state: '42000',
  message: `Character set '${charset}' is refused: texts in it can't be read for sure; use utf8mb4`,
})

/** What there is no room for, before the greeting (no SQLSTATE) or after it. */
export function noRoom(code: RefusalCode, message: string): Ending {
  return code === 'GH_DRAINING'
    ? { errno: 1053, state: '08S01', message: `Server shutdown in progress: ${message}`, code }
    : { errno: 1040, state: '08004', message: `Too many connections: ${message}`, code }
}

/** `capabilities`: what is agreed so far; 0 before the client has said anything. */
export function endingPayload(ending: Ending, capabilities: number): Uint8Array {
  const line = ending.code === undefined ? '' : `\ngatehouse: ${JSON.stringify({ code: ending.code })}`
  const text = cut(ending.message, LONGEST_MESSAGE - 1 - line.length)
  const marked = (capabilities & CLIENT.PROTOCOL_41) !== 0
  return errPayload(ending.errno, text + line, marked ? ending.state : undefined)
}

function cut(text: string, bytes: number): string {
  let kept = text
  while (Buffer.byteLength(kept) > bytes) kept = [...kept].slice(0, -1).join('')
  return kept
}

/** A name goes to somebody's terminal (R27). */
function plain(name: string): string {
  return name.replace(/[^\P{C}]/gu, '?')
}
