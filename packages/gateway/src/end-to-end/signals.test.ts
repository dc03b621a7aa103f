import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CONFIG, eventually, openStage, policy, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.stop())

const said = (what: string) => serving.lines().filter((line) => String(line.message).includes(what)).length

async function reload(outcome: 'reloaded' | 'reload refused'): Promise<void> {
  const before = said(outcome)
  process.kill(serving.program.pid, 'SIGHUP')
  await eventually(() => said(outcome) > before)
}

describe('SIGTERM', () => {
  beforeEach(async () => {
    serving = await stage.serve()
  })

  afterEach(async () => {
    await serving.program.kill9()
    stage.write('gatehouse.yaml', CONFIG(stage.postgres.port))
  })

  test('lets the running exchange finish, turns newcomers away, leaves with 0', async () => {
    stage.write('gatehouse.yaml', CONFIG(stage.postgres.port).replace('drain: 5s', 'drain: 2m'))
    await reload('reloaded')
    const client = await serving.client('ann')
    const idle = await serving.client('ben')
    const idleEnded = new Promise<string>((resolve) =>
      idle.once('error', (fault: Error & { code?: string }) => resolve(fault.code ?? '')),
    )
    const held = await stage.holdUp()
    const slow = client.query(held.statement)
    await eventually(async () => (await held.waiting()) === 1)
    process.kill(serving.program.pid, 'SIGTERM')
    expect(await idleEnded).toBe('57P03')
    await expect(serving.client('ben')).rejects.toMatchObject({ code: '57P03' })
    expect((await serving.get('/readyz')).status).toBe(503)
    await held.letGo()
    expect((await slow).rows).toHaveLength(1)
    expect(await serving.program.ended).toBe(0)
  })

  test('a second one ends at once', async () => {
    const client = await serving.client('ann')
    const slow = client.query('select pg_sleep(30)').catch(() => 'cut')
    await eventually(async () => (await stage.runs('pg_sleep(30)')) === 1)
    process.kill(serving.program.pid, 'SIGTERM')
    await eventually(() => said('draining') > 0)
    process.kill(serving.program.pid, 'SIGTERM')
    expect(await serving.program.ended).toBe(3)
    expect(await slow).toBe('cut')
  })

  test('what takes longer than the drain is cut, and that is recorded', async () => {
    stage.write('gatehouse.yaml', CONFIG(stage.postgres.port).replace('drain: 5s', 'drain: 300ms'))
    await reload('reloaded')
    const client = await serving.client('ann')
    const slow = client.query('select pg_sleep(30)').catch((fault: { code?: string }) => fault.code)
    await eventually(async () => (await stage.runs('pg_sleep(30)')) === 1)
    process.kill(serving.program.pid, 'SIGTERM')
    expect(await serving.program.ended).toBe(0)
    expect(await slow).toBe('57P03')
  })
})

describe('SIGHUP', () => {
  beforeAll(async () => {
    serving = await stage.serve()
  })
  afterEach(async () => {
    stage.write('policies/stage.yaml', policy())
    stage.write('gatehouse.yaml', CONFIG(stage.postgres.port))
    await reload('reloaded')
  })

  test('open sessions are decided by the new policy from their next statement', async () => {
    const client = await serving.client('ann')
    await client.query('select city from customers where id = 1')
    stage.write(
      'policies/stage.yaml',
      policy(
        '  - {name: no-cities, effect: forbid, resources: ["shop.public.customers"], message: closed}\n',
      ),
    )
    await reload('reloaded')
    await expect(client.query('select city from customers where id = 1')).rejects.toMatchObject({
      code: '42501',
    })
    stage.write('policies/stage.yaml', policy())
    await reload('reloaded')
    await client.query('select city from customers where id = 1')
    await client.end()
  })

  test('a bad policy, a bad configuration, a missing secret: reported with its place, and the old one stays', async () => {
    const client = await serving.client('ann')
    stage.write('policies/stage.yaml', policy('  - {name: x, effect: permitt}\n'))
    const before = said('stage.yaml:6:')
    await reload('reload refused')
    expect(said('stage.yaml:6:')).toBe(before + 1)
    await client.query('select city from customers where id = 1')
    await expect(client.query('drop table customers')).rejects.toMatchObject({ code: '42501' })
    stage.write('policies/stage.yaml', policy())
    stage.write('gatehouse.yaml', CONFIG(stage.postgres.port).replace('env: UPSTREAM', 'env: NOT_SET'))
    const missing = said('the environment has no `NOT_SET`')
    await reload('reload refused')
    expect(said('the environment has no `NOT_SET`')).toBe(missing + 1)
    stage.write(
      'gatehouse.yaml',
      CONFIG(stage.postgres.port).replace(`port: ${stage.postgres.port}`, 'port: 1'),
    )
    await reload('reload refused')
    await client.query('select city from customers where id = 1')
    await client.end()
  })

  test('sessions of users who are gone, or have other groups, end; others go on', async () => {
    const [ann, ben, bot] = [
      await serving.client('ann'),
      await serving.client('ben'),
      await serving.client('bot'),
    ]
    const ended = (client: typeof ann) =>
      new Promise<string>((resolve) =>
        client.once('error', (fault: Error & { code?: string }) => resolve(fault.code ?? '')),
      )
    const gone = [ended(ann), ended(ben)]
    const without = CONFIG(stage.postgres.port)
      .replace(/ {4}- \{name: ann.*\n/, '')
      .replace(
        'name: ben, password: {env: PASSWORD}, groups: [analysts]',
        'name: ben, password: {env: PASSWORD}, groups: [guests]',
      )
    stage.write('gatehouse.yaml', without)
    await reload('reloaded')
    expect(await Promise.all(gone)).toEqual(['57P01', '57P01'])
    expect((await bot.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await expect(serving.client('ann')).rejects.toMatchObject({ code: '28P01' })
    await (await serving.client('ben')).end()
    await bot.end()
  })

  test('limits and upstream change for newcomers; an address takes a restart and says so', async () => {
    const stays = await serving.client('ann')
    const changed = CONFIG(stage.postgres.port)
      .replace('perUser: 3', 'perUser: 1')
      .replace('databases: [shop]', 'databases: [shop, postgres]')
      .replace('listen: 127.0.0.1:0', 'listen: 127.0.0.1:1')
    stage.write('gatehouse.yaml', changed)
    const before = said('these keys take a restart')
    await reload('reloaded')
    expect(said('these keys take a restart')).toBe(before + 1)
    expect((await stays.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await expect(serving.client('ann')).rejects.toMatchObject({ code: '53300' })
    await (await serving.client('ben', undefined, { database: 'postgres' })).end()
    await stays.end()
  })

  test('R6 a field pattern that names nothing turns health yellow', async () => {
    stage.write(
      'policies/stage.yaml',
      policy('  - {name: m, effect: mask, fields: ["shop.public.customers.emial"], with: redact}\n'),
    )
    await reload('reloaded')
    await eventually(async () => (await serving.get('/readyz')).text.includes('emial'))
    const { status, text } = await serving.get('/readyz')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ colour: 'yellow' })
    stage.write('policies/stage.yaml', policy())
    await reload('reloaded')
    await eventually(async () => JSON.parse((await serving.get('/readyz')).text).colour === 'green')
  })
})
