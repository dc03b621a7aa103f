/** R13, R14: one session, one connection, and settings that mean something are named by a rule or refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MASKED, pause, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789');
create function renames() returns void language plpgsql as $$ begin perform set_config('application_name', 'nobody', false); end $$;
create function quiet() returns int language sql set application_name to 'nobody' as 'select 1';
`
/** Analysts do all that is common; nothing that changes meaning is named. */
const COMMON = [
  '{name: work, effect: permit, groups: [analysts], verbs: [connect, read, insert, update, delete, create, alter, drop, call, lock, listen, copy-out, copy-in], resources: ["shop", "shop.**"]}',
  '{name: any-setting, effect: permit, groups: [analysts], verbs: [set]}',
  '{name: starred, effect: permit, groups: [analysts], verbs: [set], resources: ["*", "**", "*.*"]}',
  '{name: all, effect: permit, groups: [admins], verbs: [connect, read, set, admin, transaction, opaque, call, lock], resources: ["**", "role", "session_authorization", "app.tenant", "enable_seqscan", "shop"]}',
]
const LIMITS = { statementTime: 5000, lockTime: 1000, idleInTransaction: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({
    schema: SCHEMA,
    roles: 'create role clerk; grant clerk to gw',
    rules: [...MASKED, ...COMMON],
    packs: ['tools'],
    limits: LIMITS,
  })
})
afterAll(() => world.close())

describe('R13 needs a rule that names it', () => {
  test.each([
    'set role clerk',
    'set local role clerk',
    'reset role',
    'set session authorization gw',
    'reset session authorization',
    `set app.tenant to '7'`,
    `set local app.tenant to '7'`,
    `select set_config('app.tenant', '7', false)`,
    `select set_config('App.Tenant', '7', true)`,
    'reset app.tenant',
    'set enable_seqscan to off',
    'set plan_cache_mode to force_generic_plan',
    'set geqo to off',
    'set work_mem to 64',
    'set default_transaction_isolation to serializable; set enable_hashjoin to off',
    `prepare transaction 'x'`,
    `commit prepared 'x'`,
    `rollback prepared 'x'`,
    'set track_activities to off',
    'set default_tablespace to x',
    'set xmloption to document',
    'set session_preload_libraries to x',
  ])('R13 %s', async (text) => {
    const ann = await world.sign('ann')
    const { code, message } = await ann.ask(text)
    expect([code, message.includes('permit')]).toEqual(['42501', true])
    expect((await ann.ask(text.split(';')[0] ?? '', [])).code).toBe(text.includes(';') ? undefined : '42501')
  })

  test('R13 with such a rule it goes through', async () => {
    const adam = await world.sign('adam')
    for (const text of ['set role clerk', 'reset role', `set app.tenant to '7'`, 'set enable_seqscan to off'])
      expect([text, (await adam.ask(text)).code]).toEqual([text, undefined])
    await adam.ask('begin')
    expect((await adam.ask(`prepare transaction 'x'`)).code).toBeUndefined()
    expect((await adam.ask(`rollback prepared 'x'`)).code).toBeUndefined()
  })

  test.each([
    'geqo',
    'enable_seqscan',
    'role',
    'session_authorization',
    'app.tenant',
    'row_security',
    'plan_cache_mode',
  ])('R13 %s in the start-up packet is refused', async (name) => {
    const value = name === 'role' || name === 'session_authorization' ? 'gw' : 'off'
    await expect(world.sign('ann', { options: `-c ${name}=${value}` })).rejects.toMatchObject({
      code: '22023',
    })
  })

  test.each([
    'set standard_conforming_strings to off',
    `set client_encoding to 'latin1'`,
    `set names 'sjis'`,
    'set session_replication_role to replica',
    'set transform_null_equals to on',
    'set client_min_messages to debug5',
    'set debug_print_plan to on',
    'set allow_system_table_mods to on',
    `select set_config('standard_conforming_strings', 'off', false)`,
    `update pg_catalog.pg_settings set setting = 'off' where name = 'standard_conforming_strings'`,
  ])('R13 no rule permits %s', async (text) => {
    const adam = await world.sign('adam')
    expect((await adam.ask(text)).code).toBe('42501')
    expect((await adam.ask(text, [])).code).toBe('42501')
  })
})

