import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Reading, readDirectly } from './direct-reading.js'
import { createLane } from './lane.js'
import { giveBack, type Loan } from './loans.js'

interface Heard {
  readonly chunks: Uint8Array[]
  text(): string
  ended: boolean
}

let server: Server
/** What the test writes by, and the other end, which is read. */
let peer: Socket
let near: Socket

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const { port } = server.address() as { port: number }
  peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  peer.on('error', () => {})
  ;[near] = await accepted
  near.on('error', () => {})
})

afterEach(() => {
  peer.destroy()
  near.destroy()
  server.close()
})

function hearing(): Heard & Parameters<typeof readDirectly>[1] {
  const chunks: Uint8Array[] = []
  const heard = {
    chunks,
    ended: false,
    text: () => Buffer.concat(chunks).toString('latin1'),
    bytes: (chunk: Uint8Array) => void chunks.push(chunk),
    end: () => {
      heard.ended = true
    },
  }
  return heard
}

const until = (holds: () => boolean) =>
  vi.waitFor(() => expect(holds()).toBe(true), { timeout: 60_000, interval: 5 })
const quiet = () => new Promise((resolve) => setTimeout(resolve, 50))
const letters = (size: number) => Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz')

test.each([1, 127, 128, 129, 5_000, 64 * 1024, 300_000])('%i bytes come as they were sent', async (size) => {
  const heard = hearing()
  const { socket } = readDirectly(near, heard)
  expect(socket).not.toBe(near)
  peer.write(letters(size))
  await until(() => heard.text().length === size)
  expect(heard.text()).toBe(letters(size).toString())
})

