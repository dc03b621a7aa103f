/** From a text to what it means: read once for each context and each state of the catalog (R5). */
import type { MysqlContext, MysqlReading, ParameterTypes } from '@gatehouse/sql'
import type { Server } from '../catalog/server.js'
import type { Memory, Moment } from '../session/memory.js'
import { unread } from './answers.js'
import type { Ceilings } from './ceilings.js'

export interface PlanParts {
  readonly memory: Memory
  readonly server: Server
  readonly ceilings: Ceilings
}

interface Taken extends Moment {
  readonly text: string
  readonly multiple: boolean
  readonly parameters: string | undefined
  readonly reading: MysqlReading
}

const taken = new WeakMap<Memory, Taken[]>()
/** Texts that one command can ask for: its own, and what it executes. */
const TAKEN = 4

/**
 * The reading of a text. When it is not at hand, a promise that resolves once it is: the command is read again then, and
 * finds it here even if the reader does not keep it.
 */
export function takeReading(
  { memory, server }: PlanParts,
  text: string,
  multiple: boolean,
  context: MysqlContext = memory.context,
  parameters: ParameterTypes | undefined = undefined,
): MysqlReading | Promise<void> {
  const { epoch } = server
  const list = taken.get(memory)
  const types = parameters?.toString()
  const kept =
    list?.findIndex(
      (each) => each.text === text && each.multiple === multiple && each.parameters === types,
    ) ?? -1
  if (list !== undefined && kept >= 0) {
    const [found] = list.splice(kept, 1)
    // Invariant: what was read against an older catalog is read again (R5).
    if (found !== undefined && sameContext(found.context, context) && found.epoch === epoch)
      return found.reading
  }
  if (!server.current) {
    const why = 'the catalog of the database cannot be read now'
    return { canonical: '', plan: { kind: 'unreadable', why, statement: unread('UNREADABLE') } }
  }
  const reading = server.reader.read(text, context, multiple, parameters)
  if (!(reading instanceof Promise)) return reading
  return reading.then((read) => {
    const known = taken.get(memory) ?? []
    taken.set(memory, [
      ...known.slice(1 - TAKEN),
      { text, multiple, parameters: types, context, epoch, reading: read },
    ])
  })
}

export function sameContext(one: MysqlContext, other: MysqlContext): boolean {
  return (
    one === other ||
    (one.database === other.database &&
      one.charset === other.charset &&
      one.account === other.account &&
      String(one.sqlMode) === String(other.sqlMode) &&
      one.overlay.length === other.overlay.length &&
      one.overlay.every((name, index) => name === other.overlay[index]))
  )
}
