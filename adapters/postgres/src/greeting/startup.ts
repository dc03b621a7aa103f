/** Start-up packets read strictly: what the server would guess at is refused (postgres-wire §1.1, §2.2). */
import { readInt32, strictText } from '@gatehouse/adapter-kit'
import { readCstring, STARTUP, STARTUP_CEILING } from '../messages.js'

export interface StartupParameters {
  readonly user: string
  readonly database: string
  readonly application: string | undefined
  /** Run-time settings that go upstream, by lower-case name. */
  readonly settings: ReadonlyMap<string, string>
}

export type StartupPacket =
  | { readonly kind: 'ssl' | 'gssenc' }
  | { readonly kind: 'cancel'; readonly processId: number; readonly key: Uint8Array }
  | { readonly kind: 'startup'; readonly version: number; readonly body: Uint8Array }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'garbage' }

/** `packet` is whole, its Int32 length included. */
export function readStartupPacket(packet: Uint8Array): StartupPacket {
  const version = readInt32(packet, 4)
  switch (version) {
    case STARTUP.ssl:
      return packet.length === 8 ? { kind: 'ssl' } : { kind: 'garbage' }
    case STARTUP.gssenc:
      return packet.length === 8 ? { kind: 'gssenc' } : { kind: 'garbage' }
    case STARTUP.cancel:
      if (packet.length < 16 || packet.length > 12 + 256) return { kind: 'garbage' }
      return { kind: 'cancel', processId: readInt32(packet, 8), key: packet.slice(12) }
    default:
      if (version >>> 16 === 3) return { kind: 'startup', version, body: packet.subarray(8) }
      return { kind: 'version', version }
  }
}

export function isStartupLength(length: number): boolean {
  return length >= 8 && length <= STARTUP_CEILING
}

export type StartupReading =
  | {
      readonly kind: 'parameters'
      readonly parameters: StartupParameters
      readonly options: readonly string[]
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

const refused = (code: string, message: string): StartupReading => ({ kind: 'refused', code, message })

/** `options`: the `_pq_.` protocol options, none of which we know. */
export function readStartupParameters(body: Uint8Array): StartupReading {
  const pairs = new Map<string, string>()
  const options: string[] = []
  let at = 0
  while (at < body.length - 1) {
    const name = readCstring(body, at, body.length)
    const value = name === undefined ? undefined : readCstring(body, name.next, body.length)
    const key = name === undefined ? undefined : strictText(name.bytes)
    const given = value === undefined ? undefined : strictText(value.bytes)
    if (value === undefined || key === undefined || given === undefined || key === '') {
      return refused('08P01', 'invalid startup packet layout')
    }
    at = value.next
    if (key.startsWith('_pq_.')) {
      options.push(key)
      continue
    }
    const lower = key.toLowerCase()
    // The server takes the last of two; a name that policy saw must be the name that counts.
    if (pairs.has(lower)) return refused('08P01', `startup parameter \`${printable(lower)}\` is given twice`)
    pairs.set(lower, given)
  }
  if (at !== body.length - 1 || body[at] !== 0)
    return refused('08P01', 'invalid startup packet layout: expected terminator as last byte')
  return readPairs(pairs, options)
}

function readPairs(pairs: Map<string, string>, options: readonly string[]): StartupReading {
  const user = pairs.get('user') ?? ''
  const database = pairs.get('database') || user
  if (user === '') return refused('28000', 'no user name is given')
  for (const [what, value] of [
    ['user', user],
    ['database', database],
  ] as const) {
    // The server would cut it at 63 bytes: policy and server would mean different names.
    if (Buffer.byteLength(value) > 63) return refused('28000', `the ${what} name is longer than 63 bytes`)
    if (/\p{Cc}/u.test(value)) return refused('28000', `the ${what} name holds control characters`)
  }
  const replication = pairs.get('replication')?.toLowerCase()
  if (replication !== undefined && !['false', 'off', 'no', '0'].includes(replication)) {
    return refused('28000', 'replication connections are refused')
  }
  const settings = new Map<string, string>()
  const fault = readOptions(pairs.get('options') ?? '', settings)
  if (fault !== undefined) return refused('28000', fault)
  for (const [name, value] of pairs) {
    if (!['user', 'database', 'replication', 'options', 'application_name'].includes(name))
      settings.set(name, value)
  }
  const application = pairs.get('application_name') ?? settings.get('application_name')
  settings.delete('application_name')
  return { kind: 'parameters', parameters: { user, database, application, settings }, options }
}

/** PGOPTIONS: `-c name=value` and `--name=value`, blanks escaped by a backslash; nothing else. */
function readOptions(text: string, settings: Map<string, string>): string | undefined {
  const words = splitOptions(text)
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string
    let setting: string | undefined
    if (word === '-c') {
      index += 1
      setting = words[index]
    } else if (word.startsWith('-c')) setting = word.slice(2)
    else if (word.startsWith('--')) setting = word.slice(2)
    const equals = setting?.indexOf('=') ?? -1
    if (setting === undefined || equals < 1)
      return `startup option \`${printable(word)}\` is not of the form -c name=value`
    settings.set(setting.slice(0, equals).replaceAll('-', '_').toLowerCase(), setting.slice(equals + 1))
  }
  return undefined
}

function splitOptions(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] as string
    if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (letter === '\\' && index + 1 < text.length) {
      index += 1
      word = (word ?? '') + (text[index] as string)
    } else word = (word ?? '') + letter
  }
  if (word !== undefined) words.push(word)
  return words
}

/** For messages that repeat what a client sent. */
export function printable(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, 64)
}
