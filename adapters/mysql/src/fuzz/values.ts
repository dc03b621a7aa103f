/** Values of COM_STMT_EXECUTE as a server takes them (manual, "COM_STMT_EXECUTE"), read apart from the adapter's eyes. */
import { TYPE } from '../messages/index.js'

export interface Sent {
  /** As they were bound last. */
  types: Buffer | undefined
  /** By parameter: what came before the execution. */
  readonly long: Map<number, string>
}

/** Undefined: the packet does not add up. */
export function valuesOf(content: Buffer, count: number, sent: Sent): readonly string[] | undefined {
  if (content.length < 10 || (content[5] as number) > 7 || content.readUInt32LE(6) !== 1) return undefined
  if (count === 0) return []
  const nulls = 10
  let at = nulls + ((count + 7) >> 3)
  const bound = content[at]
  at += 1
  let { types } = sent
  if (bound === 1) {
    types = content.subarray(at, at + count * 2)
    if (types.length < count * 2) return undefined
    at += count * 2
  } else if (bound !== 0) return undefined
  if (types === undefined) return undefined
  const values: string[] = []
  for (let index = 0; index < count; index += 1) {
    const long = sent.long.get(index)
    if (long !== undefined) values.push(long)
    else if (((content[nulls + (index >> 3)] as number) >> (index & 7)) & 1) values.push('NULL')
    else if (types[index * 2] === TYPE.LONGLONG) {
      if (content.length < at + 8) return undefined
      values.push(String(content.readBigInt64LE(at)))
      at += 8
    } else if (types[index * 2] === TYPE.VAR_STRING) {
      const size = content[at]
      if (size === undefined || size > 250 || content.length < at + 1 + size) return undefined
      values.push(content.toString('utf8', at + 1, at + 1 + size))
      at += 1 + size
    } else return undefined
  }
  if (at !== content.length) return undefined
  sent.types = types
  return values
}
