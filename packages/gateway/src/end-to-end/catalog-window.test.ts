import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPeople } from './people.js'
import { eventually, openStage, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving
let owner: pg.Client

beforeAll(async () => {
  stage = await openStage()
  await openPeople(stage)
  serving = await stage.serve()
  owner = new pg.Client({ connectionString: stage.postgres.url.replace(/postgres$/, 'shop') })
  await owner.connect()
})
afterAll(async () => {
  await owner?.end()
  await stage.stop()
})

/** Columns trade names past the gateway: a client that holds a session, and plans that are known, from before. */
test('R2 what changed past the gateway: a plain column never shows, an expression not beyond the window', async () => {
  const ann = await serving.client('ann')
  const value = async (text: string): Promise<string> =>
    ann.query(text).then(
      ({ rows }) => JSON.stringify(rows),
      (fault: { code?: string }) => `refused ${fault.code}`,
    )
  const plain = 'select joined from people where id = 1'
  const mixed = "select joined || '' as text from people where id = 1"
  expect(await value(plain)).toContain('2026-01-01')
  await value(mixed)
  await owner.query(
    'begin; alter table people rename joined to hired; alter table people rename notes to joined; commit',
  )
  const seen: string[] = []
  await eventually(async () => {
    seen.push(await value(plain))
    return (await value(mixed)).includes('***')
  })
  expect(seen.filter((each) => each.includes('Zanzibar'))).toEqual([])
  expect(await value(plain)).toBe('[{"joined":"***ar 1"}]')
  await ann.end()
})
