/** postgres-wire §8, row 25: signing in, by clients that lie about mechanisms, bindings, lengths and who they are. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Stage } from '@gatehouse/adapter-contract'
import { concatBytes, createScramClient, endpointBinding } from '@gatehouse/adapter-kit'
import { type Certificates, certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cstring, int32, message } from '../messages.js'
import { type Fixture, startFixture } from './fixture.js'
import { attend, dial, type RawClient, secure, signIn, startup } from './raw-client.js'
import { header, Q } from './requests.js'
import { code, errorOf } from './transcript.js'

let house: Fixture
let authority: Certificates
let ca: string
let encrypted: Stage
let tokens: Stage
let certificate: Uint8Array
beforeAll(async () => {
  authority = await certificates()
  ca = readFileSync(authority.ca, 'utf8')
  const cert = readFileSync(authority.cert)
  certificate = new X509Certificate(cert).raw
  house = await startFixture()
  const tls = { context: createSecureContext({ cert, key: readFileSync(authority.key) }), certificate }
  encrypted = await house.another({ tls, requireTls: true })
  tokens = await house.another({ auth: ['token'] })
})
afterAll(async () => {
  await house.close()
  authority.remove()
})

const NONCE = 'fyko+d2lbbFgONRv9qkxdawL'
const overTls = async () => secure(await dial(encrypted.port), ['postgresql'], ca)
const p = (...parts: readonly Uint8Array[]) => message(code('p'), ...parts)
const initial = (mechanism: string, text: string, length = text.length) =>
  p(cstring(mechanism), int32(length), Buffer.from(text))

/** Up to the list of mechanisms. */
async function begin(
  socket: Socket,
  user = 'adam',
): Promise<{ client: RawClient; mechanisms: readonly string[] }> {
  const client = attend(socket)
  client.send(
    startup([
      ['user', user],
      ['database', 'shop'],
    ]),
  )
  const { body } = await client.next()
  return {
    client,
    mechanisms: body
      .subarray(4)
      .toString()
      .split('\0')
      .filter((name) => name !== ''),
  }
}

/** What a refused sign-in looks like from outside: messages by type and code, then the end. */
async function refused(client: RawClient): Promise<string> {
  const messages = await client.rest()
  const fields = errorOf(messages)
  return `${messages.map(({ type, body }) => (type === 'R' ? `R${body.readInt32BE(0)}` : type)).join(' ')} ${fields.get('V')} ${fields.get('C')} ${fields.get('M')?.replace(/"\w*"/, '')}`
}

