/** The database shows another certificate than it should, while sessions are open. */
import { copyFileSync } from 'node:fs'
import { type Certificates, certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Serving } from '../end-to-end/stage.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, said, within } from './rounds.js'

allowTime()

let authority: Certificates
let stranger: Certificates
let house: House
let serving: Serving

beforeAll(async () => {
  ;[authority, stranger] = await Promise.all([certificates(), certificates()])
  house = await openHouse({
    postgres: { tls: { cert: authority.cert, key: authority.key } },
    configuration: (port) => furnished(port).replace('tls: disable', `tls: verify-full, ca: ${authority.ca}`),
  })
  serving = await house.stage.serve()
})
afterAll(async () => {
  await house?.stop()
  authority?.remove()
  stranger?.remove()
})

const colour = async () => JSON.parse((await serving.get('/readyz')).text).colour as string
const newcomer = () =>
  within(
    'sign-in',
    serving.client('ann').then(
      async (client) => {
        await client.end()
        return 'let in'
      },
      ({ code }: { code?: string }) => code,
    ),
  )

test('a database with a wrong certificate: 08006 to newcomers, why is in the log, those inside are not cut', async () => {
  const wrong = {
    'of another authority': stranger,
    'of another name': await authority.issue({ commonName: 'elsewhere', altNames: 'DNS:elsewhere.example' }),
  }
  const file = async (setting: 'ssl_cert_file' | 'ssl_key_file') =>
    (await house.owner.query(`show ${setting}`)).rows[0][setting] as string
  const [cert, key] = [await file('ssl_cert_file'), await file('ssl_key_file')]
  const show = async (shown: { readonly cert: string; readonly key: string }) => {
    copyFileSync(shown.cert, cert)
    copyFileSync(shown.key, key)
    await house.owner.query('select pg_reload_conf()')
  }
  let tried = 0
  for (const each of Object.values(wrong)) {
    const inside = await serving.client('ben')
    await show(each)
    await within(
      'newcomers are turned away',
      eventually(async () => (await newcomer()) === '08006'),
    )
    // Open connections were made by the right one; the catalog's is too, and goes on.
    expect(await house.book.note((name) => inside.query(`select city as ${name} from customers`))).toBe(
      'done',
    )
    await show(authority)
    await within(
      'newcomers are let in',
      eventually(async () => (await newcomer()) === 'let in'),
    )
    expect(await colour()).toBe('green')
    await inside.end()
    await house.quiet(serving)
    await house.agree()
    tried += 1
  }
  expect(serving.program.output()).toMatch(/certificate|altnames/i)
  said('a database with a wrong certificate', tried)
})
