/** Stands between mysql2 and a real server in tests, and masks every column of every result. */
import { connect, createServer, type Socket } from 'node:net'
import { createByteWriter } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { createMaskKey } from '@gatehouse/masking'
import {
  COM,
  type ColumnDefinition,
  columnDefinitionPayload,
  readColumnDefinition,
  u24,
} from '../messages/index.js'
import { createCellMask, createRowMask, maskedDefinition, type RowFormat, type RowMask } from './index.js'

export interface MaskingRelay {
  readonly port: number
  /** Of every column from now on; undefined: none. */
  mask: MaskKind | undefined
  computed: boolean
  close(): Promise<void>
}

const key = createMaskKey(new Uint8Array(32).fill(3))

export async function startMaskingRelay(target: { host: string; port: number }): Promise<MaskingRelay> {
  const sockets = new Set<Socket>()
  const wanted: { mask: MaskKind | undefined; computed: boolean } = { mask: undefined, computed: false }
  const server = createServer((near) => {
    const far = connect(target.port, target.host)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    const reply = followReply((format, columns) => {
      const { mask, computed } = wanted
      const cells = columns.map((column, at) =>
        mask === undefined
          ? undefined
          : createCellMask({ mask, column, format, classes: [], field: `d.t.c${at}`, key, computed }),
      )
      return createRowMask(format, columns, cells)
    })
    cutPackets(near, (packet) => {
      if (packet[3] === 0) reply.expect(packet[4] ?? 0)
      far.write(packet)
    })
    let greeted = false
    cutPackets(far, (packet) => {
      near.write(greeted ? reply.rewrite(packet) : withoutExtensions(packet))
      greeted = true
    })
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(wanted, {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  })
}

/** Clears MariaDB's extended capabilities: EXTENDED_METADATA would put more into column definitions. */
function withoutExtensions(greeting: Buffer): Buffer {
  const at = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 6
  return greeting.fill(0, at, at + 4)
}

function cutPackets(socket: Socket, take: (packet: Buffer) => void): void {
  let held = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 4 && held.length >= held.readUIntLE(0, 3) + 4) {
      const size = held.readUIntLE(0, 3) + 4
      take(held.subarray(0, size))
      held = held.subarray(size)
    }
  })
}

type Phase = 'pass' | 'first' | 'columns' | 'rows'

/** Result sets without DEPRECATE_EOF and in packets of their own (protocol manual, "COM_QUERY Response"). */
function followReply(maskFor: (format: RowFormat, columns: readonly ColumnDefinition[]) => RowMask) {
  let phase: Phase = 'pass'
  let format: RowFormat = 'text'
  let columns: ColumnDefinition[] = []
  let rows: RowMask | undefined
  const packet = (sequence: number, content: Uint8Array) =>
    Buffer.concat([Buffer.from([...u24(content.length), sequence]), content])
  return {
    expect(command: number) {
      columns = []
      format = command === COM.QUERY ? 'text' : 'binary'
      phase = command === COM.QUERY || command === COM.STMT_EXECUTE ? 'first' : 'pass'
    },
    rewrite(whole: Buffer): Buffer {
      const content = whole.subarray(4)
      const sequence = whole[3] ?? 0
      const isEnd = content[0] === 0xff || (content[0] === 0xfe && content.length < 9)
      if (phase === 'first') phase = content[0] === 0 || isEnd ? 'pass' : 'columns'
      else if (phase === 'columns' && isEnd) {
        phase = 'rows'
        rows = maskFor(format, columns)
      } else if (phase === 'columns') {
        const column = readColumnDefinition(content, 0, content.length)
        columns.push(column)
        return packet(sequence, columnDefinitionPayload(maskedDefinition(column)))
      } else if (phase === 'rows' && isEnd) phase = 'pass'
      else if (phase === 'rows' && rows !== undefined) {
        const out = createByteWriter()
        rows(content, 0, content.length, out)
        return packet(sequence, out.bytes.subarray(0, out.length))
      }
      return whole
    },
  }
}
