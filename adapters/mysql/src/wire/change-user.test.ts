/** mysql-wire §8, rows 14 and 15: COM_CHANGE_USER proves everything anew, and nothing of who it was before is left. */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Stage } from '@gatehouse/adapter-contract'
import { type Certificates, certificates } from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CLIENT, packets, payload, readErr } from '../messages/index.js'
import { proofBy } from '../speaker/scrambles.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import { PLAIN, type RawClient, signIn } from './raw-client.js'
import { changeUser, type NewUser, query } from './requests.js'
import { describeReply } from './transcript.js'

const SHA2 = 'caching_sha2_password'
const NATIVE = 'mysql_native_password'
const none = new Uint8Array()

interface Changing extends Partial<NewUser> {
  readonly password?: string
  /** In place of what the plugin that was asked for would say. */
  readonly answer?: Uint8Array
  readonly bytes?: Uint8Array
}

/** As one line, e.g. `1 switch:caching_sha2_password 3 more:3 4 OK`. */
async function changes(client: RawClient, user: string, said: Changing = {}): Promise<string> {
  const { password = `secret of ${user}`, plugin = SHA2 } = said
  const proof = said.proof ?? proofBy(plugin, password, client.greeting.salt) ?? none
  client.send(packets(0, said.bytes ?? changeUser({ database: 'shop', ...said, user, proof, plugin })))
  const heard: string[] = []
  for (;;) {
    const { payload: content, sequence, following } = await client.next()
    const say = (what: string) => heard.push(`${sequence} ${what}`)
    if (content[0] === 0 || content[0] === 0xff) {
      say(content[0] === 0 ? 'OK' : `ERR:${readErr(content).code}/${readErr(content).state}`)
      return heard.join(' ')
    }
    if (content[0] === 0xfe) {
      const end = content.indexOf(0, 1)
      const asked = content.toString('latin1', 1, end)
      const salt = content.subarray(end + 1, end + 21)
      expect(salt).not.toEqual(client.greeting.salt)
      say(`switch:${asked}`)
      client.send(packets(following, said.answer ?? proofBy(asked, password, salt) ?? none))
    } else {
      say(`more:${content[1]}`)
      if (content[1] === 4) client.send(packets(following, Buffer.from(`${password}\0`)))
    }
  }
}

const DONE = `1 switch:${SHA2} 3 more:3 4 OK`

