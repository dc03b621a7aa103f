/** Cursors that a command names and that are not here: asked of the process that opened them, before the command is read. */
import type { House } from '../house.js'
import type { ReadCommand } from '../reading/read-command.js'
import type { Arrived } from './arriving.js'
import type { NamedCursor } from './lending.js'
import type { Memory, Sought } from './memory.js'

type Naming = Extract<ReadCommand, { kind: 'cursor' }>

/** Names in one killCursors that are asked after; the others are not found. */
const MOST = 1_000

/** A promise: the command is to be read again when it resolves. Otherwise what was found elsewhere, of what is not here. */
export function seek(
  { name, cursors: ids }: Naming,
  { requestId }: Pick<Arrived, 'requestId'>,
  memory: Memory,
  { cursors, lending }: Pick<House, 'cursors' | 'lending'>,
): Promise<void> | Sought | undefined {
  const { sought, person } = memory
  memory.sought = undefined
  if (lending === undefined || sought?.requestId === requestId) return sought
  const [id] = ids
  if (name === 'getMore' && id !== undefined) {
    if (cursors.find(id, person) !== undefined) return undefined
    return lending.fetch(id, person).then((coming) => {
      memory.sought = { requestId, coming, named: new Map() }
    })
  }
  const absent = ids.filter((each) => cursors.find(each, person) === undefined)
  if (name !== 'killCursors' || absent.length === 0) return undefined
  return lending.name(absent.slice(0, MOST), person).then((named) => {
    memory.sought = { requestId, coming: false, named: new Map(named.map((each) => [each.id, each])) }
  })
}

/** Somebody else's, or another collection's, is none. */
export function killable(
  id: bigint,
  collection: string,
  { command }: Pick<Arrived, 'command'>,
  { person }: Memory,
  sought: Sought | undefined,
  { cursors }: Pick<House, 'cursors'>,
): NamedCursor | undefined {
  const cursor = cursors.find(id, person) ?? sought?.named.get(id)
  return cursor?.database === command.database && cursor.collection === collection ? cursor : undefined
}
