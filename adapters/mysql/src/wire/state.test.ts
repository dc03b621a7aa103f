/** What a session becomes is followed, told or not: modes, character sets, databases, temporary tables (mysql-wire §6). */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MASKED } from '../rules/world.js'
import { startWire, type WireWorld } from './conversation-fixture.js'
import { query } from './requests.js'
import { describeReply, rowsOf } from './transcript.js'

const SCHEMA = [
  'create procedure harmless() select 1 as a',
  'create procedure shadows() create or replace temporary table items as select id, email as label from customers',
  `create procedure silences() begin set session_track_system_variables = ''; signal sqlstate '45000'; end`,
]

describePart(['mariadbd'], 'the state of a session over MariaDB', () => {
  let world: WireWorld
  beforeAll(async () => {
    world = await startWire({
      schema: SCHEMA,
      site: { limits: { statement: 1 << 20, message: 64 << 20, statementTime: 30_000 } },
    })
  })
  afterAll(() => world?.close())

  test('W56 sql_mode cuts the next text, whoever set it and however', async () => {
    const client = await world.client()
    expect(rowsOf(await client.query(`select 'a' || 'b'`))).toEqual([['0']])
    await client.query(`set sql_mode = concat(@@sql_mode, ',PIPES_AS_CONCAT')`)
    expect(rowsOf(await client.query(`select 'a' || 'b'`))).toEqual([['ab']])
    expect(await client.hears(`set sql_mode = 'NO_BACKSLASH_ESCAPES'`)).toBe('ERR:1142')
    expect(await client.hears(`set sql_mode = concat('ANSI_', 'QUOTES')`)).toBe('OK:0')
    expect(await client.hears('select "label" from items')).toBe('ERR:1142')
    await client.close()
  })

  test('R13 what the gateway follows a session by cannot be changed', async () => {
    const client = await world.client()
    for (const text of [
      'set session_track_schema = 0',
      `set session session_track_system_variables = ''`,
      'set @@session.session_track_state_change = 0',
    ])
      expect(await client.hears(text)).toBe('ERR:1142')
    await client.close()
  })

  test('R14 times are lowered, never raised', async () => {
    const client = await world.client()
    expect(await client.hears('set max_statement_time = 5')).toBe('OK:0')
    for (const value of ['0', '31', 'default', '@@wait_timeout', '1e3'])
      expect([value, await client.hears(`set max_statement_time = ${value}`)]).toEqual([value, 'ERR:1142'])
    expect(await client.hears('set statement max_statement_time = 99 for select 1')).toBe('ERR:1142')
    await client.close()
  })

  test('code that nobody has read, and that failed, leaves no doubt behind', async () => {
    const client = await world.client()
    expect(
      await client.hears(
        `begin not atomic set character_set_client = 'latin1'; signal sqlstate '45000'; end`,
      ),
    ).toBe('ERR:1644')
    expect(rowsOf(await client.query('show warnings'))).toMatchObject([['Error', '1644', expect.any(String)]])
    expect(rowsOf(await client.query('select @@character_set_client'))).toEqual([['latin1']])
    const content = Buffer.concat([query("select 'x"), Uint8Array.of(0xe9, 0x27)])
    expect(describeReply(await client.ask(content))).toMatch(/^RS\(.*\):1$/)
    await client.close()
  })

  test('a session whose tracking was turned off ends', async () => {
    const client = await world.client()
    expect(await client.hears('call silences()')).toBe('ERR:1644')
    await client.query('select 1').catch(() => {})
    expect((await client.rest()).length).toBe(0)
    expect(client.closed).toBe(true)
  })

  test('R2 a temporary table of unread code is never taken for the table that it stands before', async () => {
    const client = await world.client()
    expect(await client.hears('call harmless()')).toMatch(/^RS\(a\):1\/\+ OK/)
    expect(await client.hears('select label from items')).toBe('RS(label):5')
    expect(await client.hears('call shadows()')).toMatch(/^OK/)
    // From here on whoever could run such code may see nothing personal any more.
    world.usePolicy(MASKED.map((rule) => rule.replace('groups: [analysts], ', '')))
    for (let index = 0; index < 3; index += 1) {
      const shown = JSON.stringify(rowsOf(await client.query('select label from items where id = 1')))
      expect(shown).not.toContain('@example.com')
      expect(rowsOf(await client.query('select email from customers where id = 2'))).not.toContain(
        '@example.com',
      )
    }
    world.usePolicy(MASKED)
    await client.close()
  })

  test('W48 the database is followed, by name and by packet', async () => {
    const client = await world.client('adam', { database: '' })
    expect(await client.hears('select id from items')).toMatch(/^ERR:1046|^ERR:1142/)
    expect(await client.hears('use shop')).toBe('OK:0')
    expect(await client.hears('select id from items')).toBe('RS(id):5')
    await client.close()
  })
})
