import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Greeting, OpenAdapter } from './adapter.js'
import { utf8 } from './bytes.js'
import { type Conduct, conduct, type Reception } from './conduct.js'
import type { Hall } from './hall.js'
import { DEFAULT_LIMITS } from './limits.js'

/** Answers every byte with itself and never asks who it is; `!` is a guest who is turned away at once. */
const stays: Greeting = {
  kind: 'stays',
  async goOn(client) {
    const byte = await client.read(1)
    if (byte[0] === 0x21) client.write(utf8('signed in'))
    else client.write(byte)
    return byte[0] === 0x21 ? { kind: 'settled' } : stays
  },
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function door({ places = 1, greeting = 50, stay = 60_000 }) {
  let taken = 0
  const faults: unknown[] = []
  const running: Conduct[] = []
  const server = createServer((socket) => {
    const reception = {
      hall: () => ({}) as Hall,
      stay: () => {
        if (taken >= places) return undefined
        taken += 1
        return () => {
          taken -= 1
        }
      },
      limits: { ...DEFAULT_LIMITS, greeting, stay },
      watch: { tick: () => performance.now() },
      fault: (fault: unknown) => faults.push(fault),
    } as unknown as Reception
    running.push(conduct(socket, { greet: async () => stays } as unknown as OpenAdapter, reception))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const { port } = server.address() as { port: number }
  return {
    faults,
    running,
    taken: () => taken,
    async client() {
      const socket = connect(port, '127.0.0.1')
      closing.push(() => socket.destroy())
      await new Promise((resolve) => socket.once('connect', resolve))
      return socket
    },
  }
}

const answer = (socket: Socket, said: string) =>
  new Promise<string>((resolve) => {
    socket.once('data', (chunk) => resolve(chunk.toString()))
    socket.once('close', () => resolve('closed'))
    socket.write(said)
  })
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

test('a client that never signs in stays beyond the greeting, and gives its place back', async () => {
  const { client, taken, running } = await door({})
  const monitor = await client()
  expect(await answer(monitor, 'a')).toBe('a')
  await until(() => taken() === 1)
  expect(running[0]?.stays).toBe(true)
  expect(await answer(monitor, 'b')).toBe('b')
  monitor.destroy()
  await until(() => taken() === 0)
  await running[0]?.done
})

test('R30 whoever finds no place is closed when its greeting is over, and not before', async () => {
  const { client, taken } = await door({ places: 1, greeting: 300 })
  const first = await client()
  await until(() => taken() === 1)
  const second = await client()
  const over = closed(second)
  expect(await answer(second, 'a')).toBe('a')
  await over
  expect(await answer(first, 'b')).toBe('b')
})

test('who is silent for too long is closed', async () => {
  const { client, taken } = await door({ stay: 100 })
  const monitor = await client()
  await closed(monitor)
  await until(() => taken() === 0)
})

test('a place is needed by nobody who comes to an end within the greeting', async () => {
  const { client, taken } = await door({ places: 0, greeting: 60_000 })
  const guest = await client()
  expect(await answer(guest, 'a')).toBe('a')
  expect(await answer(guest, '!')).toBe('signed in')
  expect(taken()).toBe(0)
})

test('to drain ends whoever stays', async () => {
  const { client, running, taken } = await door({})
  const monitor = await client()
  await until(() => taken() === 1)
  running[0]?.drain()
  await closed(monitor)
  await running[0]?.done
  expect(taken()).toBe(0)
})
