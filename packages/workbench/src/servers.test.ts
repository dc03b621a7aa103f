import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Kafka, logLevel } from 'kafkajs'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import {
  available,
  certificates,
  describePart,
  findTool,
  startHaproxy,
  startKafka,
  startOidcProvider,
  startPgbouncer,
  startPostgres,
  startProgram,
  temporaryFolder,
} from './index.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function keep<T extends { stop(): unknown }>(part: T): T {
  cleanups.push(() => part.stop())
  return part
}

async function ask(
  server: { host: string; port: number; user?: string; password?: string },
  text: string,
  ssl?: pg.ClientConfig['ssl'],
) {
  const { host, port, user = 'postgres', password = '' } = server
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ...(ssl ? { ssl } : {}) })
  await client.connect()
  try {
    return (await client.query(text)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

describePart('openssl', 'Postgres of every major', () => {
  test.each([15, 16, 17, 18] as const)(
    '%i runs with TLS and the settings that were asked for',
    async (major) => {
      const tls = await certificates()
      cleanups.push(tls.remove)
      const server = keep(await startPostgres({ major, tls, settings: { work_mem: '123MB' } }))
      const text = `select current_setting('server_version_num')::int / 10000 as major, current_setting('work_mem') as memory, ssl
      from pg_stat_ssl where pid = pg_backend_pid()`
      const rows = await ask(server, text, { ca: readFileSync(tls.ca, 'utf8') })
      expect(rows).toEqual([{ major, memory: '123MB', ssl: true }])
    },
  )
})

describe('Postgres', () => {
  test('starts empty each time, and keeps its data over a crash', async () => {
    const server = keep(await startPostgres({ fsync: true }))
    await ask(server, 'create table t as select 42 as n')
    await server.kill9()
    await server.restart()
    expect(await ask(server, 'select n from t')).toEqual([{ n: 42 }])
    const other = keep(await startPostgres())
    await expect(ask(other, 'select n from t')).rejects.toThrow('does not exist')
  })

  test('lets in whom pg_hba.conf says', async () => {
    const server = keep(await startPostgres({ hba: ['host all all 127.0.0.1/32 trust'] }))
    expect(await ask({ host: server.host, port: server.port, password: 'wrong' }, 'select 1 as one')).toEqual(
      [{ one: 1 }],
    )
  })
})

describePart(['pgbouncer', 'haproxy'], 'pgbouncer and HAProxy', () => {
  test('pass a query on, and are gone after stop', async () => {
    const server = keep(await startPostgres())
    const pool = keep(await startPgbouncer({ upstream: server }))
    const balancer = keep(await startHaproxy({ upstreams: [pool] }))
    const rows = await ask({ ...server, port: balancer.port }, 'select 7 as n')
    expect(rows).toEqual([{ n: 7 }])
    await balancer.stop()
    await pool.stop()
    expect(() => process.kill(pool.pid, 0)).toThrow()
    expect(() => process.kill(balancer.pid, 0)).toThrow()
  })
})

describePart(['kafka', 'kcat'], 'Kafka', () => {
  test('keeps records over a crash; another client reads them', async () => {
    const broker = keep(await startKafka())
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 't', numPartitions: 1 }] })
    await admin.disconnect()
    const producer = kafka.producer({ idempotent: false })
    await producer.connect()
    await producer.send({ topic: 't', acks: -1, messages: [{ key: 'k', value: 'v', headers: { h: '1' } }] })
    await producer.disconnect()
    await broker.kill9()
    await broker.restart()
    const args = ['-q', '-b', String(broker.brokers[0]), '-t', 't', '-C', '-o', 'beginning', '-e', '-J']
    const line = JSON.parse(execFileSync(findTool('kcat') ?? '', args).toString()) as Record<string, unknown>
    expect(line).toMatchObject({ key: 'k', payload: 'v', headers: ['h', '1'] })
  }, 120_000)
})

describe('the OpenID provider', () => {
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const keyOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid

  test("gives people's and programs' tokens with the claims that were asked for", async () => {
    const provider = keep(await startOidcProvider())
    const { accessToken } = await provider.signIn('ann', {
      claims: { groups: ['analysts'] },
      ttl: 60,
      audience: 'orders',
    })
    const claims = claimsOf(accessToken)
    expect(claims).toMatchObject({
      iss: provider.issuer,
      sub: 'ann',
      aud: 'orders',
      client_id: 'gatehouse-cli',
      groups: ['analysts'],
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60)
    expect(claimsOf(await provider.clientToken('reporter'))).toMatchObject({
      sub: 'reporter',
      client_id: 'reporter',
      aud: 'gatehouse',
    })
  })

  test('publishes a new key beside the old one, or instead of it', async () => {
    const provider = keep(await startOidcProvider())
    const published = async () => {
      const answer = await fetch(`${provider.issuer}/jwks`)
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
    }
    const first = keyOf(await provider.clientToken('reporter'))
    provider.rotateKeys()
    const second = keyOf(await provider.clientToken('reporter'))
    expect(await published()).toEqual([second, first])
    provider.rotateKeys({ forget: true })
    expect(await published()).not.toContain(second)
  })
})

describe('a program', () => {
  test('that ends before it is ready is reported with what it said', async () => {
    const script = "console.log('no luck'); process.exit(3)"
    await expect(
      startProgram({ command: process.execPath, args: ['-e', script], ready: /never/ }),
    ).rejects.toThrow('no luck')
    await expect(startProgram({ command: 'no-such-program', ready: /never/ })).rejects.toThrow(
      /no-such-program.*(ENOENT|EACCES)/,
    )
  })

  test('that does not heed its signal is killed, and its children with kill9', async () => {
    const script = "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)"
    const program = await startProgram({
      command: process.execPath,
      args: ['-e', script],
      ready: /ready/,
      stopWithin: 200,
    })
    expect(await program.stop()).toBe('SIGKILL')
    expect(await program.stop()).toBe('SIGKILL')
  })

  test('that is in time says how it ended', async () => {
    const program = await startProgram({ command: process.execPath, args: ['-e', 'process.exit(5)'] })
    expect(await program.ended).toBe(5)
    await program.stop()
  })
})

test('a part that is missing says what would provide it', () => {
  const { PATH, GATEHOUSE_CACHE } = process.env
  const cache = temporaryFolder('cache')
  cleanups.push(cache.remove)
  process.env.PATH = cache.path
  process.env.GATEHOUSE_CACHE = cache.path
  try {
    expect(available('kafka')).toEqual({
      ok: false,
      why: expect.stringContaining('java'),
      remedy: 'npm run provide',
    })
  } finally {
    process.env.PATH = PATH
    if (GATEHOUSE_CACHE === undefined) delete process.env.GATEHOUSE_CACHE
    else process.env.GATEHOUSE_CACHE = GATEHOUSE_CACHE
  }
})
