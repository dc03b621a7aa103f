/** The whole gateway before a real server: MongoDB's driver by its certificate, and by tokens that run out while it works. */
import { readFileSync, writeFileSync } from 'node:fs'
import {
  type Certificates,
  certificates,
  describePart,
  type FerretdbServer,
  type OidcProvider,
  startFerretdb,
  startOidcProvider,
} from '@gatehouse/workbench'
import { MongoClient, type MongoClientOptions, type OIDCCallbackParams } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHome, type Home, type Served } from './home.js'
import { spoolRecords } from './spool-records.js'
import { eventually } from './stage.js'

const configuration = (server: FerretdbServer, issuer: string) => `apiVersion: gatehouse/v1
instance: stage
dataDir: ./var
identity:
  issuers:
    - {name: corp, issuer: "${issuer}", audience: gatehouse, subject: /preferred_username, groups: /groups, clients: [gatehouse-cli]}
  users:
    - {name: etl, certificate: 'O=Example,CN=etl', agent: true}
listeners:
  - name: shop
    protocol: mongodb
    listen: 127.0.0.1:0
    tls: {cert: server.pem, key: server.key, ca: ca.pem}
    auth: [certificate, token]
    upstream: {host: ${server.host}, port: ${server.port}, user: "${server.user}", password: {env: FERRET}, tls: disable, databases: [shop], privileged: accept}
policies: [pack:observe]
audit: {spool: {durability: write}}
metrics: {listen: "127.0.0.1:0"}
`

describePart(['ferretdb', 'openssl'], 'MongoDB’s ways in', () => {
  let server: FerretdbServer
  let corp: OidcProvider
  let house: Certificates
  let home: Home
  let serving: Served
  beforeAll(async () => {
    ;[server, corp, house] = await Promise.all([startFerretdb(), startOidcProvider(), certificates()])
    home = createHome()
    for (const [name, path] of Object.entries({
      'server.pem': house.cert,
      'server.key': house.key,
      'ca.pem': house.ca,
    }))
      home.write(name, readFileSync(path))
    home.write('gatehouse.yaml', configuration(server, corp.issuer))
    serving = await home.serve({ env: { FERRET: server.password } })
  })
  afterAll(async () => {
    await home?.stop()
    await corp?.stop()
    await server?.stop()
    house?.remove()
  })

  const connect = (options: MongoClientOptions) =>
    new MongoClient(`mongodb://localhost:${serving.port}/`, {
      tls: true,
      tlsCAFile: house.ca,
      family: 4,
      maxPoolSize: 1,
      ...options,
    })
  const whoami = async (client: MongoClient) =>
    (await client.db('shop').command({ connectionStatus: 1 })).authInfo.authenticatedUsers[0].user
  const spooled = async (part: string) =>
    (await spoolRecords(home.folder)).filter(({ json }) => json.includes(part)).length

  test('by a certificate, and by no other', async () => {
    const file = async (from: Certificates, commonName: string) => {
      const { cert, key } = await from.issue({ commonName, usage: 'clientAuth' })
      writeFileSync(`${cert}.both`, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'))
      return `${cert}.both`
    }
    const client = connect({
      authMechanism: 'MONGODB-X509',
      tlsCertificateKeyFile: await file(house, 'etl/O=Example'),
    })
    expect(await whoami(client)).toBe('etl')
    await client.close()
    const other = connect({
      authMechanism: 'MONGODB-X509',
      tlsCertificateKeyFile: await file(house, 'eve/O=Example'),
    })
    await expect(whoami(other)).rejects.toMatchObject({ code: 18 })
    await other.close()
    await eventually(async () => (await spooled('"status_detail":"unknown subject"')) > 0)
  })

  test('by a token of seconds, and the next one, in one session', async () => {
    const asked: OIDCCallbackParams[] = []
    const client = connect({
      authMechanism: 'MONGODB-OIDC',
      authMechanismProperties: {
        OIDC_HUMAN_CALLBACK: async (params: OIDCCallbackParams) => {
          asked.push(params)
          const claims = { preferred_username: 'paula', groups: ['analysts'] }
          // The first is over soon after it was taken; the second is not.
          const ttl = asked.length === 1 ? 8 : 3000
          return { accessToken: (await corp.signIn('paula', { claims, ttl })).accessToken }
        },
      },
    })
    try {
      const items = client.db('shop').collection('renewed')
      await items.insertMany([{ a: 1 }, { a: 2 }, { a: 3 }])
      const cursor = items.find({}, { batchSize: 1 })
      await cursor.next()
      expect(asked[0]?.idpInfo).toMatchObject({ issuer: corp.issuer, clientId: 'gatehouse-cli' })
      await eventually(async () => {
        await whoami(client)
        return asked.length === 2
      })
      expect(await cursor.toArray()).toHaveLength(2)
      await eventually(async () => (await spooled('"status_detail":"proven again"')) === 1)
    } finally {
      await client.close()
    }
  })
})
