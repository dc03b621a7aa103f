/** The ways to put a text to a MySQL server, and the turns of those that have several. */
import type { Form, Heard, Talk } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { COM, type Field, packets, payload, u32 } from '../messages/index.js'
import { hasPrepared } from './commands.js'
import { LAST_PREPARED, readExchanges } from './exchanges.js'
import { cutPacket } from './packets.js'

const TEXT: Form = { name: 'COM_QUERY', prepared: false, binary: false }
const PREPARED: Form = { name: 'prepared', prepared: true, binary: true, turns: true }
const CURSOR: Form = { name: 'prepared, with a cursor', prepared: true, binary: true, turns: true }
/** MariaDB's clients do not wait for the statement's id. The server answers twice all the same. */
const AT_ONCE: Form = { name: 'prepared and executed at once', prepared: true, binary: true, turns: true }

export const FORMS = {
  mysql: [TEXT, PREPARED, CURSOR],
  mariadb: [TEXT, PREPARED, CURSOR, AT_ONCE],
} as const satisfies Readonly<Record<string, readonly [Form, ...Form[]]>>

/** Rows that are fetched at a time. */
const PORTION = 3
/** Ends a text whose rows are to be fetched by a cursor, so that the turns know it again. */
const MARK = ' '

const command = (code: number, ...fields: readonly Field[]) => packets(0, payload([code], ...fields))
const execute = (id: number, cursor: boolean) => command(COM.STMT_EXECUTE, u32(id), [cursor ? 1 : 0], u32(1))

export function ask(text: string, form: Form): Uint8Array {
  if (!form.prepared) return command(COM.QUERY, Buffer.from(text))
  const prepare = command(COM.STMT_PREPARE, Buffer.from(form === CURSOR ? text + MARK : text))
  return form === AT_ONCE ? concatBytes([prepare, execute(LAST_PREPARED, false)]) : prepare
}

export function goOn(talk: Talk): Uint8Array | undefined {
  // Most talk has no turns: then what was received need not be read again and again.
  if (!hasPrepared(talk.sent) || !endsWhole(talk.received)) return undefined
  const turns = readExchanges(talk).exchanges.flatMap(({ prepared, open, id, text }) => {
    if (prepared) return [execute(id, text?.endsWith(MARK) ?? false)]
    return open ? [command(COM.STMT_FETCH, u32(id), u32(PORTION))] : []
  })
  return turns.length === 0 ? undefined : concatBytes(turns)
}

export function repeat(form: Form, talk: Talk): Uint8Array {
  if (form === AT_ONCE) return execute(LAST_PREPARED, false)
  const mine = readExchanges(talk).exchanges.filter(
    ({ text, id }) => text !== undefined && id >= 0 && text.endsWith(MARK) === (form === CURSOR),
  )
  return execute(mine.at(-1)?.id ?? 0, form === CURSOR)
}

/** Whoever waits for the next turn has nothing half said. Looks at headers alone. */
function endsWhole(received: Uint8Array): boolean {
  const byte = (at: number) => received[at] as number
  let at = 0
  while (at + 4 <= received.length) at += 4 + (byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16))
  return at === received.length
}

/** Bytes of COM_STMT_PREPARE_OK. */
const PREPARE_OK = 12

/** MariaDB's sessions number their statements where an earlier session of the same thread left off. */
export function comparable(received: Uint8Array): Uint8Array {
  const bytes = Buffer.from(received)
  for (let packet = cutPacket(bytes, 0); packet !== undefined; packet = cutPacket(bytes, packet.end)) {
    const { sequence, payload: content, start } = packet
    if (sequence > 0 && content.length === PREPARE_OK && content[0] === 0) bytes.fill(0, start + 5, start + 9)
  }
  return bytes
}

export function hear(talk: Talk): Heard {
  const { exchanges, farewell, malformed, rest } = readExchanges(talk)
  const pending = exchanges.findIndex(({ answer }) => answer === undefined)
  const whole = pending < 0 ? exchanges : exchanges.slice(0, pending)
  return {
    answers: whole.flatMap(({ answer }) => (answer === undefined ? [] : [answer])),
    unasked: [],
    rest,
    ...(farewell === undefined ? {} : { farewell }),
    ...(malformed === undefined ? {} : { malformed }),
  }
}
