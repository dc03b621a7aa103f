/**
 * What the session has become where no OK says so: an ERR and the end of rows carry no session tracking, and what changed
 * before them is not told later either (MariaDB 10.11). Asked only after code that nobody has read.
 */
import { text } from '@gatehouse/adapter-kit'
import { readPacket } from '../messages/index.js'
import { change, modesOf } from './effects.js'
import type { Memory } from './memory.js'

export const ASK_STATE =
  'SELECT DATABASE(), @@sql_mode, @@character_set_client, @@session_track_system_variables, @@session_track_schema'

/** Columns of it. */
export const ASKED_STATE = 5

/** One row of text. Why the session cannot go on. Throws `GH_WIRE`. */
export function applyState(memory: Memory, row: Uint8Array): string | undefined {
  const reader = readPacket(row)
  const cell = () => {
    const bytes = reader.lenencBytes()
    return bytes === null ? undefined : text(bytes)
  }
  const database = cell()
  const sqlMode = cell()
  const charset = cell()
  if (cell() !== '*' || cell() !== '1') return 'session tracking was turned off'
  if (database !== memory.context.database) change(memory, { database })
  change(memory, {
    sqlMode: sqlMode === undefined ? 'unknown' : modesOf(sqlMode),
    charset: charset?.toLowerCase() ?? '',
  })
  memory.doubt = false
  return undefined
}
