/** Opening a command upstream and ending its answer: packets are numbered anew for each (protocol manual, "MySQL Packets"). */
import type { Forwarding, Reading } from '@gatehouse/adapter-kit'
import { FULL, packets } from '../messages/packet-writer.js'
import type { Packet } from '../reading/arriving.js'
import { type Memory, wake } from './memory.js'
import type { Owed } from './owed.js'

/** The command goes upstream: what it owes is open until its last packet. `frames`: packets that it takes. */
export function open(memory: Memory, packet: Packet, owed: Owed, frames = packet.frames): void {
  reopen(memory, owed, frames)
  memory.reply.client = packet.next
}

/** Another command of the same exchange: the client's numbers go on. */
export function reopen(memory: Memory, owed: Owed, frames = 1): void {
  const { reply } = memory
  memory.owed = owed
  reply.phase = 'head'
  reply.continues = false
  reply.draining = false
  reply.parts = []
  reply.upstream = frames & 255
}

/** Nothing is open any more. */
export function close(memory: Memory): void {
  memory.owed = undefined
  memory.reply.draining = false
  // Of what was skipped nothing came; of what ran, the catalog is being read.
  if (memory.refreshing === undefined) memory.definitions.defining.ends(memory)
  wake(memory)
}

/** A command's packets from number 0 on. */
export function command(content: Uint8Array): Uint8Array {
  return packets(0, content)
}

export const framesOf = (content: Uint8Array): number => 1 + Math.floor(content.length / FULL)

/** The packet as it came, where it is one frame; otherwise its payload in packets of its own. */
export function asSent({ buffer, start, end, frames }: Packet): 'frame' | Uint8Array {
  return frames === 1 ? 'frame' : command(buffer.subarray(start, end))
}

/** Answered here: nothing goes upstream. */
export function answer(packet: Packet, content: Uint8Array): Forwarding {
  return { upstream: undefined, client: packets(packet.next, content) }
}

export function settle(packet: Packet, content: Uint8Array): Reading {
  return { kind: 'settle', forwarding: answer(packet, content) }
}
