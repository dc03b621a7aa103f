/** Every version of psql that this machine has notices no gateway, but for the masks. */
import { describePart, findPsql } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asJson, judge, keepRows, type Sightings } from './compare.js'
import { FEATURE_NAMES, type Feature } from './features.js'
import type { Row } from './page.js'
import { psqlProbe } from './psql.js'
import { createTown, type Town, WAYS } from './town.js'

describePart('psql', 'psql', () => {
  let town: Town
  const ran: Row[] = []

  beforeAll(async () => {
    town = await createTown(18, { tls: true })
  })

  afterAll(async () => {
    await town.close()
    expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
  })

  describe.each(findPsql().map(({ path, major }) => psqlProbe(path, major)))('$name', (probe) => {
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

  test('docs/clients.md says what ran', () => keepRows(ran, 'known'))
})
