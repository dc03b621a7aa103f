/** What a test heard, as one line that can be compared. */
import { errorFields } from '../following/error-fields.js'

export interface Message {
  readonly type: string
  readonly body: Buffer
}

export const code = (letter: string) => letter.charCodeAt(0)

export function fieldsOf(one: Message): ReadonlyMap<string, string> {
  return errorFields(one.body)
}

/** `C` with its tag, `Z` with its status, `E` with its SQLSTATE (`!` when it is fatal), `S` with its setting. */
export function describeMessages(messages: readonly Message[]): string {
  return messages.map(describeMessage).join(' ')
}

function describeMessage(one: Message): string {
  switch (one.type) {
    case 'C':
      return `C:${one.body.toString('utf8', 0, one.body.length - 1).replaceAll(' ', '_')}`
    case 'Z':
      return `Z:${one.body.toString()}`
    case 'E': {
      const fields = fieldsOf(one)
      return `E${fields.get('V') === 'FATAL' ? '!' : ''}:${fields.get('C') ?? 'none'}`
    }
    case 'S':
      return `S:${one.body.toString().split('\0', 1)[0]}`
    default:
      return one.type
  }
}

/** DataRow cells as text, null for NULL. */
export function rowsOf(messages: readonly Message[]): readonly (readonly (string | null)[])[] {
  return messages
    .filter(({ type }) => type === 'D')
    .map(({ body }) => cellsOf(body).map((cell) => cell?.toString() ?? null))
}

export function cellsOf(body: Buffer): readonly (Buffer | null)[] {
  const cells: (Buffer | null)[] = []
  let at = 2
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    const length = body.readInt32BE(at)
    at += 4
    cells.push(length < 0 ? null : body.subarray(at, at + length))
    if (length > 0) at += length
  }
  return cells
}

/** The first ErrorResponse's fields. */
export function errorOf(messages: readonly Message[]): ReadonlyMap<string, string> {
  const found = messages.find(({ type }) => type === 'E')
  if (found === undefined) throw new Error(`no ErrorResponse in: ${describeMessages(messages)}`)
  return fieldsOf(found)
}

/** A script of texts and messages as the name of a test. */
export function scriptTitle(script: readonly (string | readonly Uint8Array[])[]): string {
  return script
    .map((step) =>
      typeof step === 'string'
        ? step
        : Buffer.concat(step)
            .toString('latin1')
            .replaceAll(/[^ -~]+/g, ' '),
    )
    .join('; ')
}
