/** R11, R12: the accounts upstream, what nobody may change of them, and which of them the gateway takes. */
import { GatehouseError } from '@gatehouse/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres } from '../index.js'
import { PASSWORD, siteAt, startWorld, told, USERS, type World } from './world.js'

const ROLES = `
create role admin_gw login password 'gw';
create role reads_catalog login password 'gw';
create role plain login password 'gw';
create role su login superuser password 'gw';
create role bypass login bypassrls password 'gw';
create role repl login replication password 'gw';
create role creates login createrole password 'gw';
create role files login password 'gw'; grant pg_read_server_files to files;
create role writes login password 'gw'; grant pg_write_server_files to writes;
create role runs login password 'gw'; grant pg_execute_server_program to runs;
create role signals login password 'gw'; grant pg_signal_backend to signals;
create role inner_files; grant pg_read_server_files to inner_files;
create role nested login password 'gw' noinherit; grant inner_files to nested;
create role big superuser; create role becomes login password 'gw' noinherit; grant big to becomes;
create role maker createrole; create role becomes_maker login password 'gw'; grant maker to becomes_maker;
create role clerk;
grant plain to gw;
`

let world: World
beforeAll(async () => {
  world = await startWorld({
    roles: ROLES,
    schema: 'create table people(id int); insert into people values (1); grant select on people to public',
    rules: [],
    users: [...USERS, { name: 'ops', password: PASSWORD, groups: ['ops', 'admins'] }],
    upstream: {
      accounts: [
        { user: 'admin_gw', password: 'gw', groups: ['admins'] },
        { user: 'plain', password: 'gw', groups: ['ops', 'few'] },
        { user: 'gw', password: 'gw' },
      ],
      catalogAccount: { user: 'reads_catalog', password: 'gw' },
    },
  })
})
afterAll(() => world.close())

describe('R12 which account', () => {
  test.each([
    ['ann', 'gw'],
    ['bot', 'gw'],
    ['adam', 'admin_gw'],
    ['few', 'admin_gw'],
    ['ops', 'admin_gw'],
  ])('R12 %s comes as %s: the first entry of one of their groups', async (user, account) => {
    const client = await world.sign(user)
    expect(await told(client, 'select current_user, session_user')).toEqual([[account, account]])
    const record = world.stage.evidence.decided.findLast(({ session }) => session.identity.name === user)
    expect(record?.session.upstream.account).toBe(account)
  })

  test('R12 the catalog is read by its own', async () => {
    const { rows } = await world.root.query(
      `select distinct usename from pg_stat_activity where application_name = 'gatehouse catalog'`,
    )
    expect(rows).toEqual([{ usename: 'reads_catalog' }])
  })
})

describe('R12 accounts that could undo the gateway’s work', () => {
  const open = async (user: string, place: 'account' | 'catalog' | 'group', accept: boolean) => {
    const account = { user, password: 'gw' }
    const gw = { user: 'gw', password: 'gw' }
    const warned: string[] = []
    const log = { info() {}, error() {}, warn: (_facts: object, text: string) => warned.push(text) }
    const adapter = await postgres.open(
      siteAt(world.server.port, {
        site: { log },
        upstream: {
          accounts:
            place === 'group' ? [{ ...account, groups: ['x'] }, gw] : [place === 'account' ? account : gw],
          catalogAccount: place === 'catalog' ? account : gw,
          privileged: accept ? 'accept' : 'refuse',
        },
      }),
    )
    await adapter.close()
    return warned
  }

  test.each([
    ['su', 'superuser'],
    ['bypass', 'bypassrls'],
    ['repl', 'replication'],
    ['creates', 'createrole'],
    ['files', 'pg_read_server_files'],
    ['writes', 'pg_write_server_files'],
    ['runs', 'pg_execute_server_program'],
    ['signals', 'pg_signal_backend'],
    ['nested', 'pg_read_server_files'],
    ['becomes', 'superuser'],
    ['becomes_maker', 'createrole'],
  ])('R12 %s is refused for %s wherever it is named, and warned about when accepted', async (user, why) => {
    for (const place of ['account', 'catalog', 'group'] as const) {
      const fault = await open(user, place, false).catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(GatehouseError)
      expect((fault as GatehouseError).code).toBe('GH_CONFIGURATION')
      expect((fault as Error).message).toContain(why)
    }
    for (const start of [1, 2]) {
      const warned = await open(user, 'account', true)
      expect([start, warned.some((text) => text.includes(why))]).toEqual([start, true])
    }
  })

  test('R12 a plain account opens without a word', async () => {
    expect(await open('gw', 'account', false)).toEqual([])
  })
})

describe('R11 no rule permits what changes the gateway’s own accounts', () => {
  test.each([
    `alter role gw password 'x'`,
    `alter user gw with password 'x'`,
    'alter role current_user set search_path to x',
    'alter role session_user nologin',
    'alter role all set search_path to x',
    `alter role admin_gw in database shop set role to clerk`,
    'alter role reads_catalog nologin',
    'alter role gw rename to gw2',
    'alter role clerk rename to gw',
    'alter group plain add user clerk',
    'grant clerk to gw',
    'grant gw to clerk',
    'revoke plain from gw',
    'grant clerk to current_user',
    'drop role gw',
    'drop user if exists admin_gw',
    'create role admin_gw',
    'create role newcomer role gw',
    'create role newcomer in role plain',
    'reassign owned by gw to clerk',
    'reassign owned by clerk to current_user',
    'drop owned by gw cascade',
    'drop owned by current_role',
    `update pg_authid set rolpassword = 'x'`,
    'delete from pg_auth_members',
    `do $$ begin null; end $$; alter role gw password 'x'`,
    `begin; alter role gw password 'x'; commit`,
  ])('R11 %s', async (text) => {
    for (const user of ['adam', 'ann']) {
      const client = await world.sign(user)
      const { code, detail } = await client.ask(text)
      expect([text, code, detail.includes('"GH_NEVER"')]).toEqual([text, '42501', true])
      if (!text.includes(';')) expect((await client.ask(text, [])).code).toBe('42501')
      await world.settled()
    }
  })
})
