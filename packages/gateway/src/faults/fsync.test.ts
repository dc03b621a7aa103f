/** The disk takes bytes and does not keep its word: fdatasync fails while clients ask, in the gateway's own process. */
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

overEach(DATABASES, (database) => {
  let house: House
  const flag = () => join(house.folder, 'fsync-fails')

  beforeAll(async () => {
    house = await openHouse(database, {
      configuration: (port) => furnished(port).replace('durability: write', 'durability: fsync'),
    })
  })
  afterAll(() => house?.stop())

  /** Loaded before the gateway; while the flag stands every sync fails, whoever asks. */
  const INJECTION = (path: string) => `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { existsSync, fdatasync, fdatasyncSync } = fs
const fault = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
const failing = () => existsSync(${JSON.stringify(path)})
fs.fdatasync = (fd, then) => (failing() ? setImmediate(then, fault()) : fdatasync(fd, then))
fs.fdatasyncSync = (fd) => {
  if (failing()) throw fault()
  fdatasyncSync(fd)
}
syncBuiltinESMExports()
`

  test('R24 an fsync that fails under load refuses, executes nothing unrecorded, loses none, and heals', async () => {
    const injection = join(house.folder, 'injection.mjs')
    writeFileSync(injection, INJECTION(flag()))
    const serving = await house.serve({
      env: { NODE_OPTIONS: `--import=${pathToFileURL(injection).href}` },
    })
    await rounds(`an fsync that fails under load, ${database.name}`, { short: 1, long: 20 }, async () => {
      const inside = await house.enter(serving, 'ben')
      const traffic = startTraffic(serving, house.book, 4)
      await within(
        'calls are answered',
        eventually(() => traffic.count >= 20),
      )
      writeFileSync(flag(), '')
      await house.turns(serving, 'red')
      expect(await house.book.note((name) => inside.ask(`select city as ${name} from customers`))).toBe(
        'unwritten',
      )
      expect(await house.newcomer(serving, 'bot')).toBe(database.codes.unwritten)
      rmSync(flag())
      await house.turns(serving, 'green')
      await traffic.end()
      expect(await house.book.note((name) => inside.ask(`select city as ${name} from customers`))).toBe(
        'done',
      )
      await inside.end()
      await house.quiet(serving)
      await house.agree()
    })
    expect(await serving.program.stop()).toBe(0)
  })
})
