/** The parts of several workers, one by one; what they come to together is tried end to end. */
import { randomBytes, randomInt } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createCancelKeys, workerOf } from '../cancel-keys.js'
import { readAll } from '../commands/read-all.js'
import { createDesk } from './desk.js'
import { gatherHealth } from './gathered-health.js'
import { createHandover, type Taker } from './handover.js'
import { inTurn } from './in-turn.js'
import { fromInputs, noteInputs } from './inputs.js'
import { createLink, type Port } from './link.js'
import { createPlaces } from './places.js'
import { instanceOf, leftFolders, spoolFolders, spoolName } from './station.js'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-workers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const NOWHERE = { cancel() {}, stopSession: async () => false, sibling: async () => undefined }

describe('stations', () => {
  test('one has the plain names, several have numbered ones; folders of other numbers are left ones', () => {
    expect([instanceOf('gw', { number: 1, of: 1 }), spoolName({ number: 1, of: 1 })]).toEqual(['gw', 'spool'])
    expect([instanceOf('gw', { number: 3, of: 4 }), spoolName({ number: 3, of: 4 })]).toEqual([
      'gw/3',
      'spool-3',
    ])
    const dataDir = join(folder, 'data')
    for (const name of ['spool-10', 'spool-2', 'spool', 'spool-x', 'spools', 'other'])
      mkdirSync(join(dataDir, name), { recursive: true })
    writeFileSync(join(dataDir, 'spool-3'), 'no folder')
    const names = (found: readonly string[]) => found.map((each) => each.slice(dataDir.length + 1))
    expect(names(spoolFolders(dataDir))).toEqual(['spool', 'spool-2', 'spool-10'])
    expect(names(leftFolders(dataDir, { number: 1, of: 1 }))).toEqual(['spool-2', 'spool-10'])
    expect(names(leftFolders(dataDir, { number: 1, of: 4 }))).toEqual(['spool', 'spool-10'])
  })
})

describe('places', () => {
  const wanted = (listener: string, person: string, connections = 3, perUser = 2) => ({
    listener,
    person,
    limits: { connections, perUser },
  })

  test('are never more than the limits, and given back once', () => {
    const places = createPlaces()
    const first = places.take(wanted('a', 'ann'))
    places.take(wanted('a', 'ann'))
    expect(places.take(wanted('a', 'ann'))).toEqual({ kind: 'full', of: 'person' })
    places.take(wanted('a', 'ben'))
    expect(places.take(wanted('a', 'bob'))).toEqual({ kind: 'full', of: 'listener' })
    expect(places.take(wanted('b', 'ann')).kind).toBe('taken')
    if (first.kind === 'taken') {
      first.giveBack()
      first.giveBack()
    }
    expect(places.take(wanted('a', 'ann')).kind).toBe('taken')
    expect(places.take(wanted('a', 'bob'))).toEqual({ kind: 'full', of: 'listener' })
    // A reload that lowers a limit ends nobody, and lets nobody in.
    expect(places.take(wanted('b', 'ann', 1))).toEqual({ kind: 'full', of: 'listener' })
  })

  test('of a worker that is gone are free; a number that it was never given gives nothing back', () => {
    const desk = createDesk(() => 0, NOWHERE)
    const [one, two] = [desk.open(), desk.open()]
    const take = (number: number) => ({ number, ...wanted('a', 'ann') })
    expect(one.answers.take(take(1))).toBe('taken')
    expect(two.answers.take(take(1))).toBe('taken')
    two.hears['give-back'](7, undefined)
    expect(two.answers.take(take(2))).toBe('person')
    one.close()
    expect(two.answers.take(take(3))).toBe('taken')
    two.hears['give-back'](1, undefined)
    expect(one.answers.take(take(4))).toBe('taken')
  })

  test('R15 failures at one worker count at all', async () => {
    const desk = createDesk(() => 0, NOWHERE)
    const source = { source: '192.0.2.1', login: 'ann' }
    const waits = [0, 1, 2, 3].map(() => desk.open().answers.failed(source))
    expect(waits).toEqual([100, 200, 400, 800])
  })
})

