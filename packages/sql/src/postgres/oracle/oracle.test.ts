/** Random statements over random schemas, with the server as judge: `npm run test:oracle` for the long form. */
import type { PostgresMajor, PostgresServer } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Court, type Finding, openCourt, startServer } from './court.js'
import { REGRESSIONS } from './regressions.js'

const long = process.env.GATEHOUSE_LONG === '1'
const seed = Number(process.env.GATEHOUSE_SEED ?? (long ? Date.now() % 1_000_000 : 4))
/** Statements that the server accepts, over both versions. */
const wanted = Number(process.env.GATEHOUSE_STATEMENTS ?? (long ? 20_000 : 1_000))
const SCENES = long ? 10 : 1

describe.each([15, 18] as const)('Postgres %i agrees', (major: PostgresMajor) => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startServer(major)
  })
  afterAll(async () => server?.stop())

  test('R1 R4 R16 on what random statements read, where outputs come from, and what shows in them', async () => {
    const findings: Finding[] = []
    const sums = { tried: 0, accepted: 0, viewed: 0, opaque: 0, compared: 0 }
    for (let scene = 0; scene < SCENES; scene++) {
      const court = await openCourt(server, major, seed + scene)
      findings.push(...(await session(court, wanted / 2 / SCENES)))
      for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += court.tally[key]
      await court.close()
    }
    console.log(`oracle: Postgres ${major}, seed ${seed}, ${JSON.stringify(sums)}`)
    expect(findings.slice(0, 5)).toEqual([])
    expect(sums.accepted).toBeGreaterThanOrEqual(wanted / 2)
    expect(sums.compared).toBeGreaterThan(sums.accepted / 4)
  }, 3_600_000)
})

async function session(court: Court, count: number): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const text of REGRESSIONS) {
    const before = court.tally.accepted
    findings.push(...(await court.hear(text)))
    if (court.tally.accepted === before) findings.push({ text, fault: 'the server refuses it' })
  }
  while (court.tally.accepted < count) {
    const { generator } = court
    const text = court.tally.tried % 5 === 4 ? generator.write() : generator.query()
    findings.push(...(await court.hear(text)))
  }
  return findings
}
