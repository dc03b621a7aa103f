/** 200 ordinary statements: in both protocols the gateway's answer is the server's own, byte for byte, for a viewer with masks too. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SETTINGS, SHOP } from '../bypass/shop.js'
import { CLIENT } from '../messages/index.js'
import { describeFlavours, type Fixture, startFixture } from '../wire/fixture.js'
import type { RawClient } from '../wire/raw-client.js'
import { closeStatement, execute, prepare } from '../wire/requests.js'
import { describeReply, type Reply } from '../wire/transcript.js'
import { ORDINARY, SCHEMA } from './ordinary.js'

test('they are 200 at least', () => expect(new Set(ORDINARY).size).toBeGreaterThanOrEqual(200))

describeFlavours('ordinary statements', (flavour) => {
  let world: Fixture
  beforeAll(async () => {
    const shop = SHOP.filter((text) => /^create table orders|^insert into orders/.test(text))
    const notes =
      'create or replace table notes (id int auto_increment primary key, subject varchar(220), body varchar(600))'
    const made = notes.replace('or replace ', '')
    world = await startFixture(flavour, {
      server: { settings: SETTINGS[flavour] },
      schema: [
        'drop table notes',
        made,
        ...shop,
        ...SCHEMA.filter((text) => !text.startsWith('create definer')),
      ],
    })
  })
  afterAll(() => world.close())

  test.each(['adam', 'ann'])('as the server answers them, for %s', async (user) => {
    const more = CLIENT.MULTI_STATEMENTS
    const direct = await world.direct({ more })
    const through = await world.client(user, { more })
    const different: string[] = []
    const compare = (text: string, [server, gateway]: readonly (Reply | undefined)[]) => {
      if (server === undefined || gateway === undefined) throw new Error(text)
      if (!server.bytes.equals(gateway.bytes))
        different.push(`${text}: ${describeReply(server)} | ${describeReply(gateway)}`)
    }
    // Each way runs the whole, so that both find the same.
    const answers = [await answersOf(direct), await answersOf(through)]
    for (const [index, text] of STEPS.entries())
      compare(
        text,
        answers.map((each) => each[index]),
      )
    const withheld = user === 'ann' ? WITHHELD : []
    expect(different.map((each) => each.replace(/(?: \(prepared\))?: .*$/s, ''))).toEqual(withheld)
    await direct.close()
    await through.close()
  })
})

/** A viewer with masks gets documents in another form redacted (R6), and error texts without what may be data (R20). */
const DOCUMENTS = [
  "select coalesce(j, 'none') from kinds order by id",
  "select case when j is null then 'null' else j end as x from kinds order by id",
]
const TWICE = 'insert into orders (id) values (1)'
const WITHHELD = [...DOCUMENTS, 'select nosuch from orders', TWICE, ...DOCUMENTS, TWICE]

const TEXTS = ORDINARY
const PREPARED = ORDINARY.filter(
  (text) => !/; |^(?:begin|savepoint|rollback|commit|insert into notes|select nosuch)/.test(text),
)
const STEPS = [...TEXTS, ...PREPARED.map((text) => `${text} (prepared)`)]

async function answersOf(client: RawClient): Promise<readonly Reply[]> {
  const found: Reply[] = []
  for (const text of TEXTS) found.push(await client.query(text))
  for (const text of PREPARED) {
    const made = await client.ask(prepare(text))
    const [part] = made.parts
    if (part?.kind !== 'prepared') {
      found.push(made)
      continue
    }
    found.push(await client.ask(execute(part.id)))
    client.command(closeStatement(part.id))
  }
  return found
}
