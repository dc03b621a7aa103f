import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Certificates,
  certificates,
  describePart,
  type KafkaBroker,
  type OidcProvider,
  startKafka,
  startOidcProvider,
} from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONFIG, eventually, metric, openStage, policy, type Serving, type Stage } from './stage.js'

let stage: Stage
let made: Certificates
let ca: string

beforeAll(async () => {
  stage = await openStage()
  made = await certificates()
  copyFileSync(made.cert, join(stage.folder, 'server.crt'))
  copyFileSync(made.key, join(stage.folder, 'server.key'))
  ca = readFileSync(made.ca, 'utf8')
})
afterAll(async () => {
  await stage.stop()
  made.remove()
})

const withTls = (text: string, more = '') =>
  text.replace('    labels:', `    tls: {cert: server.crt, key: server.key}\n${more}    labels:`)

describe('TLS and tokens', () => {
  let idp: OidcProvider
  let serving: Serving

  beforeAll(async () => {
    idp = await startOidcProvider()
    const issuer = `  issuers:\n    - {name: corp, issuer: "${idp.issuer}", audience: gatehouse, subject: /preferred_username, groups: /groups, clients: [gatehouse-cli]}\n`
    const text = withTls(CONFIG(stage.postgres.port), '    auth: [password, token]\n').replace(
      '  users:\n',
      `${issuer}  users:\n`,
    )
    stage.write('gatehouse.yaml', text)
    stage.write(
      'policies/stage.yaml',
      policy(
        '  - {name: no-guests, effect: forbid, groups: [guests], verbs: [connect], message: guests are not let in}\n',
      ),
    )
    serving = await stage.serve()
  })
  afterAll(async () => {
    await serving.program.stop()
    await idp.stop()
  })

  const tls = () => ({ ssl: { ca, host: 'localhost' } })

  test('a person signs in by token, under their name or as `token`, and their groups count', async () => {
    const { accessToken } = await idp.signIn('grace', { claims: { groups: ['analysts'] } })
    for (const login of ['grace', 'token']) {
      const client = await serving.client(login, accessToken, tls())
      const { rows } = await client.query('select current_setting($1) as name', ['application_name'])
      expect(JSON.stringify(rows)).toContain('grace')
      await client.end()
    }
    await expect(serving.client('ann', accessToken, tls())).rejects.toMatchObject({ code: '28P01' })
  })

  test('a token of another audience, a forged one: one answer', async () => {
    const other = await idp.signIn('grace', { audience: 'elsewhere' })
    const right = (await idp.signIn('grace')).accessToken
    const forged = `${right.slice(0, right.lastIndexOf('.'))}.AAAA`
    for (const token of [other.accessToken, forged])
      await expect(serving.client('token', token, tls())).rejects.toMatchObject({ code: '28P01' })
  })

  test('whom policy does not let in hears the rule', async () => {
    const { accessToken } = await idp.signIn('gus', { claims: { groups: ['guests'] } })
    await expect(serving.client('gus', accessToken, tls())).rejects.toMatchObject({
      code: '42501',
      message: expect.stringMatching(/^[^\n{]*guests are not let in[^\n{]*$/),
      detail: expect.stringMatching(
        /^gatehouse: \{"code":"GH_CONNECT","rule":"[^"]+\/no-guests","id":"[^"]+"\}$/,
      ),
    })
  })

  test('local users too, and nobody in plaintext', async () => {
    await (await serving.client('ann', undefined, tls())).end()
    await expect(serving.client('ann')).rejects.toMatchObject({ code: '28000' })
    await expect(serving.client('ann', 'wrong', tls())).rejects.toMatchObject({ code: '28P01' })
  })

  test('a session ends when its token does', async () => {
    const { accessToken } = await idp.signIn('grace', { ttl: 8, claims: { groups: ['analysts'] } })
    const client = await serving.client('grace', accessToken, tls())
    const code = await new Promise((resolve) =>
      client.once('error', (fault: Error & { code?: string }) => resolve(fault.code)),
    )
    expect(code).toBe('57P01')
  })
})

describePart('kafka', 'Kafka', () => {
  let kafka: KafkaBroker
  let serving: Serving

  beforeAll(async () => {
    kafka = await startKafka()
    const text = CONFIG(stage.postgres.port).replace(
      'audit: {spool: {durability: write}}',
      `audit: {spool: {durability: fsync}, kafka: {brokers: ["${kafka.brokers[0]}"]}}`,
    )
    stage.write('gatehouse.yaml', text.replace('./var', './var-kafka'))
    stage.write('policies/stage.yaml', policy())
    serving = await stage.serve()
  })
  afterAll(async () => {
    await serving.program.stop()
    await kafka.stop()
  })

  test('records are shipped and counted; a broker that is down turns health yellow and stops nobody', async () => {
    const client = await serving.client('ann')
    await client.query('select city from customers where id = 1')
    const shipped = async () => metric((await serving.get('/metrics')).text, 'gatehouse_shipped_total') ?? 0
    await eventually(async () => (await shipped()) >= 3)
    await eventually(
      async () => metric((await serving.get('/metrics')).text, 'gatehouse_kafka_lag_records') === 0,
    )
    await kafka.kill9()
    await client.query('select city from customers where id = 2')
    await eventually(async () => JSON.parse((await serving.get('/readyz')).text).colour === 'yellow')
    expect((await serving.get('/readyz')).status).toBe(200)
    expect(metric((await serving.get('/metrics')).text, 'gatehouse_kafka_lag_records')).toBeGreaterThan(0)
    await client.query('select city from customers where id = 3')
    const before = await shipped()
    await kafka.restart()
    await eventually(async () => (await shipped()) > before)
    await client.end()
  }, 300_000)
})
