/** The database shows another certificate than it should, while sessions are open. */
import { type Certificates, certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, said, within } from './rounds.js'

allowTime()

overEach(DATABASES, (database) => {
  let authority: Certificates
  let stranger: Certificates
  let house: House
  let serving: Served

  beforeAll(async () => {
    ;[authority, stranger] = await Promise.all([certificates(), certificates()])
    house = await openHouse(database, {
      tls: { cert: authority.cert, key: authority.key },
      configuration: (port) =>
        furnished(port).replace('tls: disable', `tls: verify-full, ca: ${authority.ca}`),
    })
    serving = await house.serve()
  })
  afterAll(async () => {
    await house?.stop()
    authority?.remove()
    stranger?.remove()
  })

  test('a database with a wrong certificate: newcomers are told, why is in the log, those inside are not cut', async () => {
    const wrong = {
      'of another authority': stranger,
      'of another name': await authority.issue({
        commonName: 'elsewhere',
        altNames: 'DNS:elsewhere.example',
      }),
    }
    let tried = 0
    await house.upstream.show(authority)
    for (const each of Object.values(wrong)) {
      const inside = await house.enter(serving, 'ben')
      await house.upstream.show(each)
      await within(
        'newcomers are turned away',
        eventually(async () => (await house.newcomer(serving)) === database.codes.unreachable),
      )
      // Open connections were made by the right one; the catalog's is too, and goes on.
      expect(await house.book.note((name) => inside.ask(`select city as ${name} from customers`))).toBe(
        'done',
      )
      await house.upstream.show(authority)
      await within(
        'newcomers are let in',
        eventually(async () => (await house.newcomer(serving)) === 'let in'),
      )
      await house.turns(serving, 'green')
      await inside.end()
      await house.quiet(serving)
      await house.agree()
      tried += 1
    }
    expect(serving.program.output()).toMatch(/certificate|altnames/i)
    said(`a database with a wrong certificate, ${database.name}`, tried)
  })
})