describeFlavours('COM_CHANGE_USER', (flavour) => {
  let house: Fixture
  let authority: Certificates
  let ca: string
  let encrypted: Stage
  let tokens: Stage
  let old: Stage
  beforeAll(async () => {
    authority = await certificates()
    ca = readFileSync(authority.ca, 'utf8')
    const context = createSecureContext({
      cert: readFileSync(authority.cert),
      key: readFileSync(authority.key),
    })
    const tls = { context, certificate: none }
    house = await startFixture(flavour)
    encrypted = await house.another({ tls, requireTls: true })
    tokens = await house.another({ tls, requireTls: true, auth: ['password', 'token'] })
    old = await house.another({ nativePassword: true })
  })
  afterEach(() => house.settled())
  afterAll(async () => {
    await house.close()
    authority.remove()
  })

  const ids = async (client: RawClient) =>
    (await client.query('select connection_id()')).bytes.toString('hex')

  test('W14 the new user has a session, a gate and a connection of its own', async () => {
    const client = await house.client('adam')
    const before = await ids(client)
    expect(await client.hears('select * from vault')).toBe('RS(id):0')
    await client.query('create temporary table mine(id int)')
    await client.query('set @x = 7')
    expect(await changes(client, 'ann')).toBe(DONE)
    expect(await ids(client)).not.toBe(before)
    expect(await client.hears('select * from vault')).toBe('ERR:1142')
    expect(await client.hears('select * from mine')).toMatch(/^ERR:11/)
    const shown = (await client.query('select email, @x from customers limit 1')).bytes
    expect(shown.includes('user1@example.com')).toBe(false)
    expect(await changes(client, 'adam')).toBe(DONE)
    expect(await client.hears('select * from vault')).toBe('RS(id):0')
    await house.settled()
    const people = house.stage.evidence.signedIn.map(({ login, kind }) => `${login} ${kind}`)
    expect(people.slice(-6)).toEqual(
      ['adam', 'ann', 'adam'].flatMap((who) => [`${who} signed-in`, `${who} ended`]),
    )
    expect(openDecisions(house.stage)).toEqual([])
  })

  test('W14 what was prepared, locked and begun is gone', async () => {
    const client = await house.client('adam')
    const { id } = await client.prepare('select 1')
    await client.query('begin')
    await client.query("insert into notes values (1, 'unsaved')")
    expect(await changes(client, 'adam')).toBe(DONE)
    expect(await client.hears("select * from notes where body = 'unsaved'")).toBe('RS(id,body):0')
    const execute = payload([0x17], [id & 255, id >>> 8, 0, 0, 0, 1, 0, 0, 0])
    const reply = await client.ask(execute)
    expect(readErr(reply.bytes.subarray(4)).code).toBe(1243)
  })

  test('W14 whatever the first answer is, it is asked again over a fresh nonce', async () => {
    const proofs: readonly [string, Uint8Array][] = [
      [SHA2, none],
      [SHA2, new Uint8Array(32).fill(1)],
      [NATIVE, new Uint8Array(20)],
      ['client_ed25519', none],
      ['', none],
    ]
    for (const [plugin, proof] of proofs) {
      const client = await house.client('adam')
      expect(await changes(client, 'ann', { plugin, proof })).toBe(DONE)
    }
    const client = await house.client('adam')
    const replayed = proofBy(SHA2, 'secret of ann', client.greeting.salt) ?? none
    expect(await changes(client, 'ann', { proof: replayed, answer: replayed })).toMatch(/ERR:1045/)
  })

  test('W14 over TLS, with the secret itself, by the old plugin, with attributes, without a database', async () => {
    const ann = { user: 'adam', password: 'secret of adam' }
    const over = await signIn({ ...ann, port: encrypted.port, ca })
    expect(await changes(over, 'ann')).toBe(DONE)
    expect(await over.hears('select 1')).toBe('RS(1):1')
    const secret = await signIn({ ...ann, port: tokens.port, ca })
    expect(await changes(secret, 'ann')).toBe(`1 switch:${SHA2} 3 more:4 5 OK`)
    expect(await secret.hears('select 1')).toBe('RS(1):1')
    const native = await signIn({ ...ann, port: old.port, plugin: NATIVE })
    expect(await changes(native, 'ann', { plugin: NATIVE })).toBe(`1 switch:${NATIVE} 3 OK`)
    expect(await native.hears('select 1')).toBe('RS(1):1')
    const bare = await house.client('adam', {
      more: CLIENT.CONNECT_ATTRS,
      attributes: [['program_name', 'one']],
    })
    expect(await changes(bare, 'ann', { database: '', attributes: [['program_name', 'two']] })).toBe(DONE)
    expect((await bare.query('select database()')).bytes.includes('shop')).toBe(false)
    for (const client of [over, secret, native]) client.socket.destroy()
  })

  test('W15 a change that fails ends the connection, and says no more than a sign-in does', async () => {
    const failing: readonly [string, Changing, string][] = [
      ['ann', { password: 'wrong' }, `1 switch:${SHA2} 3 ERR:1045/28000`],
      ['nobody', {}, `1 switch:${SHA2} 3 ERR:1045/28000`],
      ['ann', { answer: none }, `1 switch:${SHA2} 3 ERR:1045/28000`],
      ['ann', { database: 'elsewhere' }, `1 switch:${SHA2} 3 more:3 4 ERR:1049/42000`],
      ['ann', { collation: 28 }, '1 ERR:1115/42000'],
      ['x'.repeat(129), {}, '1 ERR:1043/08S01'],
      ['ann', { bytes: payload([0x11], Buffer.from('ann')) }, '1 ERR:1043/08S01'],
      ['ann', { bytes: payload([0x11], Buffer.from('ann\0'), [200]) }, '1 ERR:1043/08S01'],
    ]
    for (const [user, said, end] of failing) {
      const client = await house.client('adam')
      expect(await changes(client, user, said)).toBe(end)
      expect(await client.rest()).toEqual([])
    }
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    const without = await house.client('adam', { capabilities: PLAIN, password: 'secret of adam' })
    expect(await changes(without, 'ann')).toBe(DONE)
  })

  test('W15 commands behind a change that is not answered yet are no part of it', async () => {
    const client = await house.client('adam')
    const change = changeUser({ user: 'ann', proof: none, plugin: SHA2, database: 'shop' })
    client.send(Buffer.concat([packets(0, change), packets(0, query('drop table notes'))]))
    const left = await client.rest()
    expect(left.map(({ payload: content }) => content[0])).toEqual([0xff])
    expect(await (await house.client('adam')).hears('select count(*) from notes')).toBe('RS(count(*)):1')
  })

  test('W14 what was asked before is answered first', async () => {
    const client = await house.client('adam')
    const change = changeUser({ user: 'ann', proof: none, plugin: SHA2, database: 'shop' })
    client.command(query('select sleep(0.3), 1'))
    client.send(packets(0, change))
    expect(describeReply(await client.reply())).toBe('RS(sleep(0.3),1):1')
    const { payload: content, sequence } = await client.next()
    expect([sequence, content[0]]).toEqual([1, 0xfe])
    client.socket.destroy()
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
  })

  test('W15 who goes silent or leaves in the middle of it leaves nothing behind', async () => {
    const hasty = await house.another({ limits: { greeting: 300 } })
    const change = packets(0, changeUser({ user: 'ann', proof: none, plugin: SHA2, database: 'shop' }))
    const adam = { port: hasty.port, user: 'adam', password: 'secret of adam' }
    const silent = await signIn(adam)
    silent.send(change)
    expect((await silent.rest()).map(({ payload: content }) => content[0])).toEqual([0xfe])
    const leaving = await signIn(adam)
    leaving.send(change)
    leaving.socket.end()
    await leaving.rest()
    const gone = await signIn(adam)
    gone.send(change)
    gone.socket.resetAndDestroy()
    await Promise.all([...hasty.sessions].map(({ done }) => done))
    const kinds = hasty.evidence.signedIn.map(({ login, kind }) => `${login} ${kind}`)
    expect(kinds.sort()).toEqual([...Array(3).fill('adam ended'), ...Array(3).fill('adam signed-in')])
    expect(openDecisions(hasty)).toEqual([])
  })

  test('W14 mysql2 changes its user', async () => {
    const client = await createConnection({
      host: '127.0.0.1',
      port: house.stage.port,
      user: 'adam',
      password: 'secret of adam',
      database: 'shop',
    })
    const ask = async () => await client.query('select id from vault').catch(({ errno }) => errno)
    expect(await ask()).toEqual([[], expect.anything()])
    await client.changeUser({ user: 'ann', password: 'secret of ann', database: 'shop' })
    expect(await ask()).toBe(1142)
    await client.changeUser({ user: 'adam', password: 'secret of adam', database: 'shop' })
    expect(await ask()).toEqual([[], expect.anything()])
    await expect(client.changeUser({ user: 'ann', password: 'wrong' })).rejects.toMatchObject({ errno: 1045 })
    client.destroy()
  })

  test('W14 again and again: the socket carries nothing of its earlier sessions', async () => {
    const client = await house.client('adam')
    const warnings: string[] = []
    // MaxListenersExceededWarning, from the eleventh.
    process.on('warning', ({ name }) => warnings.push(name))
    for (let turn = 0; turn < 15; turn += 1) {
      expect(await changes(client, turn % 2 === 0 ? 'ann' : 'adam')).toBe(DONE)
      expect(await client.hears('select count(*) from items')).toBe('RS(count(*)):1')
    }
    expect(warnings).toEqual([])
    expect(house.stage.sessions.size).toBe(1)
  })
})
