/** Over TLS people and programs sign in by password and by their tokens: PLAIN, and MONGODB-OIDC by the driver's own way (interface §2). */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Stage } from '@gatehouse/adapter-contract'
import { deriveScramKeys, scrambleHash } from '@gatehouse/adapter-kit'
import { createIdentities, createIssuers, createLocalUsers } from '@gatehouse/identity'
import {
  type Certificates,
  certificates,
  describePart,
  type OidcProvider,
  startOidcProvider,
} from '@gatehouse/workbench'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgedBy } from './judged-by.js'
import { keepRows, nodeRow } from './kept-rows.js'
import { createTown, faultsOf, policyOf, type Town } from './town.js'

describePart(['ferretdb', 'openssl'], 'tokens', () => {
  let town: Town
  let authority: Certificates
  let corp: OidcProvider
  let stage: Stage
  beforeAll(async () => {
    town = await createTown()
    authority = await certificates()
    corp = await startOidcProvider()
    const issuer = {
      name: 'corp',
      issuer: corp.issuer,
      audience: 'gatehouse',
      subject: '/preferred_username',
      groups: '/groups',
      clients: ['gatehouse-cli'],
    }
    const users = await createLocalUsers([{ name: 'ann', password: 'secret of ann', groups: [] }], {
      secret: Buffer.alloc(32, 7),
      derive: deriveScramKeys,
      hash: scrambleHash,
    })
    const identities = createIdentities({
      users,
      issuers: createIssuers([issuer], { now: Date.now }),
      now: Date.now,
    })
    const cert = readFileSync(authority.cert)
    stage = await town.stage({
      hall: judgedBy(identities),
      policy: policyOf(['observe']),
      users: [],
      requireTls: true,
      auth: ['password', 'token'],
      tls: {
        context: createSecureContext({ cert, key: readFileSync(authority.key) }),
        certificate: new X509Certificate(cert).raw,
      },
    })
  })
  afterAll(async () => {
    await town.close()
    await corp.stop()
    authority.remove()
    expect(faultsOf(town)).toEqual([])
  })

  const tokenOf = async (who: string, more: object = {}) =>
    (await corp.signIn(who, { claims: { preferred_username: who, groups: ['analysts'] }, ...more }))
      .accessToken

  test('docs/clients.md says what runs', () =>
    keepRows(['7.x', '6.x'].map((version) => nodeRow(version, ['tls', 'tokens']))))

  describe.each([
    ['7.x', MongoClient],
    ['6.x', OlderClient as unknown as typeof MongoClient],
  ] as const)('the driver %s', (_version, Client) => {
    const whoami = async (options: MongoClientOptions): Promise<unknown> => {
      const client = new Client(`mongodb://localhost:${stage.port}/`, {
        tls: true,
        tlsCAFile: authority.ca,
        serverSelectionTimeoutMS: 30_000,
        family: 4,
        ...options,
      })
      try {
        const { authInfo } = await client.db('admin').command({ connectionStatus: 1 })
        expect(await client.db('shop').collection('items').countDocuments()).toBe(5)
        return authInfo.authenticatedUsers[0].user
      } finally {
        await client.close()
      }
    }
    const plain = (username: string, password: string): MongoClientOptions => ({
      auth: { username, password },
      authMechanism: 'PLAIN',
      authSource: '$external',
    })
    const oidc = (accessToken: () => Promise<string>): MongoClientOptions => ({
      authMechanism: 'MONGODB-OIDC',
      authMechanismProperties: { OIDC_CALLBACK: async () => ({ accessToken: await accessToken() }) },
    })

    test('a password, by SCRAM and as it is', async () => {
      expect(await whoami({ auth: { username: 'ann', password: 'secret of ann' } })).toBe('ann')
      expect(await whoami(plain('ann', 'secret of ann'))).toBe('ann')
    })

    test('a token as a password, under its name or `token`', async () => {
      expect(await whoami(plain('paula', await tokenOf('paula')))).toBe('paula')
      expect(await whoami(plain('token', await tokenOf('paula')))).toBe('paula')
      const session = stage.evidence.decided.at(-1)?.session
      expect(session?.identity).toMatchObject({ name: 'paula', issuer: 'corp', groups: ['analysts'] })
    })

    test('52 a token by MONGODB-OIDC', async () => {
      expect(await whoami(oidc(() => tokenOf('paula')))).toBe('paula')
    })

    test('another’s token, another audience, a wrong password: all alike', async () => {
      const refused = (options: MongoClientOptions) =>
        whoami(options).then(
          () => 'in',
          ({ code, message }: { code?: number; message: string }) => `${code} ${message}`,
        )
      const elsewhere = await tokenOf('paula', { audience: 'elsewhere' })
      const heard = [
        await refused(plain('quentin', await tokenOf('paula'))),
        await refused(plain('paula', elsewhere)),
        await refused(oidc(async () => elsewhere)),
        await refused({ auth: { username: 'ann', password: 'wrong' } }),
      ]
      expect(new Set(heard)).toEqual(new Set(['18 Authentication failed.']))
    })

    test('without TLS nobody is heard', async () => {
      await expect(
        whoami({
          tls: false,
          auth: { username: 'ann', password: 'secret of ann' },
          serverSelectionTimeoutMS: 500,
        }),
      ).rejects.toThrow(/closed/)
    })
  })
})
