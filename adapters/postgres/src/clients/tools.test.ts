/** psql, pg_dump and pgbench through the gateway: as directly where nobody is masked, and masked where somebody is. */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTraces } from '../bypass/traces.js'
import { createTown, majorOf, runTool, type Town, type Way } from './town.js'

const SCRIPT = String.raw`
\pset null '(null)'
select * from customers order by id;
\d customers
\d+ customer_contact
\d
\dt+ public.*
\df public.*
\dT
\dv
\dn
\l shop
\sf contact_of
\sv customer_contact
\x on
select * from orders order by id limit 2;
\x off
select city, level from customers \gdesc
select 'create table made (a int)' \gexec
insert into made select g from generate_series(1, 5) g;
\set one 1
select * from made where a > :one \g
\copy (select id, city from customers order by id) to stdout csv header
\copy notes (subject, body) from stdin csv
one,first
two,second
\.
select subject, body from notes order by id;
begin;
select nosuch from customers;
select 1;
rollback;
\errverbose
select 1 as a \; select 2 as b;
\set AUTOCOMMIT off
delete from notes where subject in ('one', 'two');
commit;
\set ON_ERROR_ROLLBACK on
select 1 / 0;
drop table made;
commit;
\set FETCH_COUNT 7
select id, total from orders order by id;
do $$ begin raise notice 'hello'; end $$;
prepare p (int) as select total from orders where id = $1;
execute p (3);
select pg_backend_pid() > 0 as alive;
`

describePart(['psql', 'pg_dump', 'pgbench'], 'Postgres programs', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown(await majorOf('pg_dump'))
  })
  afterAll(async () => {
    await town.close()
    expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
  })

  const psql = (way: Way, input: string, ...args: readonly string[]) =>
    runTool('psql', town.address(way), ['-X', '--no-password', ...args], input)

  test('psql prints what it prints directly, meta-commands, errors and exit codes included', async () => {
    const direct = await psql('direct', SCRIPT)
    expect(direct.stdout).toContain('quokka7391zeta')
    expect(await psql('observed', SCRIPT)).toEqual(direct)
    expect((await psql('observed', '', '-c', 'select nosuch')).code).toBe(1)
  })

  test('psql of a masked viewer shows masks, and the rest as directly', async () => {
    const masked = await psql(
      'masked',
      'select * from customers;\ntable customer_contact;\n\\copy customers to stdout',
    )
    expect(masked.stderr).toBe('')
    expect(findTraces(Buffer.from(masked.stdout), [])).toEqual([])
    expect(masked.stdout).toContain('***@walnut.example')
    const clear =
      'select id, city, level from customers order by id;\nselect * from orders order by id;\n\\d customers\n'
    expect(await psql('masked', clear)).toEqual(await psql('direct', clear))
  })

  const dump = async (way: Way, database: string, ...args: readonly string[]) => {
    const made = await runTool('pg_dump', town.address(way, database), ['--no-password', ...args])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    // Newer versions enclose the dump in a key of their own that is drawn each time.
    return made.stdout.replaceAll(/^\\(un)?restrict .*$/gm, '')
  }

  test('pg_dump writes what it writes directly, and psql restores it through the gateway', async () => {
    const direct = await dump('direct', 'shop')
    expect(await dump('observed', 'shop')).toBe(direct)
    expect(await dump('observed', 'shop', '--inserts')).toBe(await dump('direct', 'shop', '--inserts'))
    const bare = direct.replaceAll(/^(CREATE SCHEMA public;|ALTER SCHEMA public .*)$/gm, '')
    const restored = await runTool(
      'psql',
      town.address('observed', 'restored'),
      ['-X', '--quiet', '-v', 'ON_ERROR_STOP=1'],
      bare,
    )
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    const again = await dump('direct', 'restored')
    expect(dataOf(again)).toEqual(dataOf(direct))
  })

  test('pg_dump of a masked viewer holds masks, and the rest as directly', async () => {
    const masked = await dump('masked', 'shop', '--table=customers', '--table=orders')
    expect(findTraces(Buffer.from(masked), [])).toEqual([])
    expect(masked).toMatch(/^1\tQ\*\*\*\t.*\t\*\*\*7263\t.*\tBerlin\tgold$/m)
    const direct = await dump('direct', 'shop', '--table=orders')
    expect(await dump('masked', 'shop', '--table=orders')).toBe(direct)
  })

  test.each(['simple', 'extended', 'prepared'])('pgbench runs in its %s mode', async (mode) => {
    const scale = ['-i', '-q', '-s', '1', '-I', 'dtgp']
    if (mode === 'simple') {
      const made = await runTool('pgbench', town.address('observed', 'bench'), scale)
      expect(made.code, made.stderr).toBe(0)
    }
    for (const way of ['observed', 'masked'] as const) {
      const args = ['-n', '-M', mode, '-c', '3', '-t', '15']
      const ran = await runTool('pgbench', town.address(way, 'bench'), args)
      expect(ran.code, ran.stderr).toBe(0)
      expect(ran.stdout).toContain('number of transactions actually processed: 45/45')
      expect(ran.stdout).toContain('number of failed transactions: 0')
    }
  })
})

const dataOf = (dumped: string) => [...dumped.matchAll(/^COPY [\s\S]*?^\\\.$/gm)].map(([block]) => block)
