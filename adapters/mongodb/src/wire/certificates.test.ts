/** MONGODB-X509: the certificate of the TLS handshake says who comes, and nothing that the client says does (mongodb.md §3). */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Stage } from '@gatehouse/adapter-contract'
import { deriveScramKeys, scrambleHash } from '@gatehouse/adapter-kit'
import { createIdentities, createIssuers, createLocalUsers } from '@gatehouse/identity'
import { type Certificates, certificates, describePart } from '@gatehouse/workbench'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgedBy } from '../clients/judged-by.js'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw } from './raw-client.js'

describePart('openssl', 'X.509', () => {
  let fixture: Fixture
  let authority: Certificates
  let stranger: Certificates
  let stage: Stage
  const files: Record<string, string> = {}
  beforeAll(async () => {
    fixture = await startFixture()
    ;[authority, stranger] = await Promise.all([certificates(), certificates()])
    const client = async (name: string, from: Certificates, wish: Parameters<Certificates['issue']>[0]) => {
      const { cert, key } = await from.issue({ usage: 'clientAuth', ...wish })
      files[name] = `${cert}.both`
      writeFileSync(files[name], readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'))
    }
    await client('etl', authority, { commonName: 'etl/O=Example' })
    await client('another', authority, { commonName: 'another/O=Example' })
    await client('impostor', stranger, { commonName: 'etl/O=Example' })
    await client('past', authority, { commonName: 'etl/O=Example', days: -1 })
    await client('server', authority, { commonName: 'etl/O=Example', usage: 'serverAuth' })
    const users = await createLocalUsers(
      [
        { name: 'etl', certificate: 'O=Example,CN=etl', groups: ['admins'], agent: true },
        { name: 'adam', password: 'secret of adam', groups: ['admins'] },
      ],
      { secret: Buffer.alloc(32, 7), derive: deriveScramKeys, hash: scrambleHash },
    )
    const identities = createIdentities({
      users,
      issuers: createIssuers([], { now: Date.now }),
      now: Date.now,
    })
    const cert = readFileSync(authority.cert)
    stage = await fixture.another({
      auth: ['certificate', 'password'],
      hall: judgedBy(identities),
      requireTls: true,
      tls: {
        context: createSecureContext({
          cert,
          key: readFileSync(authority.key),
          ca: readFileSync(authority.ca),
          sessionIdContext: 'test',
        }),
        certificate: new X509Certificate(cert).raw,
        asksCertificate: true,
      },
    })
  })
  afterAll(async () => {
    await fixture.close()
    authority.remove()
    stranger.remove()
  })

  const reasons = () =>
    stage.evidence.signedIn.flatMap(({ kind, login, reason }) =>
      kind === 'refused' ? [`${login}: ${reason}`] : [],
    )
  const come = async (
    Client: typeof MongoClient,
    name: string | undefined,
    options: MongoClientOptions = {},
    user = '',
  ) => {
    const client = new Client(
      `mongodb://${user === '' ? '' : `${encodeURIComponent(user)}@`}localhost:${stage.port}/`,
      {
        tls: true,
        tlsCAFile: authority.ca,
        ...(name === undefined ? {} : { tlsCertificateKeyFile: files[name] as string }),
        authMechanism: 'MONGODB-X509',
        serverSelectionTimeoutMS: 30_000,
        family: 4,
        ...options,
      },
    )
    try {
      await client.db('shop').collection('items').findOne({})
      return (await client.db('shop').command({ connectionStatus: 1 })).authInfo.authenticatedUsers[0].user
    } catch (fault) {
      const { code, message } = fault as { code?: number; message: string }
      return `${code} ${message}`
    } finally {
      await client.close()
    }
  }

  describe.each([
    ['7.x', MongoClient],
    ['6.x', OlderClient as unknown as typeof MongoClient],
  ] as const)('the driver %s', (_version, Client) => {
    test('comes in by its certificate, named or not', async () => {
      expect(await come(Client, 'etl')).toBe('etl')
      expect(await come(Client, 'etl', {}, 'O=Example,CN=etl')).toBe('etl')
      const { session } = stage.evidence.decided.at(-1) ?? {}
      expect(session?.identity).toMatchObject({ name: 'etl', agent: 'etl', provenBy: 'certificate' })
      expect(session?.identity.expiresAt).toBeGreaterThan(Date.now())
    })
    test.each([
      ['another authority’s', 'impostor', 'unknown authority'],
      ['one that is over', 'past', 'expired'],
      ['a server’s', 'server', 'certificate purpose'],
      ['nobody’s here', 'another', 'unknown subject'],
    ])('a certificate that does not hold: %s', async (_what, name, reason) => {
      const before = reasons().length
      expect(await come(Client, name)).toBe('18 Authentication failed.')
      const said = new Set(reasons().slice(before))
      expect([...said]).toEqual([`O=Example,CN=${name === 'another' ? name : 'etl'}: ${reason}`])
    })
    test('no certificate, and a name that is not the certificate’s', async () => {
      const before = reasons().length
      expect(await come(Client, undefined)).toBe('18 Authentication failed.')
      expect(await come(Client, 'etl', {}, 'O=Example,CN=another')).toBe('18 Authentication failed.')
      expect(new Set(reasons().slice(before))).toEqual(
        new Set([': no certificate', 'O=Example,CN=another: sign-in name']),
      )
    })
    test('whoever has a password needs no certificate, and may have one', async () => {
      const auth = { username: 'adam', password: 'secret of adam' }
      expect(await come(Client, undefined, { auth, authMechanism: 'SCRAM-SHA-256' })).toBe('adam')
      expect(await come(Client, 'impostor', { auth, authMechanism: 'SCRAM-SHA-256' })).toBe('adam')
    })
    test('a user without a password has none that is right, not even an empty one', async () => {
      const auth = { username: 'etl', password: 'etl' }
      expect(await come(Client, 'etl', { auth, authMechanism: 'SCRAM-SHA-256' })).toBe(
        '18 Authentication failed.',
      )
    })
  })

  test('53 what the command says does not count: another database, no text, another mechanism', async () => {
    const pem = readFileSync(files.etl as string, 'utf8')
    const raw = () =>
      connectRaw({
        port: stage.port,
        tls: { ca: readFileSync(authority.ca, 'utf8'), cert: pem, key: pem },
      })
    const ask = async (command: object) => {
      const client = await raw()
      const reply = await client.ask(command)
      client.close()
      return { ok: reply.ok, code: reply.code }
    }
    const mechanism = 'MONGODB-X509'
    expect(await ask({ authenticate: 1, mechanism, $db: 'admin' })).toEqual({ ok: 0, code: 18 })
    expect(await ask({ authenticate: 1, mechanism, user: 7, $db: '$external' })).toEqual({ ok: 0, code: 9 })
    expect(await ask({ authenticate: 1, mechanism: 'MONGODB-CR', $db: '$external' })).toEqual({
      ok: 0,
      code: 334,
    })
    expect(await ask({ authenticate: 1, mechanism, user: '', $db: '$external' })).toEqual({
      ok: 1,
      code: undefined,
    })
    expect(await ask({ saslStart: 1, mechanism, payload: '', $db: '$external' })).toMatchObject({ ok: 0 })
  })
})
