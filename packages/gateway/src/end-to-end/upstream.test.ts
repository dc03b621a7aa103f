import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONFIG, eventually, metric, openStage, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
  stage.write('gatehouse.yaml', CONFIG(stage.postgres.port))
  serving = await stage.serve()
})
afterAll(() => stage.stop())

const colour = async () => JSON.parse((await serving.get('/readyz')).text).colour as string

describe('the database', () => {
  test('dies under a session: a native end, red health; comes back: everything works again', async () => {
    const client = await serving.client('ann')
    const ended = new Promise<string>((resolve) =>
      client.once('error', (fault: Error & { code?: string }) => resolve(fault.code ?? '')),
    )
    await client.query('select 1')
    await stage.postgres.kill9()
    // The server's own last word where it still had one, ours otherwise.
    expect(await ended).toMatch(/^(08006|57P01|57P02)$/)
    await eventually(async () => (await colour()) === 'red')
    await expect(serving.client('ann')).rejects.toMatchObject({ code: '08006' })
    await stage.postgres.restart()
    await eventually(async () => (await colour()) === 'green')
    const again = await serving.client('ann')
    expect((await again.query('select count(*)::int as n from customers')).rows).toEqual([{ n: 20 }])
    await again.end()
  })

  test('killed by force: the next start says which outcomes are unknown and goes on', async () => {
    const client = await serving.client('ann')
    const permitted = async () =>
      metric((await serving.get('/metrics')).text, 'gatehouse_statements_total', { decision: 'permit' }) ?? 0
    const before = await permitted()
    const slow = client.query('select pg_sleep(300)').catch(() => 'cut')
    await eventually(async () => (await permitted()) > before)
    await serving.program.kill9()
    expect(await slow).toBe('cut')
    serving = await stage.serve()
    const { readSpool } = await import('@gatehouse/audit')
    const found: string[] = []
    for await (const { json } of readSpool(`${stage.folder}/var/spool`)) found.push(json)
    expect(found.filter((json) => json.includes('"status":"unknown"')).length).toBeGreaterThan(0)
    await (await serving.client('ann')).end()
  })
})
