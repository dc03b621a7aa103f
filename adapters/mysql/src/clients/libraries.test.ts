/** The clients that npm has: each does the same directly, through the gateway, and through it masked, over both servers. */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Flavour } from '../wire/fixture.js'
import { asJson, judge, keepRows, type Sightings } from './compare.js'
import { FEATURE_NAMES, type Feature } from './features.js'
import { drizzle } from './npm/drizzle.js'
import { knex } from './npm/knex.js'
import { mariadb } from './npm/mariadb.js'
import { mysql2 } from './npm/mysql2.js'
import { mysqljs } from './npm/mysqljs.js'
import { prisma } from './npm/prisma.js'
import { sequelize } from './npm/sequelize.js'
import { typeorm } from './npm/typeorm.js'
import type { Row } from './page.js'
import { faultOf, type Probe } from './probe.js'
import { createTown, type Town, WAYS } from './town.js'

const PROBES = [mysql2, mysqljs, mariadb, knex, drizzle, typeorm, sequelize, prisma]
const ran: Row[] = []

const featuresOf = ({ trials }: Probe) => FEATURE_NAMES.filter((feature) => trials[feature] !== undefined)

/** Texts of some MB are read alike for both servers: over MySQL they are left out. `without`: what a client cannot do at this server, directly as little as through the gateway. */
function libraries(flavour: Flavour, called: string, without: (probe: Probe) => readonly Feature[]): void {
  describePart(flavour === 'mysql' ? 'mysql' : 'mariadbd', `libraries of npm, ${flavour}`, () => {
    let town: Town
    beforeAll(async () => {
      town = await createTown(flavour, { tls: true })
    })
    afterAll(async () => {
      await town.close()
      expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
    })

    describe.each(PROBES)('$name', (probe) => {
      const trials = featuresOf(probe).filter((feature) => flavour === 'mariadb' || feature !== 'large')
      const lacking = without(probe)
      const seen: Sightings = { direct: {}, observed: {}, masked: {} }
      const alike: Feature[] = []
      if (trials.some((feature) => !lacking.includes(feature)))
        ran.push({ client: `${probe.name}${called}`, version: probe.version, alike })

      test.each(trials.filter((feature) => !lacking.includes(feature)))('%s', async (feature) => {
        if (feature === 'tls' && town.ca === undefined) return
        for (const way of WAYS) seen[way][feature] = asJson(await probe.trials[feature]?.(town.contact(way)))
        judge(feature, seen)
        alike.push(feature)
      })

      for (const feature of lacking.slice(0, 1))
        test(`${feature} is not done directly either`, async () => {
          const trial = probe.trials[feature]?.(town.contact('direct'))
          expect(await trial?.then(() => 'done', faultOf)).not.toBe('done')
        })
    })
  })
}

libraries('mariadb', '', () => [])
libraries('mysql', ' to MySQL', (probe) => {
  // It knows no caching_sha2_password, and MySQL 9 nothing else.
  if (probe === mysqljs) return featuresOf(probe)
  // `changeUser` is MariaDB's alone to it.
  return probe === mariadb ? ['again'] : []
})

test('docs/clients.md says what ran', () => keepRows(ran))
