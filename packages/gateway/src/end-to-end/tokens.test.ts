import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import {
  type Certificates,
  certificates,
  describePart,
  freePort,
  type OidcProvider,
  startOidcProvider,
} from '@gatehouse/workbench'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostileIssuer, openHostileIssuer, tamper } from './hostile-issuer.js'
import { HOSTILE_TOKENS } from './hostile-tokens.js'
import { runPsql } from './run-psql.js'
import { spoolRecords } from './spool-records.js'
import { CONFIG, eventually, openStage, type Serving, type Stage } from './stage.js'

let house: Certificates
let stage: Stage
let corp: OidcProvider
let unknown: OidcProvider
let hostile: HostileIssuer
let late: { port: number; provider?: OidcProvider }
let serving: Serving
/** Every token that was shown: none may be found in what is kept. */
const shown: string[] = []

const POLICY = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: tokens}
rules:
  - {name: everybody-connects, effect: permit, verbs: [connect], groups: [analysts, guests, programs, "other:analysts", "late:analysts"]}
  - {name: analysts-read, effect: permit, verbs: [read], groups: [analysts], resources: ["shop.public.*"]}
  - {name: programs-count, effect: permit, verbs: [read], agents: [reporter], fields: ["shop.public.customers.id"]}
  - {name: sleepers, effect: permit, verbs: [call], groups: ["other:analysts"], resources: ["shop.pg_catalog.pg_sleep"]}
