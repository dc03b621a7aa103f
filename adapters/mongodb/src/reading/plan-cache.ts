/** What commands of one key were read as: the same object, so that what is kept by it is found again (R5). */
import { int64At, type Value } from '../bson/index.js'
import type { Catalog } from '../catalog/catalog.js'
import { planKey } from './plan-key.js'
import type { Command, ReadCommand, Reader, ReadingContext } from './read-command.js'

/** Keys of one state of the catalog; the oldest goes first. */
const MOST = 4000

/** A catalog that learns something is another object, and its plans are others. */
export function cached(read: (command: Command, context: ReadingContext) => ReadCommand): Reader {
  const plans = new WeakMap<Catalog, Map<string, ReadCommand>>()
  return {
    read(command, context) {
      const key = keyOf(command)
      if (key === undefined) return read(command, context)
      const known = plans.get(context.catalog) ?? new Map<string, ReadCommand>()
      const found = known.get(key)
      if (found !== undefined) return found.kind === 'cursor' ? goingOn(found, command) : found
      const made = read(command, context)
      if (made.kind !== 'statement' && made.kind !== 'cursor') return made
      plans.set(context.catalog, known)
      if (known.size >= MOST)
        for (const oldest of known.keys()) {
          known.delete(oldest)
          break
        }
      known.set(key, made)
      return made
    },
  }
}

/** The same getMore of another cursor: a 64-bit integer, as the key says of the command's first value. */
function goingOn({ kind, statement, name, collection }: Cursors, { body, name: own }: Command): ReadCommand {
  return { kind, statement, name, collection, cursors: [int64At(body.source, firstValue(body, own))] }
}

type Cursors = Extract<ReadCommand, { kind: 'cursor' }>

/** Behind the document's length, the type, and the name with its NUL. */
const firstValue = ({ start }: Value, name: string): number => start + 4 + 1 + name.length + 1

/** What is no BSON has none; reading says so. */
function keyOf(command: Command): string | undefined {
  try {
    return planKey(command)
  } catch {
    return undefined
  }
}