describe('SCRAM', () => {
  test('W25 a wrong password and an unknown user cannot be told apart', async () => {
    const heard: string[] = []
    for (const user of ['adam', 'nobody', 'postgres', 'gw']) {
      const { client, mechanisms } = await begin(await dial(house.stage.port), user)
      expect(mechanisms).toEqual(['SCRAM-SHA-256'])
      const scram = createScramClient({ mechanism: 'SCRAM-SHA-256', password: 'wrong', nonce: NONCE })
      client.send(initial('SCRAM-SHA-256', Buffer.from(scram.initial).toString('latin1')))
      const challenge = (await client.next()).body.subarray(4)
      expect(challenge.toString()).toMatch(/^r=.{40,},s=[A-Za-z0-9+/]{22}==,i=4096$/)
      client.send(p((await scram.step(challenge)).send as Uint8Array))
      heard.push(await refused(client))
    }
    expect(new Set(heard)).toEqual(new Set(['E FATAL 28P01 sign-in failed for user ']))
  })

  test('W25 an unknown user gets the same salt each time, as a known one does', async () => {
    const salts = []
    for (const user of ['nobody', 'nobody', 'adam', 'adam']) {
      const { client } = await begin(await dial(house.stage.port), user)
      client.send(initial('SCRAM-SHA-256', `n,,n=,r=${NONCE}`))
      salts.push((await client.next()).body.toString().split(',')[1])
      client.socket.destroy()
    }
    expect(salts[0]).toBe(salts[1])
    expect(salts[2]).toBe(salts[3])
  })

  test('W25 PLUS is offered under TLS alone, and binds the gateway’s own certificate', async () => {
    const socket = await overTls()
    const client = await signIn({ port: 0, socket, user: 'adam', password: 'secret of adam', certificate })
    client.send(Q('select 1'))
    expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await client.close()
    const { client: other, mechanisms } = await begin(await overTls())
    expect(mechanisms).toEqual(['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'])
    other.socket.destroy()
  })

  test('W25 PLUS with another certificate’s hash is refused', async () => {
    const { cert } = await authority.issue({ commonName: 'localhost' })
    const socket = await overTls()
    const other = new X509Certificate(readFileSync(cert)).raw
    const entering = signIn({ port: 0, socket, user: 'adam', password: 'secret of adam', certificate: other })
    await expect(entering).rejects.toMatchObject({ native: '28P01' })
  })

  const LIES: readonly (readonly [string, boolean, Uint8Array])[] = [
    ['the flag y although PLUS was offered', true, initial('SCRAM-SHA-256', `y,,n=,r=${NONCE}`)],
    [
      'p= with the mechanism without PLUS',
      true,
      initial('SCRAM-SHA-256', `p=tls-server-end-point,,n=,r=${NONCE}`),
    ],
    ['p= with another binding', true, initial('SCRAM-SHA-256-PLUS', `p=tls-unique,,n=,r=${NONCE}`)],
    ['n with PLUS', true, initial('SCRAM-SHA-256-PLUS', `n,,n=,r=${NONCE}`)],
    ['PLUS without TLS', false, initial('SCRAM-SHA-256-PLUS', `p=tls-server-end-point,,n=,r=${NONCE}`)],
    ['a mechanism that was not offered', false, initial('OAUTHBEARER', 'n,,\x01auth=Bearer x\x01\x01')],
    ['a length beyond the message', false, initial('SCRAM-SHA-256', `n,,n=,r=${NONCE}`, 1000)],
    ['a length of 2147483647', false, initial('SCRAM-SHA-256', `n,,n=,r=${NONCE}`, 0x7fffffff)],
    ['a length of -2', false, initial('SCRAM-SHA-256', `n,,n=,r=${NONCE}`, -2)],
    ['a length shorter than the message', false, initial('SCRAM-SHA-256', `n,,n=,r=${NONCE}`, 3)],
    ['no length at all', false, p(cstring('SCRAM-SHA-256'))],
    ['no mechanism', false, p(Buffer.from('SCRAM'))],
    ['an empty message', false, p()],
    ['a nonce of 60000 characters', false, initial('SCRAM-SHA-256', `n,,n=,r=${'a'.repeat(60_000)}`)],
    ['an authorisation identity', false, initial('SCRAM-SHA-256', `n,a=ann,n=,r=${NONCE}`)],
    ['a mandatory extension', false, initial('SCRAM-SHA-256', `n,,m=x,n=,r=${NONCE}`)],
    ['bytes that are no text', false, p(cstring('SCRAM-SHA-256'), int32(3), Buffer.from([0xff, 0, 0xfe]))],
    ['a Query instead', false, Q('select 1')],
    ['a declared length of 2147483647', false, header('p', 0x7fffffff)],
    ['a declared length of 3', false, header('p', 3)],
  ]
  for (const [name, tls, bytes] of LIES) {
    test(`W25 ${name}: refused as any other failure is`, async () => {
      const { client } = await begin(tls ? await overTls() : await dial(house.stage.port))
      client.send(bytes)
      expect(await refused(client)).toBe('E FATAL 28P01 sign-in failed for user ')
    })
  }

  test('W25 no initial response: an empty challenge, then the exchange goes on', async () => {
    const { client } = await begin(await dial(house.stage.port))
    client.send(p(cstring('SCRAM-SHA-256'), int32(-1)))
    const first = await client.next()
    if (first.type === 'E') return
    expect(first.body.toString('latin1')).toBe('\0\0\0\v')
    client.send(p(Buffer.from(`n,,n=,r=${NONCE}`)))
    expect((await client.next()).body.readInt32BE(0)).toBe(11)
    client.socket.destroy()
  })

  test('W25 a right proof for another nonce, or with a changed binding, is none', async () => {
    for (const change of [
      (text: string) => text.replace(/r=[^,]+/, `r=${NONCE}`),
      (text: string) => text.replace('c=biws', 'c=eSws'),
    ]) {
      const { client } = await begin(await dial(house.stage.port))
      const scram = createScramClient({
        mechanism: 'SCRAM-SHA-256',
        password: 'secret of adam',
        nonce: NONCE,
      })
      client.send(initial('SCRAM-SHA-256', Buffer.from(scram.initial).toString('latin1')))
      const step = await scram.step((await client.next()).body.subarray(4))
      client.send(p(Buffer.from(change(Buffer.from(step.send as Uint8Array).toString('latin1')))))
      expect(await refused(client)).toBe('E FATAL 28P01 sign-in failed for user ')
    }
  })

  test('W25 every refusal is recorded', () => {
    const kinds = house.stage.evidence.signedIn.filter(({ kind }) => kind === 'refused')
    expect(kinds.length).toBeGreaterThan(10)
    expect(endpointBinding(certificate)).toBeDefined()
  })
})

describe('cleartext, where tokens are taken', () => {
  test('W25 a right password is taken, over loopback', async () => {
    const client = await signIn({ port: tokens.port, user: 'adam', password: 'secret of adam' })
    client.send(Q('select 1'))
    expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await client.close()
  })

  for (const [name, bytes] of [
    ['a wrong one', p(cstring('wrong'))],
    ['an empty one', p(cstring(''))],
    ['one without its zero byte', p(Buffer.from('secret of adam'))],
    ['one with a tail', p(cstring('secret of adam'), Buffer.from('x'))],
    ['one with a zero byte inside', p(Buffer.from('secret of adam\0\0'))],
    ['one of a megabyte', p(cstring('x'.repeat(1 << 20)))],
  ] as const) {
    test(`W25 ${name} is refused`, async () => {
      const { client } = await begin(await dial(tokens.port))
      client.send(concatBytes([bytes]))
      expect(await refused(client)).toBe('E FATAL 28P01 sign-in failed for user ')
    })
  }
})
