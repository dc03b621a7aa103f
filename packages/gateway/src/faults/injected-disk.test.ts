/** The disk does not keep its word, or has no room, in the gateway's own process: whoever runs it, no right to mount is needed. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, rounds, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

/** While the flag stands every sync fails, whoever asks. */
const SYNCS = `
const { fdatasync, fdatasyncSync } = fs
const fault = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
fs.fdatasync = (fd, then) => (failing() ? setImmediate(then, fault()) : fdatasync(fd, then))
fs.fdatasyncSync = (fd) => {
  if (failing()) throw fault()
  fdatasyncSync(fd)
}
`

/** While the flag stands a segment takes half of what is written to it, and no more. */
const WRITES = `
const { closeSync, openSync, writeSync } = fs
const segments = new Map()
fs.openSync = (path, ...more) => {
  const fd = openSync(path, ...more)
  if (String(path).includes('.seg')) segments.set(fd, false)
  return fd
}
fs.closeSync = (fd) => {
  segments.delete(fd)
  closeSync(fd)
}
fs.writeSync = (fd, bytes, from, length, ...more) => {
  if (!segments.has(fd) || !failing()) return writeSync(fd, bytes, from, length, ...more)
  if (segments.get(fd)) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  segments.set(fd, true)
  return writeSync(fd, bytes, from, Math.ceil(length / 2), ...more)
}
`

/** Loaded before the gateway. */
const injection = (path: string, fault: string) => `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { existsSync } = fs
const failing = () => existsSync(${JSON.stringify(path)})
${fault}
syncBuiltinESMExports()
`

overEach(DATABASES, (database) => {
  let house: House
  const flag = () => join(house.folder, 'fails')

  beforeAll(async () => {
    house = await openHouse(database)
  })
  afterAll(() => house?.stop())

  test.each([
    ['an fsync that fails', 'fsync', SYNCS],
    ['a write that finds no room', 'write', WRITES],
    ['a write that finds no room, each waited for', 'fsync', WRITES],
  ])(
    'R24 %s under load refuses, executes nothing unrecorded, loses none, and heals',
    async (what, durability, fault) => {
      const file = join(house.folder, 'injection.mjs')
      writeFileSync(file, injection(flag(), fault))
      house.configure(
        furnished(house.upstream.port).replace('durability: write', `durability: ${durability}`),
      )
      const serving = await house.serve({ env: { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` } })
      const asks = (guest: Awaited<ReturnType<House['enter']>>) =>
        house.book.note((name) => guest.ask(`select city as ${name} from customers`))
      await rounds(`${what} under load, ${database.name}`, { short: 1, long: 20 }, async () => {
        const inside = await house.enter(serving, 'ben')
        const traffic = startTraffic(serving, house.book, 4)
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 20),
        )
        writeFileSync(flag(), '')
        await house.turns(serving, 'red')
        expect(await asks(inside)).toBe('unwritten')
        expect(await house.newcomer(serving, 'bot')).toBe(database.codes.unwritten)
        rmSync(flag())
        await house.turns(serving, 'green')
        await traffic.end()
        expect(await asks(inside)).toBe('done')
        await inside.end()
        await house.quiet(serving)
        await house.agree()
      })
      expect(await serving.program.stop()).toBe(0)
    },
  )
})