`

beforeAll(async () => {
  house = await certificates()
  corp = await startOidcProvider()
  unknown = await startOidcProvider()
  hostile = await openHostileIssuer()
  late = { port: await freePort() }
  stage = await openStage()
  stage.write('server.pem', readFileSync(house.cert))
  stage.write('server.key', readFileSync(house.key))
  const issuers = [
    `{name: corp, issuer: "${corp.issuer}", audience: gatehouse, subject: /preferred_username, groups: /realm/roles, clients: [gatehouse-cli]}`,
    `{name: other, issuer: "${hostile.url}", audience: gatehouse, groups: /groups, clients: [hostile-cli]}`,
    `{name: late, issuer: "http://127.0.0.1:${late.port}", audience: gatehouse, groups: /groups, clients: [gatehouse-cli]}`,
  ]
  stage.write(
    'gatehouse.yaml',
    CONFIG(stage.postgres.port)
      .replace('  users:', `  issuers:\n${issuers.map((each) => `    - ${each}\n`).join('')}  users:`)
      .replace(
        'limits:',
        'tls: {cert: server.pem, key: server.key}\n    auth: [password, token]\n    limits:',
      )
      .replace('connections: 8, perUser: 3', 'connections: 50, perUser: 9')
      .replace('[pack:observe, ./policies]', '[pack:tools, ./policies]'),
  )
  stage.write('policies/stage.yaml', POLICY)
  serving = await stage.serve()
})
afterAll(async () => {
  await stage.stop()
  await corp.stop()
  await unknown.stop()
  await hostile.stop()
  await late.provider?.stop()
  house.remove()
})

interface Heard {
  readonly code?: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly severity?: string
}

/** Each attempt comes from an address of its own, so that none is held back for another's failures. */
let sources = 0
function signIn(user: string, token: string, from?: string): Promise<pg.Client> {
  shown.push(token)
  const ssl = { ca: readFileSync(house.ca, 'utf8') }
  const stream = () => {
    const socket = new Socket()
    const { connect } = socket
    socket.connect = ((port: number, host: string) =>
      Reflect.apply(connect, socket, [{ port, host, localAddress: from }])) as typeof socket.connect
    return socket
  }
  return serving.client(user, token, { host: 'localhost', ssl, ...(from && { host: '127.0.0.1', stream }) })
}

function freshSource(): string | undefined {
  sources += 1
  return process.platform === 'linux' ? `127.0.7.${sources}` : undefined
}

const claims = (...roles: string[]) => ({ realm: { roles } })
const refusals = async () =>
  (await spoolRecords(stage.folder)).filter(
    ({ class_uid, unmapped }) => class_uid === 3002 && unmapped.gatehouse.phase === 'refused',
  )

describePart('psql', 'psql with a token as its password', () => {
  test('under the own name and as `token`; groups by JSON Pointer decide', async () => {
    const ann = (await corp.signIn('ann-of-corp', { claims: claims('analysts') })).accessToken
    const guest = (await corp.signIn('gus', { claims: claims('guests') })).accessToken
    shown.push(ann, guest)
    const as = (user: string, token: string) =>
      runPsql(
        {
          host: 'localhost',
          hostaddr: '127.0.0.1',
          port: serving.port,
          user,
          sslmode: 'verify-full',
          sslrootcert: house.ca,
        },
        ['select count(*) from customers'],
        token,
      )
    for (const user of ['ann-of-corp', 'token'])
      expect(await as(user, ann)).toEqual({ status: 0, stdout: '20\n', stderr: '' })
    expect(await as('gus', guest)).toMatchObject({ status: 1, stderr: expect.stringContaining('42501') })
  })
})

describe('who a token stands for', () => {
  test('a person: name, groups and issuer are recorded, the name goes upstream', async () => {
    const { accessToken } = await corp.signIn('paula', { claims: claims('analysts', 'on-call') })
    const client = await signIn('token', accessToken)
    const { rows } = await client.query("select current_setting('application_name') as name")
    expect(rows[0].name).toContain('paula')
    await client.query('select city from customers where id = 1')
    await client.end()
    const found = (await spoolRecords(stage.folder)).find(
      (each) => each.actor?.user.name === 'paula' && each.class_uid === 6005,
    )
    expect(found?.actor?.user.groups).toEqual([{ name: 'analysts' }, { name: 'on-call' }])
    expect(found?.unmapped.gatehouse.agent).toBeUndefined()
    expect(found?.json).toContain(`"idp":{"name":"corp"`)
  })

  test('R9 a program, by client credentials: rules for agents bind, rules for people do not', async () => {
    const token = await corp.clientToken('reporter', { claims: claims('programs') })
    const client = await signIn('reporter', token)
    expect((await client.query('select count(id)::int as n from customers')).rows).toEqual([{ n: 20 }])
    await expect(client.query('select email from customers')).rejects.toMatchObject({ code: '42501' })
    await client.end()
    const found = (await spoolRecords(stage.folder)).find(({ unmapped }) => unmapped.gatehouse.agent)
    expect(found?.unmapped.gatehouse.agent).toEqual({ name: 'reporter', verified: true })
  })

  test('R9 a person whose program is not listed is the program, on behalf of the person', async () => {
    const token = hostile.token({ sub: 'paula', client_id: 'some-tool' })
    const client = await signIn('paula', token)
    await expect(client.query('select count(*) from customers')).rejects.toMatchObject({ code: '42501' })
    await client.end()
    const agents = (await spoolRecords(stage.folder)).map(({ unmapped }) => unmapped.gatehouse.agent)
    expect(agents).toContainEqual({ name: 'some-tool', on_behalf_of: 'paula', verified: true })
  })

  test('R9 groups of another issuer carry its name: the same word is another group', async () => {
    const client = await signIn('zoe', hostile.token({ sub: 'zoe', groups: ['analysts'] }))
    await expect(client.query('select city from customers where id = 1')).rejects.toMatchObject({
      code: '42501',
    })
    await client.end()
  })

  test('R13 the stamp upstream tells people of the same name apart', async () => {
    const stampOf = async (client: pg.Client) => {
      const { rows } = await client.query("select current_setting('application_name') as name")
      await client.end()
      return rows[0].name as string
    }
    const ssl = { ca: readFileSync(house.ca, 'utf8') }
    const local = await serving.client('ann', undefined, { host: 'localhost', ssl, application_name: 'tool' })
    expect(await stampOf(local)).toBe('gh:ann/tool')
    expect(await stampOf(await signIn('ann', hostile.token({ sub: 'ann' })))).toBe('gh:other:ann')
    const slash = (await corp.signIn('ann/tool', { claims: claims('analysts') })).accessToken
    expect(await stampOf(await signIn('ann/tool', slash))).toBe('gh:ann%2Ftool')
    const bot = await corp.clientToken('reporter', { claims: claims('programs') })
    expect(await stampOf(await signIn('token', bot))).toBe('gh:reporter')
  })
})

describe('a token that does not hold', () => {
  const heard = new Map<string, Heard>()

  test.each(HOSTILE_TOKENS)('%s: the record says `%s`', async (name, reason, make) => {
    const user = `guest-${heard.size}`
    const source = freshSource()
    const token = await make(user, { corp, unknown, hostile, nowhere: `http://127.0.0.1:${late.port}` })
    const fault = await signIn(user, token, source).then(
      () => ({ code: 'signed in', message: '' }),
      (each: Heard) => each,
    )
    expect(fault.code).toBe('28P01')
    heard.set(name, { ...fault, message: fault.message.replace(user, 'USER') })
    await eventually(async () =>
      (await refusals()).some((each) => each.unmapped.gatehouse.claimed?.login === user),
    )
    const record = (await refusals()).find((each) => each.unmapped.gatehouse.claimed?.login === user)
    expect(record).toMatchObject({
      status_detail: reason,
      status_code: 'GH_SIGN_IN',
      ...(source && { src_endpoint: { ip: source } }),
    })
  })

  test('the client hears one message for all of them', () => {
    const different = new Set(
      [...heard.values()].map(({ code, message, detail, hint, severity }) =>
        JSON.stringify({ code, message, detail, hint, severity }),
      ),
    )
    expect(heard.size).toBe(HOSTILE_TOKENS.length)
    expect([...different]).toEqual([
      JSON.stringify({
        code: '28P01',
        message: 'sign-in failed for user "USER"',
        detail: 'gatehouse: {"code":"GH_SIGN_IN"}',
        severity: 'FATAL',
      }),
    ])
  })
})

