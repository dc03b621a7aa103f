/** The whole gateway with `auth: [certificate, …]`: psql shows what it has, and the record says what was wrong with it. */
import { readFileSync } from 'node:fs'
import { type Certificates, certificates, describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPsql } from './run-psql.js'
import { spoolRecords } from './spool-records.js'
import { CONFIG, eventually, openStage, type Serving, type Stage } from './stage.js'

const configuration = (port: number) =>
  CONFIG(port)
    .replace('  users:\n', "  users:\n    - {name: etl, certificate: 'O=Example,CN=etl', agent: true}\n")
    .replace(
      'limits:',
      'tls: {cert: server.pem, key: server.key, ca: ca.pem}\n    auth: [certificate]\n    limits:',
    )

describePart(['psql', 'openssl'], 'client certificates', () => {
  let house: Certificates
  let strangers: Certificates
  let stage: Stage
  let serving: Serving
  const shown: Record<string, { readonly cert: string; readonly key: string }> = {}
  beforeAll(async () => {
    ;[house, strangers] = await Promise.all([certificates(), certificates()])
    stage = await openStage()
    for (const [name, path] of Object.entries({
      'server.pem': house.cert,
      'server.key': house.key,
      'ca.pem': house.ca,
    }))
      stage.write(name, readFileSync(path))
    stage.write('gatehouse.yaml', configuration(stage.postgres.port))
    const commonName = 'etl/O=Example'
    shown.etl = await house.issue({ commonName, usage: 'clientAuth' })
    shown.past = await house.issue({ commonName, usage: 'clientAuth', days: -1 })
    shown.nobody = await house.issue({ commonName: 'nobody', usage: 'clientAuth' })
    shown.impostor = await strangers.issue({ commonName, usage: 'clientAuth' })
    serving = await stage.serve()
  })
  afterAll(async () => {
    await stage.stop()
    house.remove()
    strangers.remove()
  })

  const come = (user: string, name?: string) => {
    const certificate = name === undefined ? undefined : shown[name]
    return runPsql(
      {
        host: 'localhost',
        hostaddr: '127.0.0.1',
        port: serving.port,
        user,
        sslmode: 'verify-full',
        sslrootcert: house.ca,
        ...(certificate === undefined ? {} : { sslcert: certificate.cert, sslkey: certificate.key }),
      },
      ['select count(*) from customers'],
    )
  }

  test('a certificate is enough', async () => {
    expect(await come('etl', 'etl')).toEqual({ status: 0, stdout: '20\n', stderr: '' })
  })

  describe('and nothing else is', () => {
    test.each([
      ['none', 'etl', undefined, 'no certificate'],
      ['one that is over', 'etl', 'past', 'expired'],
      ['another authority’s', 'etl', 'impostor', 'unknown authority'],
      ['nobody’s', 'etl', 'nobody', 'unknown subject'],
      ['another user’s', 'ann', 'etl', 'sign-in name'],
    ])('%s', async (_what, user, name, reason) => {
      const { status, stderr } = await come(user, name)
      expect(status).toBe(2)
      expect(stderr).toContain(`sign-in failed for user "${user}"`)
      expect(stderr).not.toContain(reason)
      const told = async () => (await spoolRecords(stage.folder)).map(({ json }) => json)
      await eventually(async () =>
        (await told()).some((json) => json.includes(`"status_detail":"${reason}"`)),
      )
    })
  })
})
