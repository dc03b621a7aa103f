/** Clients in other languages: each small program does the same directly, through the gateway, and through it masked. */
import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Flavour } from '../wire/fixture.js'
import { judge, keepRows } from './compare.js'
import { ERRORS, FEATURE_NAMES, type Feature, SQL, STATES } from './features.js'
import type { Row } from './page.js'
import { PROGRAMS, type Program } from './programs.js'
import { createTown, type Town, type Way } from './town.js'

const run = promisify(execFile)
const PATIENCE = 400_000
const ran: Row[] = []
const opened = new Map<Flavour, Promise<Town>>()
// Where no language is here no server is started either.
function townOf(flavour: Flavour): Promise<Town> {
  const known = opened.get(flavour) ?? createTown(flavour, { tls: true })
  opened.set(flavour, known)
  return known
}

afterAll(async () => {
  for (const { stages, close } of await Promise.all(opened.values())) {
    await close()
    expect(stages.flatMap(({ faults }) => faults)).toEqual([])
  }
})

for (const program of PROGRAMS) {
  describePart(
    [program.flavour === 'mysql' ? 'mysql' : 'mariadbd', program.toolchain],
    program.client,
    () => {
      beforeAll(() => build(program), PATIENCE)

      test(
        `${program.client} notices no gateway, but for the masks`,
        async () => {
          // One after the other: they write into the same tables.
          const direct = await lines(program, 'direct')
          const observed = await lines(program, 'observed')
          const masked = await lines(program, 'masked')
          const sightings = { direct: direct.seen, observed: observed.seen, masked: masked.seen }
          const alike = FEATURE_NAMES.filter((feature) => feature in direct.seen)
          for (const feature of alike) judge(feature, sightings)
          ran.push({ client: program.client, version: direct.version || program.version, alike })
        },
        PATIENCE,
      )
    },
  )
}

test('docs/clients.md says what ran', () => keepRows(ran))

async function build({ build: made, sources }: Program): Promise<void> {
  if (made === undefined) return
  await run(made.command, [...made.args], {
    cwd: sources,
    env: { ...process.env, ...made.env },
    timeout: PATIENCE,
  })
}

interface Line {
  readonly version?: string
  readonly feature?: Feature
  readonly value?: unknown
  readonly fault?: string
}

async function lines({ command, args, sources, version, flavour }: Program, way: Way) {
  const { address, caFile } = await townOf(flavour)
  const { host, port, user, password, database } = address(way)
  const env = {
    ...process.env,
    MYSQL_HOST: host,
    MYSQL_PORT: String(port),
    MYSQL_NAME: user,
    MYSQL_PASSWORD: password,
    MYSQL_DATABASE: database,
    ...(caFile === undefined ? {} : { MYSQL_CA: caFile }),
    CLIENT_VERSION: version,
    TRIALS: JSON.stringify({ sql: SQL, errors: ERRORS, states: STATES }),
    TRIAL_LINES: [
      ...Object.entries(SQL),
      ...ERRORS.map((text) => ['error', text]),
      ...STATES.map((text) => ['state', text]),
    ]
      .map((parts) => parts.join('\t'))
      .join('\n'),
    TZ: 'UTC',
  }
  const { stdout } = await run(command, [...args], {
    cwd: sources,
    env,
    timeout: PATIENCE,
    maxBuffer: 64 << 20,
  })
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const faults = said.filter(({ fault }) => fault !== undefined)
  expect(faults, faults.map(({ feature, fault }) => `${way} ${feature}: ${fault}`).join('\n')).toEqual([])
  const seen = Object.fromEntries(said.flatMap(({ feature, value }) => (feature ? [[feature, value]] : [])))
  return { version: said.find((line) => line.version !== undefined)?.version ?? '', seen }
}
