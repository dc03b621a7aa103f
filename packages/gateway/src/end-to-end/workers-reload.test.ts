/** SIGHUP over several workers: all of them take the new configuration, or none. */
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { allThere, crewConfig, endAll, many, reload, saying, serveCrew, workerPids } from './crew-stage.js'
import { eventually, metric, openStage, policy, type Serving, type Stage } from './stage.js'
import { openSwitchboard, type Switchboard } from './switchboard.js'

const COUNT = 4
const CLOSED = '  - {name: closed, effect: forbid, resources: ["shop.public.customers"], message: closed}\n'

let stage: Stage
let serving: Serving
let board: Switchboard | undefined

beforeAll(async () => {
  stage = await openStage()
})
afterEach(async () => {
  await serving?.program.kill9()
  await board?.stop()
  board = undefined
  stage.write('policies/stage.yaml', policy())
})
afterAll(() => stage?.stop())

const answers = (clients: readonly pg.Client[]) =>
  Promise.all(
    clients.map((client) =>
      client.query('select city from customers where id = 1').then(
        () => 'open',
        (fault: { code?: string }) => fault.code ?? '',
      ),
    ),
  )
const all = (answer: string, count = 8) => Array(count).fill(answer)

test('every session is decided by the new policy from its next statement', async () => {
  serving = await serveCrew(stage, COUNT)
  const clients = await many(serving, 8)
  expect(await answers(clients)).toEqual(all('open'))
  stage.write('policies/stage.yaml', policy(CLOSED))
  await reload(serving, 'reloaded')
  expect(await answers(clients)).toEqual(all('42501'))
  stage.write('policies/stage.yaml', policy())
  await reload(serving, 'reloaded')
  expect(await answers(clients)).toEqual(all('open'))
  expect(saying(serving, 'reloaded')).toHaveLength(2)
  const { text } = await serving.get('/metrics')
  expect(metric(text, 'gatehouse_reloads_total', { result: 'done' })).toBe(2)
  await endAll(clients)
})

test('a broken policy is reported once, with its place; nothing changes, for successors neither', async () => {
  serving = await serveCrew(stage, COUNT)
  const clients = await many(serving, 8)
  stage.write('policies/stage.yaml', policy(`${CLOSED}  - {name: x, effect: permitt}\n`))
  await reload(serving, 'reload refused')
  expect(saying(serving, 'stage.yaml:7:')).toHaveLength(1)
  expect(saying(serving, 'reload refused')).toHaveLength(1)
  expect(await answers(clients)).toEqual(all('open'))
  await endAll(clients)
  // On disk stands what nobody may run by: the successor runs by what is in force.
  process.kill(workerPids(serving)[1] as number, 'SIGKILL')
  await eventually(() => saying(serving, 'a worker was replaced').length === 1)
  const newcomers = await many(serving, 8)
  expect(await answers(newcomers)).toEqual(all('open'))
  expect(metric((await serving.get('/metrics')).text, 'gatehouse_reloads_total', { result: 'refused' })).toBe(
    1,
  )
  await endAll(newcomers)
})

test('when one worker cannot take it, none does, and it is said once', async () => {
  serving = await serveCrew(stage, COUNT)
  const clients = await many(serving, 8)
  // Behind another address stands the same database, for three of four workers' connections.
  board = await openSwitchboard(stage.postgres.port)
  let admitted = 0
  board.admits = () => {
    admitted += 1
    return admitted <= 7
  }
  stage.write('policies/stage.yaml', policy(CLOSED))
  stage.write('gatehouse.yaml', crewConfig(board.port, COUNT))
  await reload(serving, 'reload refused')
  expect(admitted).toBeGreaterThan(7)
  expect(saying(serving, 'reload refused')).toHaveLength(1)
  expect(await answers(clients)).toEqual(all('open'))
  board.admits = () => true
  await reload(serving, 'reloaded')
  expect(await answers(clients)).toEqual(all('42501'))
  await endAll(clients)
})

test('whoever is gone from the configuration is signed out of every worker; a change of `workers` takes a restart', async () => {
  serving = await serveCrew(stage, COUNT)
  const clients = await many(serving, 8, 'ben')
  const ended = clients.map(
    (client) =>
      new Promise<string>((resolve) =>
        client.once('error', (fault: { code?: string }) => resolve(fault.code ?? '')),
      ),
  )
  stage.write(
    'gatehouse.yaml',
    crewConfig(stage.postgres.port, 2, (text) => text.replace(/ {4}- \{name: ben.*\n/, '')),
  )
  await reload(serving, 'reloaded')
  expect(await Promise.all(ended)).toEqual(all('57P01'))
  expect(saying(serving, 'reloaded')).toMatchObject([{ ended: 8 }])
  expect(saying(serving, 'these keys take a restart')).toMatchObject([{ keys: ['workers'] }])
  await allThere(serving)
  await expect(serving.client('ben')).rejects.toMatchObject({ code: '28P01' })
})
