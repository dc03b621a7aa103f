/** The clients that npm has: each does the same directly, through the gateway, and through it masked. */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
import { createTown, type Town, WAYS } from './town.js'

const PROBES = [mysql2, mysqljs, mariadb, knex, drizzle, typeorm, sequelize, prisma]

describePart('mariadbd', 'libraries of npm', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown('mariadb', { tls: true })
  })
  afterAll(async () => {
    await town.close()
    expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
  })

  const ran: Row[] = []

  describe.each(PROBES)('$name', (probe) => {
    const seen: Sightings = { direct: {}, observed: {}, masked: {} }
    const alike: Feature[] = []
    ran.push({ client: probe.name, version: probe.version, alike })

    test.each(FEATURE_NAMES.filter((feature) => probe.trials[feature] !== undefined))(
      '%s',
      async (feature) => {
        if (feature === 'tls' && town.ca === undefined) return
        for (const way of WAYS) seen[way][feature] = asJson(await probe.trials[feature]?.(town.contact(way)))
        judge(feature, seen)
        alike.push(feature)
      },
    )
  })

  test('docs/clients.md says what ran', () => keepRows(ran))
})
