import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readSpool } from '@gatehouse/audit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, metric, openStage, rawSocket, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
  serving = await stage.serve()
})
afterAll(() => stage.stop())

async function records(): Promise<string[]> {
  const found: string[] = []
  for await (const { json } of readSpool(join(stage.folder, 'var/spool'))) found.push(json)
  return found
}

describe('serve', () => {
  test('prints one line per listener, as documented', () => {
    const line = serving.program.output().split('\n')[0]
    expect(line).toBe(
      `{"event":"listening","listener":"shop","protocol":"postgres","address":"127.0.0.1","port":${serving.port}}`,
    )
  })

  test('an unmodified client signs in, reads, is refused with the reason', async () => {
    const client = await serving.client('ann')
    expect((await client.query('select count(*)::int as n from customers where id < $1', [6])).rows).toEqual([
      { n: 5 },
    ])
    await expect(client.query('drop table customers')).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('nothing is dropped here'),
      detail: expect.stringMatching(
        /^gatehouse: \{"code":"GH_FORBIDDEN","rule":"stage\/nobody-drops","id":"[0-9a-f-]{36}"\}$/,
      ),
    })
    await client.end()
  })

  test('R26 data folder, spool and keys are for this account alone', async () => {
    const { statSync } = await import('node:fs')
    for (const name of ['', 'spool'])
      expect(statSync(join(stage.folder, 'var', name)).mode & 0o777).toBe(0o700)
    expect(statSync(join(stage.folder, 'var/sign-in.key')).mode & 0o777).toBe(0o600)
  })

  test('a wrong password, an unknown user and a name that would steer a terminal: one answer, recorded, logged by nobody', async () => {
    const lines = serving.lines().length
    const refused = async () =>
      metric((await serving.get('/metrics')).text, 'gatehouse_sign_ins_total', {
        listener: 'shop',
        result: 'refused',
      }) ?? 0
    const before = await refused()
    for (const user of ['ann', 'nobody', 'no\u202ebody\u001b[2J'])
      await expect(serving.client(user, 'wrong')).rejects.toMatchObject({
        code: expect.stringMatching(/^28/),
      })
    await eventually(async () => (await refused()) === before + 2)
    expect(serving.lines().length).toBe(lines)
    for (const reason of ['"status_detail":"wrong password"', 'unknown user'])
      await eventually(async () => (await records()).some((json) => json.includes(reason)))
  })
})

describe('R15, R28 probes', () => {
  test('a bare TCP probe leaves no record, no log line, no failed sign-in, and disturbs nobody', async () => {
    await eventually(async () => (await records()).some((json) => json.includes('"ended"')))
    const before = {
      records: (await records()).length,
      lines: serving.lines().length,
      text: (await serving.get('/metrics')).text,
    }
    for (let round = 0; round < 30; round += 1) {
      const socket = await rawSocket(serving.port)
      if (round % 3 === 0) socket.destroy()
      else if (round % 3 === 1) socket.end()
      else {
        socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
        socket.resetAndDestroy()
      }
    }
    const halfOpen = await rawSocket(serving.port)
    await eventually(
      async () =>
        metric((await serving.get('/metrics')).text, 'gatehouse_connections', { listener: 'shop' }) === 1,
    )
    halfOpen.destroy()
    await eventually(
      async () =>
        metric((await serving.get('/metrics')).text, 'gatehouse_connections', { listener: 'shop' }) === 0,
    )
    expect((await records()).length).toBe(before.records)
    expect(serving.lines().length).toBe(before.lines)
    const refused = (text: string) =>
      metric(text, 'gatehouse_sign_ins_total', { listener: 'shop', result: 'refused' })
    expect(refused((await serving.get('/metrics')).text)).toBe(refused(before.text))
  })

  test('a client that says nothing is let go after the greeting limit', async () => {
    const socket = await rawSocket(serving.port)
    await new Promise((resolve) => socket.once('close', resolve).resume())
  })
})

describe('R30 limits', () => {
  test('one user has perUser sessions, all together have connections, and room comes back', async () => {
    const clients = [await serving.client('ann'), await serving.client('ann'), await serving.client('ann')]
    await expect(serving.client('ann')).rejects.toMatchObject({ code: '53300' })
    for (const user of ['ben', 'ben', 'ben', 'bot', 'bot']) clients.push(await serving.client(user))
    await expect(serving.client('bot')).rejects.toMatchObject({ code: '53300' })
    await eventually(async () => {
      const { text } = await serving.get('/metrics')
      const turned = metric(text, 'gatehouse_sign_ins_total', { listener: 'shop', result: 'turned-away' })
      return metric(text, 'gatehouse_sessions', { listener: 'shop' }) === 8 && (turned ?? 0) >= 2
    })
    for (const client of clients) await client.end()
    await eventually(
      async () =>
        metric((await serving.get('/metrics')).text, 'gatehouse_sessions', { listener: 'shop' }) === 0,
    )
    await (await serving.client('ann')).end()
  })
})