test('whoever is told keeps the bytes: another connection reads into the same buffer', async () => {
  const heard = hearing()
  readDirectly(near, heard)
  peer.write('first')
  await until(() => heard.chunks.length === 1)
  peer.write('other')
  await until(() => heard.chunks.length === 2)
  expect(heard.chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(['first', 'other'])
})

test('what is written to it arrives, and its end half closes', async () => {
  const heard = hearing()
  const { socket } = readDirectly(near, heard)
  let got = ''
  peer.on('data', (chunk) => {
    got += chunk
  })
  const ended = once(peer, 'end')
  socket.write('an answer')
  socket.end()
  await ended
  expect(got).toBe('an answer')
  peer.write('and a last word')
  await until(() => heard.text() === 'and a last word')
})

test('while it may not flow nothing is told, and afterwards everything in its order', async () => {
  const heard = hearing()
  const reading = readDirectly(near, heard)
  reading.flow(false)
  peer.write('one')
  await quiet()
  peer.write('two')
  await quiet()
  expect(heard.chunks).toEqual([])
  reading.flow(true)
  await until(() => heard.text() === 'onetwo')
})

test('R30 while it may not flow the peer is held back, and nothing is lost', async () => {
  const heard = hearing()
  const reading = readDirectly(near, heard)
  reading.flow(false)
  const size = 32 * 1024 * 1024
  let sent = false
  peer.write(letters(size), () => {
    sent = true
  })
  await quiet()
  await quiet()
  // The kernel's buffers take some of it; what was taken from them is little.
  expect(sent).toBe(false)
  expect(near.bytesRead + reading.socket.bytesRead).toBeLessThan(256 * 1024)
  reading.flow(true)
  await until(() => heard.chunks.reduce((sum, { length }) => sum + length, 0) === size)
  expect(letters(size).equals(Buffer.concat(heard.chunks))).toBe(true)
})

test('one who stops the flow while being told is told no more of what waits', async () => {
  const heard = hearing()
  let reading: Reading | undefined
  reading = readDirectly(near, {
    bytes: (chunk) => {
      heard.bytes(chunk)
      reading?.flow(false)
    },
    end: heard.end,
  })
  reading.flow(false)
  for (const word of ['one', 'two', 'three']) {
    peer.write(word)
    await quiet()
  }
  peer.end()
  reading.flow(true)
  await until(() => heard.chunks.length === 1)
  await quiet()
  expect(heard.text()).toBe('one')
  reading.flow(true)
  await until(() => heard.text() === 'onetwo')
  expect(heard.ended).toBe(false)
  reading.flow(true)
  await until(() => heard.text() === 'onetwothree')
  reading.flow(true)
  await until(() => heard.ended)
})

test('the end is told after all that was said, also when that waited', async () => {
  const heard = hearing()
  const reading = readDirectly(near, heard)
  reading.flow(false)
  peer.end('last words')
  await quiet()
  expect(heard.ended).toBe(false)
  reading.flow(true)
  await until(() => heard.ended)
  expect(heard.text()).toBe('last words')
})

test('a peer that resets the connection closes it, though it may not flow', async () => {
  const heard = hearing()
  const reading = readDirectly(near, heard)
  const closed = once(reading.socket, 'close').catch(() => {})
  reading.socket.on('error', () => {})
  reading.flow(false)
  peer.resetAndDestroy()
  await closed
  expect(reading.socket.destroyed).toBe(true)
  await until(() => near.destroyed)
})

test('what destroys the socket that was given ends the one that took its place', async () => {
  const { socket } = readDirectly(near, hearing())
  const closed = once(socket, 'close')
  near.destroy()
  await closed
  expect(socket.destroyed).toBe(true)
})

test('once released, what waits and what comes are data of whoever has the socket next', async () => {
  const heard = hearing()
  const reading = readDirectly(near, heard)
  peer.write('mine')
  await until(() => heard.text() === 'mine')
  reading.flow(false)
  peer.write('yours')
  await quiet()
  reading.release()
  let next = ''
  reading.socket.on('data', (chunk) => {
    next += chunk
  })
  reading.socket.resume()
  await until(() => next === 'yours')
  peer.write(', too')
  await until(() => next === 'yours, too')
  expect(heard.text()).toBe('mine')
})

test('a socket with bytes on their way is read by its events, and may be held back as well', async () => {
  near.pause()
  near.unshift(Buffer.from('before'))
  const heard = hearing()
  const reading = readDirectly(near, heard)
  expect(reading.socket).toBe(near)
  peer.write(', after')
  reading.flow(false)
  await quiet()
  expect(heard.chunks).toEqual([])
  reading.flow(true)
  await until(() => heard.text() === 'before, after')
  peer.end()
  await until(() => heard.ended)
})

const noise = (size: number) => {
  const bytes = Buffer.allocUnsafe(size)
  for (let at = 0, state = 1; at < size; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes.writeUInt32LE(state, at)
  }
  return bytes
}

test('what is kept of what was lent stays as it was, and what is given back is read into again', async () => {
  const sent = noise(8 * 1024 * 1024)
  const heard = hearing()
  const buffers = new Set<ArrayBufferLike>()
  let lent = 0
  readDirectly(near, {
    ...heard,
    borrow(part, loan) {
      lent += 1
      const keeps = lent % 5 === 0
      heard.chunks.push(keeps ? part : Uint8Array.from(part))
      if (keeps) return false
      buffers.add(part.buffer)
      part.fill(0)
      giveBack(loan)
      return true
    },
  })
  peer.write(sent)
  await until(() => heard.chunks.reduce((sum, { length }) => sum + length, 0) === sent.length)
  expect(sent.equals(Buffer.concat(heard.chunks))).toBe(true)
  expect(lent).toBeGreaterThan(buffers.size)
})

test.each([4_096, 5_000, 1 << 20])(
  'bytes come to the place that there is for them, %i of them',
  async (size) => {
    const sent = noise(8 * 1024 * 1024)
    const all = Buffer.alloc(sent.length)
    let at = 0
    let placed = 0
    const take = (part: Uint8Array) => {
      if (part.buffer === all.buffer) {
        expect(part.byteOffset).toBe(all.byteOffset + at)
        placed += 1
      } else all.set(part, at)
      at += part.length
      // A turn in which what comes has to wait.
      if (placed % 7 === 3) {
        reading.flow(false)
        setImmediate(() => reading.flow(true))
      }
    }
    const reading = readDirectly(near, {
      bytes: take,
      // Not everything has a place.
      room: () => (at % 3 === 0 ? undefined : all.subarray(at, at + size)),
      end() {},
    })
    peer.write(sent)
    await until(() => at === sent.length)
    expect(sent.equals(all)).toBe(true)
    expect(placed).toBeGreaterThan(0)
  },
)

test.each(['at once', 'in fits and starts'])('what is lent arrives at one who reads %s', async (how) => {
  const sent = noise(16 * 1024 * 1024)
  const taken: Buffer[] = []
  const receiver = createServer((socket) => {
    socket.on('data', (chunk) => {
      taken.push(chunk)
      if (how === 'at once' || taken.length % 7 > 0) return
      socket.pause()
      setTimeout(() => socket.resume(), 5)
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const far = connect((receiver.address() as { port: number }).port, '127.0.0.1')
  await once(far, 'connect')
  const lane = createLane(far, { onRoom: () => reading.flow(true), onFailed: () => {} })
  const lent = new Set<ArrayBufferLike>()
  let times = 0
  const forward = (chunk: Uint8Array, loan?: Loan) => {
    lane.send([chunk], undefined, loan === undefined ? undefined : [loan])
    reading.flow(!lane.full())
    if (loan !== undefined) lent.add(loan.bytes.buffer)
    times += loan === undefined ? 0 : 1
    return true
  }
  const reading = readDirectly(near, { bytes: forward, borrow: forward, end() {} })
  peer.write(sent)
  await until(() => taken.reduce((sum, { length }) => sum + length, 0) === sent.length)
  far.destroy()
  receiver.close()
  expect(sent.equals(Buffer.concat(taken))).toBe(true)
  expect(times).toBeGreaterThan(lent.size)
})