describe('providers come and go', () => {
  test('one that was down at the start is asked again; local users never waited for it', async () => {
    expect(
      serving.lines().some(({ message }) => String(message).includes('an issuer cannot be reached')),
    ).toBe(true)
    late.provider = await startOidcProvider({ port: late.port })
    const { accessToken } = await late.provider.signIn('lara', { claims: { groups: ['analysts'] } })
    await eventually(() =>
      signIn('lara', accessToken, freshSource()).then(
        (client) => client.end().then(() => true),
        () => new Promise((resolve) => setTimeout(() => resolve(false), 300)),
      ),
    )
  })

  test('one that goes down: who it cannot vouch for is refused, and the gateway goes on', async () => {
    const { accessToken } = await corp.signIn('olga', { claims: claims('analysts') })
    await corp.stop()
    await expect(
      signIn('olga', tamper(accessToken, { header: { kid: 'other' } }), freshSource()),
    ).rejects.toMatchObject({ code: '28P01' })
    // Its keys are known: whoever has a token goes on working.
    await (await signIn('olga', accessToken)).end()
    const ssl = { ca: readFileSync(house.ca, 'utf8') }
    const local = serving.client('ann', undefined, { host: 'localhost', ssl })
    await expect(local).resolves.toBeDefined()
    await (await local).end()
    expect((await serving.get('/readyz')).status).toBe(200)
  })
})

describe('the end of a token is the end of its session', () => {
  const soon = () => Math.ceil(Date.now() / 1000) + 8

  test('57P01 to one that is idle and to one in the middle of a statement, whose outcome says cut', async () => {
    const idle = await signIn('ines', hostile.token({ sub: 'ines', exp: soon() }))
    const end = new Promise<string>((resolve) =>
      idle.once('error', (fault: Heard) => resolve(String(fault.code))),
    )
    const busy = await signIn('iris', hostile.token({ sub: 'iris', exp: soon() }))
    await expect(busy.query('select pg_sleep(300)')).rejects.toMatchObject({ code: '57P01' })
    expect(await end).toBe('57P01')
    const statuses = (await spoolRecords(stage.folder))
      .filter((each) => each.actor?.user.name === 'other:iris' || each.actor?.user.name === 'iris')
      .map(({ unmapped }) => unmapped.gatehouse.outcome?.status)
    expect(statuses).toContain('cut')
    // Nothing goes on upstream for somebody who is gone.
    const owner = new pg.Client({ connectionString: stage.postgres.url })
    await owner.connect()
    await eventually(
      async () =>
        (
          await owner.query(
            "select from pg_stat_activity where query like '%pg_sleep(300)' and state = 'active' and pid <> pg_backend_pid()",
          )
        ).rowCount === 0,
    )
    await owner.end()
  })
})

test('R26 no token, and no claim of one, is in the spool or the log', async () => {
  const kept =
    (await spoolRecords(stage.folder)).map(({ json }) => json).join('\n') + serving.program.output()
  for (const token of shown) {
    expect(kept.includes(token)).toBe(false)
    const [header = '', body = '', signature = ''] = token.split('.')
    for (const part of [header, body, signature]) expect(part.length > 20 && kept.includes(part)).toBe(false)
  }
  expect(kept).not.toContain('preferred_username')
})