describe('cancel', () => {
  const request = (processId: number, key: number) => {
    const bytes = Buffer.alloc(16)
    bytes.writeInt32BE(16, 0)
    bytes.writeInt32BE(80_877_102, 4)
    bytes.writeInt32BE(processId, 8)
    bytes.writeInt32BE(key, 12)
    return bytes
  }
  const send = async (bytes: Buffer) => {
    const socket = await rawSocket(serving.port)
    socket.write(bytes)
    await new Promise((resolve) => socket.once('close', resolve).resume())
  }

  test('R29 the key stops the statement of its own session; a wrong one does nothing, in silence', async () => {
    const client = await serving.client('ann')
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
    const sleeping = client.query('select pg_sleep(120)').then(
      () => 'slept',
      (fault: { code: string }) => fault.code,
    )
    // A server that has not begun it yet has nothing to cancel.
    await eventually(async () => (await stage.runs('pg_sleep(120)')) === 1)
    const lines = serving.lines().length
    await send(request(processID, secretKey ^ 1))
    await send(request(processID ^ 1, secretKey))
    expect(
      await Promise.race([sleeping, new Promise((resolve) => setTimeout(() => resolve('still'), 300))]),
    ).toBe('still')
    await send(request(processID, secretKey))
    expect(await sleeping).toBe('57014')
    expect(serving.lines().length).toBe(lines)
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await client.end()
  })
})

describe('metrics and health', () => {
  test('count by listener and decision, tell gateway from database time, from closed sets of labels', async () => {
    const client = await serving.client('ann', undefined, { application_name: 'evil"} 1' })
    const before = (await serving.get('/metrics')).text
    await client.query('select pg_sleep(2)')
    await client.query('drop table customers').catch(() => {})
    await client.query('selec').catch(() => {})
    const { text } = await serving.get('/metrics')
    for (const [decision, more] of [
      ['permit', 1],
      ['forbid', 1],
      ['unreadable', 1],
      ['masked', 0],
      ['hold', 0],
    ] as const)
      for (const unit of ['statements', 'exchanges']) {
        const now = metric(text, `gatehouse_${unit}_total`, { listener: 'shop', decision })
        expect(now, `${unit} ${decision}`).toBe(
          (metric(before, `gatehouse_${unit}_total`, { decision }) ?? 0) + more,
        )
      }
    const grown = (name: string) => (metric(text, name) ?? 0) - (metric(before, name) ?? 0)
    expect(grown('gatehouse_upstream_seconds_sum')).toBeGreaterThan(1.9)
    expect(grown('gatehouse_overhead_seconds_sum')).toBeLessThan(1.9)
    expect(grown('gatehouse_overhead_seconds_count')).toBeGreaterThan(0)
    expect(metric(text, 'gatehouse_overhead_seconds_bucket', { le: '+Inf' })).toBe(
      metric(text, 'gatehouse_overhead_seconds_count'),
    )
    expect(metric(text, 'gatehouse_spool_bytes')).toBeGreaterThan(0)
    expect(metric(text, 'gatehouse_spool_records')).toBeGreaterThan(0)
    expect(text).not.toContain('evil')
    await client.end()
  })

  test('alive and ready', async () => {
    expect(await serving.get('/healthz')).toEqual({ status: 200, text: 'alive\n' })
    await eventually(async () => JSON.parse((await serving.get('/readyz')).text).colour === 'green')
    const ready = await serving.get('/readyz')
    expect(ready.status).toBe(200)
    expect(JSON.parse(ready.text)).toMatchObject({ ready: true })
    expect((await serving.get('/nowhere')).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${serving.metricsPort}/metrics`, { method: 'POST' })).status).toBe(
      405,
    )
  })
})

describe('a start that is refused', () => {
  test('R26 a data folder that others can enter', async () => {
    stage.write('open.yaml', 'x')
    mkdirSync(join(stage.folder, 'open'), { recursive: true })
    chmodSync(join(stage.folder, 'open'), 0o755)
    const { CONFIG, MAIN } = await import('./stage.js')
    stage.write('open.yaml', CONFIG(stage.postgres.port).replace('./var', './open'))
    const { spawnSync } = await import('node:child_process')
    const env = { PATH: process.env.PATH, PASSWORD: 'x', UPSTREAM: 'up-stream' }
    const run = (config: string) =>
      spawnSync(process.execPath, [MAIN, 'serve', '-c', join(stage.folder, config)], {
        env,
        encoding: 'utf8',
      })
    expect(run('open.yaml')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('its mode must be 0700'),
    })
    stage.write('busy.yaml', CONFIG(stage.postgres.port))
    expect(run('busy.yaml')).toMatchObject({ status: 3, stderr: expect.stringContaining('GH_SPOOL') })
    stage.write(
      'port.yaml',
      CONFIG(stage.postgres.port)
        .replace('./var', './var2')
        .replace('127.0.0.1:0', `127.0.0.1:${serving.port}`),
    )
    expect(run('port.yaml')).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('the address is in use'),
    })
    stage.write('down.yaml', CONFIG(1).replace('./var', './var3'))
    expect(run('down.yaml').status).toBe(3)
  })
})
