import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createLane, type Lane } from './lane.js'

const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

type Written = 'written' | 'failed'

/** A lane over a real connection; `heard` is all that the other side gets until it ends. */
async function laneTo(): Promise<{ lane: Lane; heard: Promise<string>; socket: Socket }> {
  const server = createServer()
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const arrived = once(server, 'connection')
  const socket = connect(port, '127.0.0.1')
  const [near] = (await arrived) as [Socket]
  await once(socket, 'connect')
  const heard = (async () => {
    const parts: Buffer[] = []
    for await (const part of near) parts.push(part as Buffer)
    return Buffer.concat(parts).toString()
  })()
  return { lane: createLane(socket, { onRoom() {}, onFailed() {} }), heard, socket }
}

const bytes = (text: string) => [Buffer.from(text)]

test('R24 leaves in the order in which it was sent, each when what it waits for stands', async () => {
  const { lane, heard } = await laneTo()
  const waiting: ((result: Written) => void)[] = []
  const gate = (then: (result: Written) => void) => waiting.push(then)
  lane.send(bytes('a'))
  lane.send(bytes('b'), gate)
  lane.send(bytes('c'))
  lane.send(bytes('d'), gate)
  lane.end(Buffer.from('e'))
  for (const written of waiting.reverse()) written('written')
  expect(await heard).toBe('abcde')
})

test.each<[string, (lane: Lane, written: (result: Written) => void) => void]>([
  ['that were dropped', (lane) => lane.drop()],
  ['whose record could not be written', (_, written) => written('failed')],
])('R24 nothing leaves behind bytes %s', async (_name, lose) => {
  const { lane, heard } = await laneTo()
  let written: (result: Written) => void = () => {}
  lane.send(bytes('a'))
  lane.send(bytes('b'), (then) => {
    written = then
  })
  lose(lane, written)
  lane.send(bytes('c'))
  let later: (result: Written) => void = () => {}
  lane.send(bytes('d'), (then) => {
    later = then
  })
  lane.end(undefined)
  written('written')
  later('written')
  expect(await heard).toBe('a')
})

test('R24 a socket is let go only once everything has left, and with the word whether it did', async () => {
  for (const result of ['written', 'failed'] as const) {
    const { lane, heard, socket } = await laneTo()
    let written: (result: Written) => void = () => {}
    lane.send(bytes('a'), (then) => {
      written = then
    })
    const told: boolean[] = []
    lane.release((whole) => {
      told.push(whole)
      socket.end()
    })
    expect(told).toEqual([])
    written(result)
    expect(told).toEqual([result === 'written'])
    expect(await heard).toBe(result === 'written' ? 'a' : '')
  }
})