describe('R13 the identity stamp', () => {
  const stamps = async () => {
    const { rows } = await world.root.query(
      `select application_name as a from pg_stat_activity where application_name like 'gh:%' and backend_type = 'client backend' order by 1`,
    )
    return rows.map(({ a }) => a as string)
  }

  test.each([
    ['as it comes', [], 'gh:ann/own'],
    ['SET', [`set application_name to 'zz'`], 'gh:ann/zz'],
    ['SET in the extended form', ['!set application_name = zz'], 'gh:ann/zz'],
    ['SET LOCAL', ['begin', `set local application_name to 'zz'`], 'gh:ann/zz'],
    ['SET LOCAL that has ended', ['begin', `set local application_name to 'zz'`, 'commit'], 'gh:ann/own'],
    ['SET that was undone', ['begin', `set application_name to 'zz'`, 'rollback'], 'gh:ann/own'],
    ['set_config', [`select set_config('application_name', 'zz', false)`], 'gh:ann/zz'],
    ['set_config, extended', [`!select set_config('application_name', 'zz', false)`], 'gh:ann/zz'],
    ['a stamp of somebody else', [`set application_name to 'gh:root/x'`], 'gh:ann/gh:root/x'],
    ['quotes', [`set application_name to 'a''b"c\\'`], `gh:ann/a'b"c\\`],
    ['RESET', [`set application_name to 'zz'`, 'reset application_name'], 'gh:ann'],
    ['SET … TO DEFAULT', [`set application_name to default`], 'gh:ann'],
    ['RESET ALL', [`set application_name to 'zz'`, 'reset all'], 'gh:ann/own'],
    ['DISCARD ALL', [`set application_name to 'zz'`, 'discard all'], 'gh:ann/own'],
    [
      'more than a name’s length',
      [`set application_name to '${'x'.repeat(200)}'`],
      `gh:ann/${'x'.repeat(56)}`,
    ],
  ] as const)('R13 stands: %s', async (_name, texts, stamp) => {
    const ann = await world.sign('ann', { application_name: 'own' })
    for (const text of texts) {
      const answer = text.startsWith('!') ? await ann.ask(text.slice(1), []) : await ann.ask(text)
      expect(answer.code).toBeUndefined()
    }
    expect(await told(ann, 'show application_name')).toEqual([[stamp]])
    expect(await stamps()).toContain(stamp)
    await world.settled()
  })

  test('R13 set_config answers with its row', async () => {
    const ann = await world.sign('ann')
    expect(await told(ann, `select set_config('application_name', 'zz', false) as "n""x"`)).toEqual([
      ['gh:ann/zz'],
    ])
    expect(await told(ann, `select set_config('application_name', 'zz', false)`, [])).toEqual([['gh:ann/zz']])
  })

  test.each([
    `set application_name to 'a'; select 1`,
    `select set_config('application_name', 'a', false) from people`,
    `select set_config('application' || '_name', 'a', false)`,
    `select set_config('application_name', note, false) from people`,
    `update pg_settings set setting = 'a' where name = 'application_name'`,
    `prepare p as select set_config('application_name', 'a', false); execute p`,
  ])('R13 refused where it could not be put back: %s', async (text) => {
    const adam = await world.sign('adam', { application_name: 'own' })
    expect((await adam.ask(text)).code).toBe('42501')
    expect(await told(adam, 'show application_name')).toEqual([['gh:adam/own']])
    await world.settled()
  })

  test('R13 by start-up options, in every place that one can be given', async () => {
    const ann = await world.sign('ann', { options: '-c application_name=evil' })
    expect(await told(ann, 'show application_name')).toEqual([['gh:ann/evil']])
    await world.settled()
  })

  test('R13 a routine that changes it ends the session, one that sets it for itself does not', async () => {
    const adam = await world.sign('adam')
    expect(await told(adam, 'select quiet()')).toEqual([[1]])
    expect(await told(adam, 'show application_name')).toEqual([['gh:adam']])
    await adam.ask('select renames()')
    expect((await adam.ask('select 1')).code).toBeDefined()
    expect(await stamps()).not.toContain('nobody')
  })
})

describe('R13 one session, one connection', () => {
  test('R13 nothing of a session is left to the next, of the same person or another', async () => {
    const pids = new Set<unknown>()
    for (const user of ['adam', 'ann', 'adam', 'adam']) {
      const client = await world.sign(user)
      const [[pid] = []] = (await told(client, 'select pg_backend_pid()')) as unknown[][]
      expect(pids.has(pid)).toBe(false)
      pids.add(pid)
      expect(await told(client, `select current_setting('app.tenant', true)`)).toEqual([[null]])
      if (user === 'adam') await client.ask(`set app.tenant to '7'`)
      await world.settled()
    }
    for (let tries = 0; tries < 20_000; tries += 1) {
      const { rows } = await world.root.query('select pid from pg_stat_activity where pid = any($1)', [
        [...pids],
      ])
      if (rows.length === 0) return
      await pause()
    }
    throw new Error('a connection outlived its session')
  })
})

describe('R14 locks', () => {
  const LOCKING = [
    'select note from people for update',
    'select note from people for share',
    'select note from people for no key update skip locked',
    'select note from people for key share nowait',
    'with x as (select note from people for update) select * from x',
    'lock table people',
    'lock people in share mode nowait',
    'select pg_advisory_lock(1)',
    'select pg_try_advisory_xact_lock_shared(1, 2)',
    'select pg_advisory_unlock_all()',
    'select id from people where pg_try_advisory_lock(id)',
    `declare c cursor for select note from people for update`,
  ]
  test.each(LOCKING)('R14 %s is `lock`', async (text) => {
    const rules = [...MASKED, ...COMMON]
    world.usePolicy([...rules, '{name: no-locks, effect: forbid, verbs: [lock]}'])
    const ann = await world.sign('ann')
    await ann.ask('begin')
    const refused = await ann.ask(text)
    await ann.ask('rollback')
    world.usePolicy(rules)
    await ann.ask('begin')
    const permitted = await ann.ask(text)
    await ann.ask('rollback')
    expect([refused.code, refused.message.includes('no-locks'), permitted.code]).toEqual([
      '42501',
      true,
      undefined,
    ])
  })
})

