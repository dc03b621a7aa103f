/** Clients in other languages: a small program does the same directly, through the gateway, and through it masked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describePart, toolchain } from '@gatehouse/workbench'
import { EJSON } from 'bson'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Feature } from './features.js'
import { keepRows } from './kept-rows.js'
import { withoutMasks } from './masked.js'
import { runProgram } from './run-program.js'
import { TRACES } from './shop.js'
import { createTown, faultsOf, type Town, type Way } from './town.js'

const sources = fileURLToPath(new URL('../../src/clients/python', import.meta.url))
const python = toolchain('python', sources)
const version = /pymongo==(\S+)/.exec(readFileSync(join(sources, 'requirements.txt'), 'utf8'))?.[1] ?? ''

interface Line {
  readonly trial?: string
  readonly version?: string
  readonly value?: unknown
}

describePart(['ferretdb', python], 'PyMongo', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown()
  })
  afterAll(async () => {
    await town.close()
    expect(faultsOf(town)).toEqual([])
  })

  const day = async (way: Way): Promise<Readonly<Record<string, unknown>>> => {
    const env = { MONGODB_URL: town.url(way), PATH: process.env.PATH ?? '', TZ: 'UTC' }
    const { code, stdout, stderr } = await runProgram(
      join(python.folder, 'bin', 'python3'),
      ['-B', 'program.py'],
      env,
      '',
      sources,
    )
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => EJSON.parse(line, { relaxed: false }) as Line)
    return Object.fromEntries(
      lines.flatMap(({ trial, value }) => (trial === undefined ? [] : [[trial, value]])),
    )
  }

  test('a day’s work: as directly, but for the masks', async () => {
    const direct = await day('direct')
    expect(Object.keys(direct)).toEqual([
      'connect',
      'read',
      'write',
      'errors',
      'sessions',
      'threads',
      'personal',
    ])
    expect(JSON.stringify(direct.personal)).toMatch(TRACES)
    expect(await day('observed')).toEqual(direct)
    const masked = await day('masked')
    expect(JSON.stringify(masked)).not.toMatch(TRACES)
    expect(masked.read).toEqual(direct.read)
    expect(masked.write).toEqual(direct.write)
    expect(withoutMasks(masked.personal)).toEqual(withoutMasks(direct.personal))
    const alike: readonly Feature[] = [
      'connect',
      'reads',
      'writes',
      'cursors',
      'sessions',
      'errors',
      'own',
      'masked',
    ]
    await keepRows([{ client: 'PyMongo', version, alike }])
  })
})
