/** Faults of the folder in which the records stand: full, read-only, torn, damaged. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES } from './databases.js'
import { type House, openHouse } from './house.js'
import { spoolOf } from './reconcile.js'
import { allowTime, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

overEach(DATABASES, (database) => {
  let house: House
  let mounted = false
  const disk = () => join(house.folder, 'var')

  beforeAll(async () => {
    house = await openHouse(database)
    mkdirSync(disk(), { mode: 0o700 })
    mounted = mount('-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', disk())
    if (!mounted) console.log('SKIPPED tmpfs: no right to mount — run as root (a full disk, a read-only one)')
  })
  afterAll(async () => {
    await house?.upstream.stop()
    if (mounted) execFileSync('umount', ['-l', disk()])
    await house?.stop()
  })

  function mount(...options: readonly string[]): boolean {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
    try {
      execFileSync('mount', options, { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  /** Takes what room there is, down to the last byte. */
  function fill(): void {
    const filler = join(disk(), 'filler')
    for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(size))
      } catch (fault) {
        if ((fault as { code?: string }).code !== 'ENOSPC') throw fault
      }
    }
  }
  const free = () => rmSync(join(disk(), 'filler'), { force: true })
  const segments = () => {
    const dir = spoolOf(house.folder)
    const chain = readdirSync(dir, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name ?? ''
    return readdirSync(join(dir, chain))
      .filter((name) => name.endsWith('.seg'))
      .sort()
      .map((name) => join(dir, chain, name))
  }
  const busy = async (serving: Served, clients: number) => {
    const traffic = startTraffic(serving, house.book, clients)
    await within(
      'calls are answered',
      eventually(() => traffic.count >= 20),
    )
    return traffic
  }

  test('R24 a disk that fills under load refuses, executes nothing unrecorded, and heals by itself', async ({
    skip,
  }) => {
    if (!mounted) skip()
    free()
    let serving = await house.serve()
    await rounds(`a disk that fills under load, ${database.name}`, { short: 2, long: 20 }, async (round) => {
      const inside = await house.enter(serving, 'ben')
      const traffic = await busy(serving, 4)
      fill()
      await house.turns(serving, 'red')
      // Who waited for a record was told so, and is gone; who asks now is refused.
      const asked = await house.book.note((name) => inside.ask(`select city as ${name} from customers`))
      expect(asked).toBe('unwritten')
      expect(await house.newcomer(serving, 'bot')).toBe(database.codes.unwritten)
      if (round % 2 === 1) {
        // By force, and started again while there is no room.
        await serving.program.kill9()
        await traffic.end()
        await house.gone()
        const refused = await house.serve({ expectReady: false })
        await within(
          'it starts or says why not',
          eventually(() => /GH_SPOOL|"event":"metrics"/.test(refused.program.output())),
        )
        await within('it ends', refused.program.stop())
        free()
        serving = await house.serve()
      } else {
        free()
        await house.turns(serving, 'green')
        await traffic.end()
        expect(await house.book.note((name) => inside.ask(`select city as ${name} from customers`))).toBe(
          'done',
        )
      }
      await inside.end().catch(() => {})
      const guest = await house.enter(serving, 'ben')
      expect(await house.book.note((name) => guest.ask(`select city as ${name} from customers`))).toBe('done')
      await guest.end()
      await house.quiet(serving)
      await house.agree()
    })
    expect(await serving.program.stop()).toBe(0)
  })

  test('R24 a spool that cannot be written refuses the start, and leaves what stands there alone', async ({
    skip,
  }) => {
    if (!mounted) skip()
    const serving = await house.serve()
    const traffic = await busy(serving, 2)
    await traffic.end()
    await house.quiet(serving)
    expect(await serving.program.stop()).toBe(0)
    execFileSync('mount', ['-o', 'remount,ro', disk()])
    try {
      const refused = await house.serve({ expectReady: false })
      expect(await within('it ends', refused.program.ended)).toBe(3)
      expect(refused.program.output()).not.toContain('"event":"listening"')
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk()])
    }
    await house.agree()
    said(`a spool on a read-only disk at the start, ${database.name}`, 1)
  })

  test('R24 a torn tail after kill -9 is cut off and said, and nothing whole is lost with it', async () => {
    await rounds(`a torn tail after kill -9, ${database.name}`, { short: 1, long: 20 }, async (round) => {
      let serving = await house.serve()
      const traffic = await busy(serving, 4)
      await serving.program.kill9()
      await traffic.end()
      await house.gone()
      appendFileSync(
        segments().at(-1) ?? '',
        Buffer.from([0, 0, 1, 44, ...Array.from({ length: round * 9 + 5 }, () => 82)]),
      )
      serving = await house.serve()
      expect(serving.program.output()).toContain('truncated')
      await house.agree()
      await serving.program.stop()
    })
  })

  test('a damaged segment in the middle refuses the start and is named; mended, everything stands', async () => {
    while (segments().length < 3) {
      const serving = await house.serve()
      await house.newcomer(serving)
      await serving.program.stop()
    }
    const middle = segments()[1] ?? ''
    const whole = readFileSync(middle)
    const damages: readonly (readonly [string, () => void])[] = [
      ['a flipped bit', () => writeFileSync(middle, flipped(whole))],
      ['a cut', () => truncateSync(middle, statSync(middle).size - 3)],
    ]
    for (const [, damage] of damages) {
      damage()
      try {
        const refused = await house.serve({ expectReady: false })
        expect(await within('it ends', refused.program.ended)).toBe(3)
        expect(refused.program.output()).toContain('GH_SPOOL')
        expect(refused.program.output()).toContain(middle.split('/').at(-1))
      } finally {
        writeFileSync(middle, whole)
      }
    }
    const serving = await house.serve()
    const traffic = await busy(serving, 2)
    await traffic.end()
    await house.quiet(serving)
    await house.agree()
    await serving.program.stop()
    said(`a damaged segment in the middle, ${database.name}`, damages.length)
  })
})

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const middle = Math.floor(copy.length / 2)
  copy[middle] = (copy[middle] ?? 0) ^ 4
  return copy
}
