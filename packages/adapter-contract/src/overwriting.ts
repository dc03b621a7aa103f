/** Does to replies what lending does: a frame's bytes are written over once it was followed, so that a test sees whatever kept a view of them. */
import type { Conversation, Greeting, Guest, OpenAdapter } from '@gatehouse/adapter-kit'

/** The same adapter, whose sessions are so; it is left as it was. */
export function overwriting(adapter: OpenAdapter): OpenAdapter {
  const greet: OpenAdapter['greet'] = async (client, hall) => seen(await adapter.greet(client, hall))
  return Object.create(adapter, { greet: { value: greet } })
}

function seen(greeting: Greeting): Greeting {
  if (greeting.kind === 'guest') return { kind: 'guest', guest: watched(greeting.guest) }
  if (greeting.kind === 'settled') return greeting
  return { kind: 'stays', goOn: async (client, hall) => seen(await greeting.goOn(client, hall)) }
}

function watched(guest: Guest): Guest {
  const enter = guest.enter.bind(guest)
  const again = guest.again?.bind(guest)
  guest.enter = async (upstream, gate) => overwritten(await enter(upstream, gate))
  if (again !== undefined)
    guest.again = async (client, hall, packet) => seen(await again(client, hall, packet))
  return guest
}

function overwritten(conversation: Conversation): Conversation {
  const follow = conversation.follow.bind(conversation)
  conversation.follow = (frame, out) => {
    // A Buffer, as bytes from a socket are: its `slice` is a view.
    const bytes = Buffer.alloc(frame.end - frame.start)
    bytes.set(frame.buffer.subarray(frame.start, frame.end))
    const step = follow({ ...frame, buffer: bytes, start: 0, end: bytes.length }, out)
    for (const part of out.take()) out.write(part.buffer === bytes.buffer ? Uint8Array.from(part) : part)
    bytes.fill(0xee)
    return step
  }
  return conversation
}
