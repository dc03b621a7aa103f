/** What one worker's session defines, the statements of all the others' are held to (docs/adr/0018). */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { allThere, endAll, many, serveCrew } from './crew-stage.js'
import { eventually, openStage, policy, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
  await stage.owner.query('grant create on schema public to gatehouse')
  const hidden = '  - {name: hidden, effect: mask, groups: [analysts], classes: [pii], with: redact}\n'
  stage.write('policies/stage.yaml', policy(hidden))
  // Nobody learns of it by asking again and again.
  serving = await serveCrew(stage, 3, (text) =>
    text.replace('databases: [shop]}', 'databases: [shop], catalog: {refresh: 60s}}'),
  )
  await allThere(serving)
})
afterAll(() => stage?.stop())
afterEach(() => stage.owner.query('rollback'))

const ASKED = "select reach || '' as reach from v"

const waiting = async () =>
  (await stage.owner.query('select count(*)::int as n from pg_locks where not granted')).rows[0].n

test('R2 R29 a view that is redefined in one worker is shown to no one who waited for it in another', async () => {
  const [definer] = await many(serving, 1, 'bot')
  await definer?.query('create view v as select id, city as reach from customers')
  const viewers = await many(serving, 9)
  for (const viewer of viewers) expect((await viewer.query(ASKED)).rows).toHaveLength(20)
  await definer?.query('begin')
  await definer?.query('create or replace view v as select id, email as reach from customers')
  const answers = viewers.map((viewer) =>
    viewer.query(ASKED).then(
      ({ rows }) => JSON.stringify(rows),
      (fault: Error) => fault.message,
    ),
  )
  await eventually(async () => (await waiting()) === viewers.length)
  await definer?.query('commit')
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/redefined while it ran/)
  // Who comes back sees it as it is: masked.
  const [again] = await many(serving, 1)
  expect((await again?.query(ASKED))?.rows[0]).toEqual({ reach: '***' })
  await endAll([...viewers, definer, again].filter((client) => client !== undefined))
})

test('a session that leaves while it defines holds nobody up', async () => {
  const viewers = await many(serving, 6)
  const [definer] = await many(serving, 1, 'bot')
  await definer?.query('begin')
  await definer?.query('create table other (id int)')
  for (const viewer of viewers) expect((await viewer.query(ASKED)).rows).toHaveLength(20)
  await definer?.end()
  for (const viewer of viewers) expect((await viewer.query(ASKED)).rows).toHaveLength(20)
  await endAll(viewers)
})
