/** R7: each major version of the server is read by a grammar of its own. */
import { connect, createServer, type Socket } from 'node:net'
import { createStage } from '@gatehouse/adapter-contract'
import { GatehouseError } from '@gatehouse/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres } from '../index.js'
import {
  hasMajor,
  MASKED,
  PASSWORD,
  pause,
  policyOf,
  siteAt,
  startWorld,
  told,
  USERS,
  type World,
} from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789');
create view v as select id, ssn as shown from people;
`

/** Which statements only some of the grammars know: JSON_ARRAYAGG (16), MERGE … RETURNING (17), RETURNING old (18). */
const NEW_IN: readonly (readonly [number, string, unknown])[] = [
  [16, 'select json_array(note, ssn) from people', [[null]]],
  [
    17,
    'merge into people p using (select 1 as id) s on p.id = s.id when matched then update set note = p.note returning p.ssn',
    [['***']],
  ],
  [18, 'update people set note = note returning old.ssn, new.ssn', [['***', '***']]],
]

describe.each([15, 16, 17, 18] as const)('R7 Postgres %d', (major) => {
  if (!hasMajor(major)) {
    console.log(`SKIPPED postgres-${major}: no binaries for this platform — npm run setup on linux-x64`)
    test.skip(`R7 Postgres ${major} has no binaries here`, () => {})
    return
  }
  let world: World
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, major })
  })
  afterAll(() => world.close())

  test('R7 starts, and masks in both protocols', async () => {
    const ann = await world.sign('ann')
    expect(await told(ann, 'show server_version')).toEqual([[expect.stringMatching(new RegExp(`^${major}`))]])
    for (const values of [undefined, []]) {
      expect(await told(ann, 'select id, note, ssn from people', values)).toEqual([[1, 'clean', '***']])
      expect(await told(ann, 'select shown from v', values)).toEqual([['***']])
      expect(await told(ann, `select id from people where ssn like '1%'`, values)).toBe('42501')
    }
  })

  test('R7 reads what its version brought, and answers for what it did not as the server would', async () => {
    const ann = await world.sign('ann')
    for (const [since, text, rows] of NEW_IN) {
      const answer = await told(ann, text)
      expect(JSON.stringify(answer)).not.toContain('6789')
      if (major < since) expect([text, answer]).toEqual([text, expect.stringMatching(/^42/)])
      else if (Array.isArray(answer) && since > 16) expect([text, answer]).toEqual([text, rows])
    }
  })
})

/** Says of a Postgres 18 that it is of another major version. */
async function startDisguise(port: number) {
  const disguise = { major: 19, port: 0, sockets: new Set<Socket>() }
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      disguise.sockets.add(socket)
      socket.on('error', () => {}).on('close', () => disguise.sockets.delete(socket))
    }
    near.pipe(far)
    far.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1').replace(/\b18(00\d\d)\b/g, `${disguise.major}$1`)
      near.write(Buffer.from(text, 'latin1'))
    })
    far.on('end', () => near.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  disguise.port = (server.address() as { port: number }).port
  return {
    disguise,
    drop: () => {
      for (const socket of disguise.sockets) socket.destroy()
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

describe('R7 a major version that has no grammar', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA })
  })
  afterAll(() => world.close())

  test('R7 is refused at the start, unless the nearest is named', async () => {
    const { disguise, drop, close } = await startDisguise(world.server.port)
    const fault = await postgres.open(siteAt(disguise.port)).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(GatehouseError)
    expect((fault as GatehouseError).code).toBe('GH_CONFIGURATION')
    expect((fault as Error).message).toContain('no grammar for Postgres 19')
    const adapter = await postgres.open(siteAt(disguise.port, { upstream: { nearestGrammar: '18' } }))
    const stage = await createStage({ adapter, policy: policyOf(MASKED, ['observe']), users: USERS })
    const client = new pg.Client({
      host: '127.0.0.1',
      port: stage.port,
      user: 'ann',
      password: PASSWORD,
      database: 'shop',
    })
    await client.connect()
    expect((await client.query('select note, ssn from people')).rows).toEqual([{ note: 'clean', ssn: '***' }])
    await client.end()
    await stage.close()
    await adapter.close()
    drop()
    await close()
  })

  test('R7 a server that comes back as another version is not read by the old grammar', async () => {
    const { disguise, drop, close } = await startDisguise(world.server.port)
    disguise.major = 18
    const adapter = await postgres.open(siteAt(disguise.port))
    expect(adapter.current).toBe(true)
    disguise.major = 17
    drop()
    for (let tries = 0; tries < 20_000 && adapter.current; tries += 1) await pause()
    expect(adapter.current).toBe(false)
    await adapter.close()
    drop()
    await close()
  })
})
