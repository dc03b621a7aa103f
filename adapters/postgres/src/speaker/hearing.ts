/** What a client hears: backend messages as answers, unasked words and farewells. */
import type { Answer, Failure, Heard, Talk } from '@gatehouse/adapter-contract'
import { readInt32, readUint16, text } from '@gatehouse/adapter-kit'
import { REFUSAL_CODES } from '@gatehouse/core'

const QUIET = '123CtnscIHGVK'
const STATES = { I: 'idle', T: 'open', E: 'failed' } as const

interface Column {
  readonly type: number
  readonly format: number
}

/** Fields of an ErrorResponse or NoticeResponse by letter (manual §54.8). */
export function fieldsOf(body: Uint8Array): ReadonlyMap<string, string> {
  const parts = Buffer.from(body).toString('utf8').split('\0')
  return new Map(parts.filter((part) => part !== '').map((part) => [part.slice(0, 1), part.slice(1)]))
}

export function failureOf(body: Uint8Array): Failure {
  const fields = fieldsOf(body)
  const own = /gatehouse: (\{.*\})$/.exec(fields.get('D') ?? '')
  const said: unknown = own === null ? undefined : JSON.parse(own[1] as string)
  const code = REFUSAL_CODES.find(
    (name) => typeof said === 'object' && said !== null && 'code' in said && said.code === name,
  )
  return {
    native: fields.get('C') ?? '',
    text: [...fields.values()].join('\n'),
    fatal: fields.get('V') === 'FATAL',
    ...(code === undefined ? {} : { code }),
  }
}

function columnsOf(body: Uint8Array): readonly Column[] {
  const columns: Column[] = []
  let at = 2
  for (let index = 0; index < readUint16(body, 0); index += 1) {
    at = body.indexOf(0, at) + 1
    columns.push({ type: readInt32(body, at + 6), format: readUint16(body, at + 16) })
    at += 18
  }
  return columns
}

/** Undefined when lengths do not add up. */
function cellsOf(body: Uint8Array, columns: readonly Column[]): readonly (string | null)[] | undefined {
  if (readUint16(body, 0) !== columns.length) return undefined
  const cells: (string | null)[] = []
  let at = 2
  for (const { type, format } of columns) {
    if (at + 4 > body.length) return undefined
    const size = readInt32(body, at)
    at += 4
    if (size < 0) {
      cells.push(null)
      continue
    }
    const value = body.subarray(at, at + size)
    if (value.length !== size) return undefined
    if (format === 1 && type === 23) {
      if (size !== 4) return undefined
      cells.push(String(readInt32(value, 0)))
    } else cells.push(text(value))
    at += size
  }
  return at === body.length ? cells : undefined
}

export function hear({ received }: Talk): Heard {
  const answers: Answer[] = []
  const unasked: string[] = []
  let columns: readonly Column[] = []
  let rows: (readonly (string | null)[])[] = []
  let failure: Failure | undefined
  let farewell: Failure | undefined
  let malformed: string | undefined
  let at = 0
  while (at + 5 <= received.length && malformed === undefined) {
    const length = readInt32(received, at + 1)
    const letter = String.fromCharCode(received[at] as number)
    if (length < 4) malformed = `a length of ${length}`
    if (at + 1 + length > received.length) break
    const body = received.subarray(at + 5, at + 1 + length)
    at += 1 + length
    if (farewell !== undefined) malformed = `\`${letter}\` after a FATAL`
    else if (letter === 'T') columns = columnsOf(body)
    else if (letter === 'D') {
      const cells = cellsOf(body, columns)
      if (cells === undefined) malformed = 'a DataRow that is not of its description'
      else rows.push(cells)
    } else if (letter === 'E') {
      const said = failureOf(body)
      if (said.fatal) farewell = said
      else failure = said
    } else if (letter === 'Z') {
      const state = STATES[String.fromCharCode(body[0] as number) as keyof typeof STATES]
      answers.push({ rows, state, ...(failure === undefined ? {} : { failure }) })
      rows = []
      columns = []
      failure = undefined
    } else if (letter === 'N') unasked.push(fieldsOf(body).get('M') ?? '')
    else if (letter === 'S') unasked.push(text(body).split('\0').slice(0, 2).join('='))
    else if (letter === 'A') unasked.push(text(body.subarray(4)).split('\0').slice(0, 2).join('='))
    else if (!QUIET.includes(letter)) malformed = `a message \`${letter}\``
  }
  return {
    answers,
    unasked,
    rest: received.length - at,
    ...(farewell === undefined ? {} : { farewell }),
    ...(malformed === undefined ? {} : { malformed }),
  }
}
