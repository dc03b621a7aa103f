/** postgres-wire §8, rows 27–29: a cancel request reaches the session that holds its key, and what runs there now. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { concatBytes } from '@gatehouse/adapter-kit'
import { certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { dial, type RawClient, readByte, SSL_REQUEST, secure, signIn } from './raw-client.js'
import { cancelRequest, PBE, Q, S, X } from './requests.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture()
})
afterAll(() => house.close())

const SLEEP = Q('select pg_sleep(30)')

/** Sends the request; resolves when the gateway has closed the connection. */
function cancel(socket: Socket, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(heard))
    socket.write(bytes)
  })
}

async function running(count = 1): Promise<void> {
  const text = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`
  await expect.poll(() => house.admin(text), { timeout: 90_000 }).toEqual([{ n: count }])
}

const keyOf = (client: RawClient) => cancelRequest(client.processId, client.key)

describe('cancel requests', () => {
  for (const [name, tail] of [
    ['in the clear', new Uint8Array()],
    ['with a trailing Terminate', X],
  ] as const) {
    test(`W27 ${name}: what runs is cancelled, nothing is answered`, async () => {
      const client = await house.client()
      client.send(SLEEP)
      await running()
      expect(await cancel(await dial(house.stage.port), concatBytes([keyOf(client), tail]))).toBe('')
      expect(await client.hears('Z')).toMatch(/E:57014 Z:I$/)
      client.send(Q('select 1'))
      expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
      await client.close()
    })
  }

  test('W27 after TLS, by SSLRequest and directly', async () => {
    const authority = await certificates()
    const cert = readFileSync(authority.cert)
    const ca = readFileSync(authority.ca, 'utf8')
    const stage = await house.another({
      tls: {
        context: createSecureContext({ cert, key: readFileSync(authority.key) }),
        certificate: new X509Certificate(cert).raw,
      },
      requireTls: true,
    })
    const asked = async () => {
      const socket = await dial(stage.port)
      socket.write(SSL_REQUEST)
      expect(await readByte(socket)).toBe('S')
      return secure(socket, ['postgresql'], ca)
    }
    const direct = async () => secure(await dial(stage.port), ['postgresql'], ca)
    const client = await signIn({ port: 0, socket: await asked(), user: 'adam', password: 'secret of adam' })
    for (const way of [asked, direct, () => dial(stage.port)]) {
      client.send(SLEEP)
      await running()
      expect(await cancel(await way(), concatBytes([keyOf(client), X]))).toBe('')
      expect(await client.hears('Z')).toMatch(/E:57014 Z:I$/)
    }
    await client.close()
    authority.remove()
  })

  test('W28 when idle: no stray message, the next query runs', async () => {
    const client = await house.client()
    await cancel(await dial(house.stage.port), keyOf(client))
    client.send(Q('select 1'))
    expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    client.send(Q('begin'))
    expect(await client.hears('Z')).toBe('C:BEGIN Z:T')
    await cancel(await dial(house.stage.port), keyOf(client))
    client.send(Q('select 1'), Q('commit'))
    expect(await client.hears('Z', 2)).toBe('T D C:SELECT_1 Z:T C:COMMIT Z:I')
    await client.close()
  })

  test('W28 in a pipeline only the one that runs fails', async () => {
    const client = await house.client()
    client.send(SLEEP, Q('select 2'), PBE('select 3'), S)
    await running()
    await cancel(await dial(house.stage.port), keyOf(client))
    expect(await client.hears('Z', 3)).toBe('T E:57014 Z:I T D C:SELECT_1 Z:I 1 2 D C:SELECT_1 Z:I')
    await client.close()
  })

  test('W28 many cancels around the end of a statement never hit the next one', async () => {
    const client = await house.client()
    for (let round = 0; round < 30; round += 1) {
      client.send(Q('select 1'))
      const sent = cancel(await dial(house.stage.port), keyOf(client))
      const first = await client.hears('Z')
      await sent
      expect(first).toMatch(/^(T D C:SELECT_1|T?\s?E:57014) Z:I$/)
      client.send(Q('select 2'))
      expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    }
    await client.close()
  })

  const WRONG: readonly (readonly [string, (client: RawClient) => Uint8Array])[] = [
    [
      'another key',
      (client) => cancelRequest(client.processId, Buffer.from(client.key.map((byte) => byte ^ 1))),
    ],
    ['another process id', (client) => cancelRequest(client.processId + 1000, client.key)],
    [
      'a longer key',
      (client) => cancelRequest(client.processId, concatBytes([client.key, Uint8Array.of(0)])),
    ],
  ]
  test('W29 a wrong key cancels nothing', async () => {
    const client = await house.client()
    client.send(SLEEP)
    await running()
    for (const [, request] of WRONG)
      expect(await cancel(await dial(house.stage.port), request(client))).toBe('')
    await running()
    await cancel(await dial(house.stage.port), keyOf(client))
    expect(await client.hears('Z')).toMatch(/E:57014 Z:I$/)
    await client.close()
  })

  test('W29 a session’s cancel never hits another, among many at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 60 }, () => house.client()))
    const keys = new Set(sessions.map(({ processId }) => processId))
    expect(keys.size).toBe(sessions.length)
    for (const session of sessions) session.send(SLEEP)
    await running(sessions.length)
    const victims = sessions.filter((_, index) => index % 2 === 0)
    await Promise.all(victims.map(async (victim) => cancel(await dial(house.stage.port), keyOf(victim))))
    for (const victim of victims) expect(await victim.hears('Z')).toMatch(/E:57014 Z:I$/)
    await running(sessions.length - victims.length)
    for (const session of sessions) {
      if (!victims.includes(session)) {
        expect(session.waiting).toBeLessThan(2)
        await cancel(await dial(house.stage.port), keyOf(session))
        expect(await session.hears('Z')).toMatch(/E:57014 Z:I$/)
      }
    }
    await house.settled()
  })
})
