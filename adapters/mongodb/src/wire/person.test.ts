/** Who somebody is, as the wire proves and shows it: SCRAM by its RFC's vector, and the gateway's own identity (mongodb.md §11). */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { Binary, type Document } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, type RawClient } from './raw-client.js'
import { ACCOUNT } from './scripted-upstream.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

interface Exchange {
  readonly first: string
  readonly challenge: string
  readonly password: string
}

/** RFC 5802 §3, by nothing but the RFC: what the client says last, and what the server must say to it. */
function prove({ first, challenge, password }: Exchange): { final: string; signature: string } {
  const { r, s, i } = Object.fromEntries(challenge.split(',').map((part) => [part[0], part.slice(2)]))
  const salted = pbkdf2Sync(password, Buffer.from(s ?? '', 'base64'), Number(i), 32, 'sha256')
  const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest()
  const clientKey = hmac(salted, 'Client Key')
  const bare = `c=biws,r=${r}`
  const all = `${first.slice(3)},${challenge},${bare}`
  const signature = hmac(createHash('sha256').update(clientKey).digest(), all)
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] as number)))
  return {
    final: `${bare},p=${proof.toString('base64')}`,
    signature: `v=${hmac(hmac(salted, 'Server Key'), all).toString('base64')}`,
  }
}

describe('45 SCRAM-SHA-256', () => {
  test('45 the RFC 7677 vector is what these tests prove by', () => {
    const first = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO'
    const challenge = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'
    expect(prove({ first, challenge, password: 'pencil' })).toEqual({
      final:
        'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      signature: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    })
  })

  const say = async (client: RawClient, text: string, more: Document) => {
    const reply = await client.ask({ ...more, payload: new Binary(Buffer.from(text)), $db: 'admin' })
    return { reply, said: Buffer.from((reply.payload as Binary | undefined)?.buffer ?? []).toString() }
  }
  const begin = { saslStart: 1, mechanism: 'SCRAM-SHA-256', options: { skipEmptyExchange: true } }

  test.each(['adam', 'nobody here'])(
    '45 and 50 the wire says the same for %s, by 4096 rounds or more',
    async (user) => {
      const client = await connectRaw({ port: fixture.stage.port })
      const nonce = randomBytes(18).toString('base64')
      const first = `n,,n=${user},r=${nonce}`
      const { reply, said: challenge } = await say(client, first, begin)
      expect(challenge).toMatch(/^r=([^,]+),s=[^,]+,i=(\d+)$/)
      expect(challenge.startsWith(`r=${nonce}`)).toBe(true)
      expect(Number(/i=(\d+)$/.exec(challenge)?.[1])).toBeGreaterThanOrEqual(4096)
      const { final, signature } = prove({ first, challenge, password: 'secret of adam' })
      const last = await say(client, final, { saslContinue: 1, conversationId: reply.conversationId })
      if (user === 'adam') {
        expect(last.said).toBe(signature)
        expect(last.reply).toMatchObject({ done: true, ok: 1 })
      } else expect(last.reply).toMatchObject({ ok: 0, code: 18 })
      client.close()
    },
  )
})

describe('70 connectionStatus', () => {
  test.each(['adam', 'ann'])(
    'shows %s as the gateway knows them, and nothing of the account upstream',
    async (user) => {
      const client = new MongoClient(fixture.url(user))
      try {
        const { authInfo } = await client.db('admin').command({ connectionStatus: 1, showPrivileges: true })
        expect(authInfo.authenticatedUsers).toEqual([{ user, db: 'shop' }])
        const roles = authInfo.authenticatedUserRoles.map(({ role }: Document) => role)
        expect(roles).toEqual([user === 'adam' ? 'admins' : 'analysts'])
        expect(Array.isArray(authInfo.authenticatedUserPrivileges)).toBe(true)
        expect(JSON.stringify(authInfo)).not.toContain(`"${ACCOUNT.user}"`)
        expect(fixture.upstream.names()).not.toContain('connectionStatus')
      } finally {
        await client.close()
      }
    },
  )
})
