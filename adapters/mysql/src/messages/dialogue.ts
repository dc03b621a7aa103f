/** Packets by turns over a wire, before a conversation begins: each side goes on with the other's number (protocol manual, "MySQL Packets"). */
import type { Wire } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { packets } from './packet-writer.js'

export interface Dialogue {
  readonly wire: Wire
  /** Number of the next packet, whoever sends it. */
  readonly sequence: number
  /** A packet's payload, a copy. Throws `OutOfOrder` and `TooLong`, or what the wire throws. */
  read(): Promise<Uint8Array>
  write(payload: Uint8Array): void
  /** The last packet: the other side is closed behind it. */
  end(payload: Uint8Array): void
  /** A command begins: numbers start anew. */
  restart(): void
}

/** The numbers do not go on as they must. */
export class OutOfOrder extends GatehouseError {
  constructor(expected: number, found: number) {
    super('GH_WIRE', `packet ${expected} was due and ${found} came`)
  }
}

/** A packet declares more bytes than it may have. */
export class TooLong extends GatehouseError {
  constructor(length: number) {
    super('GH_WIRE', `a packet of ${length} bytes came before the sign-in was over`)
  }
}

/** `ceiling`: bytes of a payload, at most 128 KiB, which is what a wire holds; `sequence`: of the first packet. */
export function createDialogue(wire: Wire, ceiling: number, sequence = 0): Dialogue {
  let next = sequence
  return {
    wire,
    get sequence() {
      return next
    },
    async read() {
      const [low = 0, middle = 0, high = 0, number = 0] = await wire.read(4)
      const length = low | (middle << 8) | (high << 16)
      if (length > ceiling) throw new TooLong(length)
      if (number !== next) throw new OutOfOrder(next, number)
      const payload = (await wire.read(length)).slice()
      next = (next + 1) & 255
      return payload
    },
    write(payload) {
      wire.write(packets(next, payload))
      next = (next + 1) & 255
    },
    end(payload) {
      wire.end(packets(next, payload))
    },
    restart() {
      next = 0
    },
  }
}