test('R29 a key of one worker goes to that worker, whatever its other bits are; no foreign key is ever tried', async () => {
  const routed: number[] = []
  const numbers = [1, 2, 63, 64]
  const all = numbers.map((number) =>
    createCancelKeys((size) => randomBytes(size), {
      number,
      elsewhere: (processId) => routed.push(workerOf(processId)),
    }),
  )
  const cancelled: number[] = []
  for (const [index, keys] of all.entries())
    for (let round = 0; round < 200; round += 1) {
      const key = keys.issue(async () => void cancelled.push(numbers[index] as number))
      expect(key.processId).toBeGreaterThan(0)
      expect(key.processId).toBeLessThan(2 ** 31)
      expect(workerOf(key.processId)).toBe(numbers[index])
      expect(key.key).toHaveLength(4)
      await all[(index + 1) % all.length]?.present(key.processId, key.key)
      expect(routed.pop()).toBe(numbers[index])
      expect(cancelled).toHaveLength(0)
      await keys.present(key.processId, key.key)
      expect(cancelled.pop()).toBe(numbers[index])
    }
  for (let round = 0; round < 1000; round += 1) {
    await all[randomInt(4)]?.present(randomInt(-(2 ** 31), 2 ** 31), randomBytes(randomInt(0, 9)))
    for (const number of routed.splice(0)) expect(number >= 1 && number <= 64).toBe(true)
  }
  expect(cancelled).toEqual([])
})

describe('the link', () => {
  interface Ours {
    readonly asks: {
      readonly double: { readonly ask: number; readonly answer: number }
      readonly never: { readonly ask: undefined; readonly answer: undefined }
    }
    readonly tells: { readonly news: string }
  }
  interface Theirs {
    readonly asks: Record<never, never>
    readonly tells: Record<never, never>
  }
  const joined = () => {
    const hears: ((message: unknown, socket: unknown) => void)[] = []
    const port = (mine: number): Port => ({
      connected: true,
      send: (message, socket) => queueMicrotask(() => hears[1 - mine]?.(structuredClone(message), socket)),
      listen: (hear) => {
        hears[mine] = hear
      },
    })
    const news: string[] = []
    const near = createLink<Ours, Theirs>(port(0), { answers: {}, hears: {} })
    createLink<Theirs, Ours>(port(1), {
      answers: {
        double(value) {
          if (value < 0) throw new Error('below zero')
          return value * 2
        },
        never: () => new Promise<undefined>(() => {}),
      },
      hears: { news: (text) => void news.push(text) },
    })
    return { near, news }
  }

  test('brings answers, faults and news; who does not answer, or is gone, is an error', async () => {
    const { near, news } = joined()
    expect(await Promise.all([near.ask('double', 4, 5000), near.ask('double', 5, 5000)])).toEqual([8, 10])
    await expect(near.ask('double', -1, 5000)).rejects.toThrow('below zero')
    await expect(near.ask('never', undefined, 10)).rejects.toThrow('no answer in time')
    near.tell('news', 'one')
    await near.ask('double', 1, 5000)
    expect(news).toEqual(['one'])
    const pending = near.ask('never', undefined, 60_000)
    near.close()
    await expect(pending).rejects.toThrow('has gone')
    await expect(near.ask('double', 1, 5000)).rejects.toThrow('has gone')
  })
})