const TIMES = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const
const CEILING = { statement_timeout: '5s', lock_timeout: '1s', idle_in_transaction_session_timeout: '1min' }

describe.each(TIMES)('R14 %s', (name) => {
  test('R14 is the ceiling from the start', async () => {
    expect(await told(await world.sign('adam'), `show ${name}`)).toEqual([[CEILING[name]]])
  })

  test.each([
    '0',
    `'0'`,
    `'1us'`,
    '60001',
    `'2min'`,
    `'1h'`,
    `'1d'`,
    `'0x0'`,
    `'1e9'`,
    '-1',
    `'  0 '`,
    `'0.3ms'`,
  ])('R14 %s is refused, with what is allowed', async (value) => {
    const adam = await world.sign('adam')
    const forms = [
      `set ${name} to ${value}`,
      `set local ${name} = ${value}`,
      `set session ${name} to ${value}`,
    ]
    if (value.startsWith("'")) forms.push(`select set_config('${name}', ${value}, false)`)
    for (const text of forms) {
      const answers = [await adam.ask(text), await adam.ask(text, [])]
      for (const { code, message } of answers)
        expect([text, code, message.includes('only be lowered')]).toEqual([text, '42501', true])
    }
    expect(await told(adam, `show ${name}`)).toEqual([[CEILING[name]]])
  })

  test('R14 goes down, and by RESET, DISCARD ALL and ROLLBACK back to the ceiling', async () => {
    const adam = await world.sign('adam')
    for (const back of [`reset ${name}`, `set ${name} to default`, 'reset all', 'discard all']) {
      await adam.ask(`set ${name} to '500ms'`)
      expect(await told(adam, `show ${name}`)).toEqual([['500ms']])
      expect((await adam.ask(back)).code).toBeUndefined()
      expect(await told(adam, `show ${name}`)).toEqual([[CEILING[name]]])
    }
    await adam.ask('begin')
    await adam.ask(`set local ${name} to 400`)
    await adam.ask('rollback')
    expect(await told(adam, `show ${name}`)).toEqual([[CEILING[name]]])
  })

  test('R14 start-up packets may lower it, and RESET goes back to that', async () => {
    const adam = await world.sign('adam', { options: `-c ${name}=300` })
    await adam.ask(`reset ${name}`)
    expect(await told(adam, `show ${name}`)).toEqual([['300ms']])
    for (const value of ['0', '2h', '+1', '0x1'])
      await expect(world.sign('adam', { options: `-c ${name}=${value}` })).rejects.toMatchObject({
        code: '42501',
      })
  })

  test.each([
    `select set_config('${name}', $1, false)`,
    `select set_config('${name}', note, false) from people`,
    `with x as materialized (select set_config('${name}', '0', false)) select * from x`,
    `explain analyze select set_config('${name}', '0', false)`,
    `select set_config(name, '0', false) from pg_settings where name = '${name}'`,
    `select 1 where set_config('${name}', '100', true) = '0' or set_config('${name}', '0', true) = '0'`,
  ])('R14 a value that the text does not show is refused: %s', async (text) => {
    const adam = await world.sign('adam')
    expect((await adam.ask(text, text.includes('$1') ? ['0'] : [])).code).toBe('42501')
  })
})

test('R14 the ceilings are the server’s own: a statement over its time ends', async () => {
  const adam = await world.sign('adam')
  await adam.ask(`set statement_timeout to '50ms'`)
  expect((await adam.ask('select count(*) from generate_series(1, 1000000000)')).code).toBe('57014')
  expect(await told(adam, 'select 1')).toEqual([[1]])
})

test('R13 after SET ROLE `$user` is another schema: names are not looked for in the account’s', async () => {
  const { owner } = world
  await owner.query(
    'create schema clerk; grant usage, create on schema clerk to clerk; grant select on people to clerk',
  )
  await owner.query(
    `create table clerk.people(id int, note text); insert into clerk.people values (1, 'OF THE CLERK')`,
  )
  await owner.query('grant select on clerk.people to clerk')
  await world.caughtUp()
  world.usePolicy(
    ['{name: in, effect: permit, verbs: [connect, read, set], resources: ["shop", "shop.public.*", "role"]}'],
    ['tools'],
  )
  const ann = await world.sign('ann')
  const asked: unknown[] = [await told(ann, 'select note from people')]
  await ann.ask(`select set_config('role', 'clerk', false)`)
  asked.push(await told(ann, 'select note from people'))
  await ann.ask('set search_path to "$user", public')
  asked.push(await told(ann, 'select note from people'))
  await ann.ask('set search_path to public')
  asked.push(await told(ann, 'select note from people'))
  world.usePolicy([...MASKED, ...COMMON], ['tools'])
  expect(asked).toEqual([[['clean']], '42501', '42501', [['clean']]])
})
