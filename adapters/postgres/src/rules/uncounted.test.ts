/** R21: rows that are changed where no tag of the server counts them: refused under a limit, whatever the statement calls itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectAttacker, extended } from '../bypass/attacker.js'
import { B, c, d, E, P, S } from '../wire/requests.js'
import { scriptTitle } from '../wire/transcript.js'
import { PASSWORD, startWorld, type World } from './world.js'

const SCHEMA = `
create table numbers(n int primary key, note text);
create function erase() returns int language sql as $$ delete from numbers; select 1 $$;
create procedure erase_all() language sql as $$ delete from numbers $$;
create procedure nothing(int) language sql as $$ select 1 $$;
create table erasing(n int default erase(), k int);
`
const LIMIT = '{name: three, effect: limit, groups: [few], affected: 3}'
const WITH = 'with gone as (delete from numbers returning n) select 1 from gone'

let world: World
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: [LIMIT] })
})
afterAll(() => world.close())

const SCRIPTS: readonly (readonly (string | readonly Uint8Array[])[])[] = [
  [`prepare p as ${WITH}`, 'execute p'],
  [`prepare p as ${WITH}`, extended('execute p', 'text')],
  [[P('p', WITH), S], 'execute p'],
  ['call erase_all()'],
  ['call nothing(erase())'],
  [[P('p', 'call erase_all()'), S], 'execute p'],
  ['create temp table t as select erase()'],
  ['select erase() into temp t'],
  ['declare c cursor with hold for select erase()'],
  ['begin', 'declare c cursor with hold for select erase()', 'commit'],
  ['prepare p (int) as select $1', 'execute p (erase())'],
  ['prepare p (int) as select $1', 'explain execute p (erase())'],
  ['prepare p (int) as select $1', 'explain create table t as execute p (erase())'],
  [[P('', 'copy erasing (k) from stdin where erase() = 1'), B(), E(), d('1\n'), c, S]],
  [[P('', 'copy erasing (k) from stdin'), B(), E(), d('1\n'), c, S]],
  ['insert into erasing (k) values (1)'],
  [
    'begin',
    [P('p', 'delete from numbers returning n'), B({ portal: 'q', statement: 'p' }), S],
    'fetch 1 from q',
    'commit',
  ],
]

describe.each(SCRIPTS.map((script) => [scriptTitle(script), script] as const))('%s', (_, script) => {
  async function left(user: string): Promise<number> {
    await world.owner.query('truncate numbers')
    await world.owner.query('insert into numbers select i from generate_series(1, 10) i')
    const attacker = await connectAttacker({
      port: world.stage.port,
      user,
      password: PASSWORD,
      database: 'shop',
    })
    for (const step of script)
      if (typeof step === 'string') await attacker.run(step, 'simple')
      else await attacker.send(...step)
    await attacker.close()
    return (await world.owner.query('select count(*)::int as n from numbers')).rows[0].n as number
  }

  test('R21 under a limit nothing is changed', async () => expect(await left('few')).toBe(10))
  test('without one everything is', async () => expect(await left('adam')).toBe(0))
})