describe('clients on their way', () => {
  interface Given extends Taker {
    readonly name: string
    readonly sockets: Socket[]
  }
  const taker = (name: string): Given => {
    const sockets: Socket[] = []
    return { name, open: true, sockets, give: (_, socket) => void sockets.push(socket) }
  }

  test('each worker has one at a time, the fewest first; who was not sent yet survives a worker, who was sent is let go', async () => {
    const arrived: Socket[] = []
    const server = createServer({ pauseOnConnect: true }, (socket) => arrived.push(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const clients = Array.from({ length: 5 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    )
    while (arrived.length < 5) await new Promise((resolve) => setTimeout(resolve, 5))
    const dropped: string[] = []
    const handover = createHandover<Given>((listener) => dropped.push(listener))
    const [a, b] = [taker('a'), taker('b')]
    for (const socket of arrived) handover.offer('shop', socket)
    handover.join(a)
    handover.join(b)
    expect([a.sockets.length, b.sockets.length]).toEqual([1, 1])
    handover.leave(a)
    expect(a.sockets[0]?.destroyed).toBe(true)
    expect(b.sockets).toHaveLength(1)
    handover.took(b)
    handover.took(b)
    expect(b.sockets).toHaveLength(3)
    const c = taker('c')
    handover.join(c)
    expect(c.sockets).toHaveLength(1)
    handover.took(c)
    handover.took(b)
    const late = connect(port, '127.0.0.1')
      .on('error', () => {})
      .resume()
    while (arrived.length < 6) await new Promise((resolve) => setTimeout(resolve, 5))
    handover.offer('shop', arrived[5] as Socket)
    expect([b.sockets.length, c.sockets.length]).toEqual([3, 2])
    // It is ending: the client is not, and goes to another.
    handover.declined(c)
    expect(c.sockets[1]?.destroyed).toBe(false)
    expect(b.sockets[3]).toBe(c.sockets[1])
    handover.took(b)
    expect(b.sockets[3]?.destroyed).toBe(true)
    handover.close()
    expect(dropped).toEqual([])
    for (const socket of [...clients, late, ...arrived]) socket.destroy()
    server.close()
  })

  test('who did not come through goes to another, or is let go where nobody can take it', () => {
    const dropped: string[] = []
    const handover = createHandover<Given>((listener) => dropped.push(listener))
    const [a, b] = [taker('a'), taker('b')]
    handover.join(a)
    handover.join(b)
    const socket = new Socket()
    handover.offer('shop', socket)
    handover.missed(a)
    expect(b.sockets).toEqual([socket])
    handover.missed(a)
    expect(socket.destroyed).toBe(false)
    handover.missed(b)
    expect([socket.destroyed, dropped]).toEqual([true, ['shop']])
  })
})

test('inputs: what was read is read again by nobody, and nothing else can be', () => {
  const site = join(folder, 'site')
  mkdirSync(join(site, 'policies'), { recursive: true })
  const file = join(site, 'gatehouse.yaml')
  const text = `apiVersion: gatehouse/v1
identity: {users: [{name: ann, password: {file: secret}}]}
listeners:
  - {name: shop, protocol: postgres, listen: "127.0.0.1:0", upstream: {host: 127.0.0.1, user: u, tls: disable}}
policies: [pack:observe, ./policies]
`
  writeFileSync(file, text)
  writeFileSync(join(site, 'secret'), 'first\n', { mode: 0o600 })
  writeFileSync(
    join(site, 'policies', 'p.yaml'),
    'apiVersion: gatehouse/v1\nkind: Policy\nmetadata: {name: p}\nrules:\n  - {name: r, effect: forbid, verbs: [drop]}\n',
  )
  const noted = noteInputs()
  const first = readAll(file, { env: {} }, true, noted)
  const inputs = structuredClone(noted.inputs(file))
  writeFileSync(file, 'broken: [')
  writeFileSync(join(site, 'secret'), 'second\n')
  writeFileSync(join(site, 'policies', 'q.yaml'), 'broken: [')
  const again = readAll(file, { env: {} }, true, fromInputs(inputs))
  if (first.kind !== 'read' || again.kind !== 'read') throw new Error('expected to be read')
  expect(again.configuration.identity).toEqual(first.configuration.identity)
  expect(again.configuration.identity.users[0]?.password).toBe('first')
  expect(again.policies.policy.revision).toBe(first.policies.policy.revision)
  expect(() => fromInputs(inputs).readFile('/etc/hostname')).toThrow('not among')
})

test('health is the worst of all; a worker that is missing or silent is yellow while another serves, red when none does', () => {
  const health = (colour: 'green' | 'yellow' | 'red', message?: string) => ({
    ready: colour !== 'red',
    colour,
    details: [{ part: 'spool', colour, ...(message !== undefined && { message }) }],
  })
  const colours = (...of: Parameters<typeof gatherHealth>) => gatherHealth(...of).colour
  expect(colours([{ number: 1, health: health('green') }], [], [])).toBe('green')
  const mixed = gatherHealth(
    [
      { number: 1, health: health('yellow', '80 % full') },
      { number: 2, health: health('red', 'no space') },
      { number: 3, health: health('green') },
    ],
    [],
    [],
  )
  expect(mixed).toEqual({
    ready: false,
    colour: 'red',
    details: [{ part: 'spool', colour: 'red', message: 'worker 2: no space' }],
  })
  expect(
    colours(
      [
        { number: 1, health: health('green') },
        { number: 2, health: undefined },
      ],
      [],
      [],
    ),
  ).toBe('yellow')
  expect(colours([{ number: 1, health: health('green') }], [2], [])).toBe('yellow')
  expect(colours([{ number: 1, health: undefined }], [2], [])).toBe('red')
  expect(colours([], [1, 2], [])).toBe('red')
})

test('work in turn: one at a time, in order, whatever became of the one before', async () => {
  const turns = inTurn()
  const seen: string[] = []
  const piece =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 1))
      seen.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const all = [turns(piece('a')), turns(piece('b', true)), turns(piece('c'))]
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})
