/** Frontend messages for tests, by their manual names; `P`, `B` … take what the manual's fields are. */
import { concatBytes } from '@gatehouse/adapter-kit'
import {
  cstring,
  describe,
  execute,
  flushMessage,
  int16,
  int32,
  message,
  query,
  syncMessage,
} from '../messages.js'
import { code } from './transcript.js'

export const Q = query
export const P = (name: string, text: string, types: readonly number[] = []) =>
  message(code('P'), cstring(name), cstring(text), int16(types.length), ...types.map(int32))

export interface BindOptions {
  readonly portal?: string
  readonly statement?: string
  readonly values?: readonly (string | Uint8Array | null)[]
  /** Result formats. */
  readonly formats?: readonly number[]
}

export const B = ({ portal = '', statement = '', values = [], formats = [] }: BindOptions = {}) =>
  message(
    code('B'),
    cstring(portal),
    cstring(statement),
    int16(0),
    int16(values.length),
    ...values.map((value) => {
      if (value === null) return int32(-1)
      const bytes = Buffer.from(value)
      return concatBytes([int32(bytes.length), bytes])
    }),
    int16(formats.length),
    ...formats.map(int16),
  )
export const DS = (name = '') => describe('S', name)
export const DP = (name = '') => describe('P', name)
export const E = (portal = '', rows = 0) => execute(portal, rows)
export const CS = (name: string) => message(code('C'), Uint8Array.of(code('S')), cstring(name))
export const CP = (name: string) => message(code('C'), Uint8Array.of(code('P')), cstring(name))
export const H = flushMessage
export const S = syncMessage
export const X = message(code('X'))
export const d = (data: string | Uint8Array) => message(code('d'), Buffer.from(data))
export const c = message(code('c'))
export const f = (why: string) => message(code('f'), cstring(why))
/** Parse, Bind and Execute of one text, unnamed. */
export const PBE = (text: string) => concatBytes([P('', text), B(), E()])
export const cancelRequest = (processId: number, key: Uint8Array) =>
  concatBytes([int32(12 + key.length), int32(80877102), int32(processId), key])
/** A header that lies: the type, and whatever length. */
export const header = (type: string, length: number) =>
  concatBytes([Uint8Array.of(code(type)), int32(length)])
