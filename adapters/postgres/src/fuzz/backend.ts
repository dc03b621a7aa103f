/** The server's answers, built for the model; the rest of the builders are the adapter's own. */
import { cstring, int16, int32, message } from '../messages.js'
import type { Column } from './statements.js'

const code = (letter: string) => letter.charCodeAt(0)
const bare = (letter: string) => message(code(letter))

export const parseComplete = bare('1')
export const bindComplete = bare('2')
export const closeComplete = bare('3')
export const noData = bare('n')
export const emptyQuery = bare('I')
export const portalSuspended = bare('s')
export const copyDone = bare('c')
export const noParameters = message(code('t'), int16(0))
/** The same answers come again and again: each is built once. */
function remembered<Key>(
  build: (key: Key) => Uint8Array,
  name: (key: Key) => string,
): (key: Key) => Uint8Array {
  const built = new Map<string, Uint8Array>()
  return (key) => {
    const known = built.get(name(key))
    if (known !== undefined) return known
    const made = build(key)
    if (built.size < 5_000) built.set(name(key), made)
    return made
  }
}
const itself = (key: string) => key

export const ready = remembered((status) => message(code('Z'), Uint8Array.of(code(status))), itself)
export const commandComplete = remembered((tag) => message(code('C'), cstring(tag)), itself)
export const copyData = (line: string) => message(code('d'), Buffer.from(line))
export const copyResponse = (letter: 'G' | 'H' | 'W', columns: number) =>
  message(code(letter), Uint8Array.of(0), int16(columns), ...Array.from({ length: columns }, () => int16(0)))

const describe = (columns: readonly Column[]) =>
  message(
    code('T'),
    int16(columns.length),
    ...columns.flatMap(({ name, relation, attribute, type }) => [
      cstring(name),
      int32(relation),
      int16(attribute),
      int32(type),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  )

export const rowDescription = remembered(describe, (columns) => columns.map(({ name }) => name).join())

const row = (cells: readonly string[]) =>
  message(
    code('D'),
    int16(cells.length),
    ...cells.flatMap((cell) => {
      const bytes = Buffer.from(cell)
      return [int32(bytes.length), bytes]
    }),
  )

export const dataRow = remembered(row, (cells) => cells.join('|'))

const field = (name: string, value: string) => [Uint8Array.of(code(name)), cstring(value)]
const failure = ([sqlstate, text, severity, letter]: readonly [string, string, string, string]) =>
  message(
    code(letter),
    ...field('S', severity),
    ...field('V', severity),
    ...field('C', sqlstate),
    ...field('M', text),
    Uint8Array.of(0),
  )
const failures = remembered(failure, (fields) => fields.join('|'))

export const errorOf = (sqlstate: string, text: string, severity = 'ERROR', letter: 'E' | 'N' = 'E') =>
  failures([sqlstate, text, severity, letter])
