/** Commands of the gateway's own on a connection that nobody uses yet: one at a time, small answers. */
import { text, utf8 } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { COM, type Dialogue, EOF, ERR, OK, payload, readEnd, readErr, readPacket } from '../messages/index.js'

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

/** A statement without rows. `needless`: the error's number that says that it is so already. Throws `GH_WIRE`. */
export async function command(upstream: Dialogue, statement: string, needless?: number): Promise<void> {
  const answer = await send(upstream, statement, needless)
  if (answer[0] === ERR) return
  if (answer[0] !== OK) throw fault('the upstream answered with rows where there are none')
}

export interface OneRow {
  /** NULL is undefined. */
  readonly row: readonly (string | undefined)[]
  readonly status: number
}

/** A statement with one row of text. `short`: DEPRECATE_EOF was agreed. Throws `GH_WIRE`. */
export async function query(upstream: Dialogue, statement: string, short: boolean): Promise<OneRow> {
  const columns = readPacket(await send(upstream, statement)).lenenc() ?? 0
  if (columns === 0) throw fault('the upstream answered without rows')
  for (let column = 0; column < columns; column += 1) await upstream.read()
  if (!short) isEnd(await upstream.read())
  const cells = readPacket(await upstream.read())
  const row: (string | undefined)[] = []
  while (cells.left > 0) {
    const cell = cells.lenencBytes()
    row.push(cell === null ? undefined : text(cell))
  }
  if (row.length !== columns) throw fault('the upstream sent a row of another length')
  const last = await upstream.read()
  if (short ? last[0] !== EOF : last !== isEnd(last)) throw fault('the upstream left the text protocol')
  return { row, status: readEnd(last, short).status }
}

async function send(upstream: Dialogue, statement: string, needless?: number): Promise<Uint8Array> {
  upstream.restart()
  upstream.write(payload([COM.QUERY], utf8(statement)))
  const answer = await upstream.read()
  const code = answer[0] === ERR ? readErr(answer).code : undefined
  if (code !== undefined && code !== needless)
    throw fault(`the upstream refused what the gateway asks of it: error ${code}`)
  return answer
}

function isEnd(packet: Uint8Array): Uint8Array {
  if (packet[0] !== EOF || packet.length >= 9) throw fault('the upstream left the text protocol')
  return packet
}
