/** Command lines, dumps and sysbench through the gateway: as directly where nobody is masked, and masked where somebody is. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describePart, type TemporaryFolder, temporaryFolder } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTraces } from '../bypass/traces.js'
import type { Flavour } from '../wire/fixture.js'
import {
  argumentsFor,
  type CommandLine,
  environment,
  mariadbProgram,
  mysqlProgram,
  runCommandLine,
  runSysbench,
} from './command-lines.js'
import { createTown, type Town, type Way } from './town.js'

const session = (file: string) => String.raw`
status
rehash
select * from customers order by id;
select id, city from customers where id = 1\G
use restored
show tables;
use shop
show tables;
show create table orders;
describe notes;
\W
select cast('x' as signed);
insert ignore into orders (id, placed) values (1, 'never');
\w
delimiter //
create procedure made() begin select 1 as one; select 2 as two; end//
delimiter ;
call made();
drop procedure made;
source ${file}
begin;
select nosuch from customers;
insert into notes (subject, body) values ('in', 'transaction');
select count(*) from notes;
rollback;
select count(*) from notes;
selec 1;
select 1; select 2 as b;
prepare p from 'select total from orders where id = ?';
set @id = 3;
execute p using @id;
deallocate prepare p;
\! true
charset utf8mb4
select 'tëxt', null, x'4142';
select * from kinds where id = 2\G
show variables like 'character_set_client';
connect shop
select database();
`

const SOURCED =
  "select 'sourced' as s;\ncreate table made (a int);\ninsert into made values (1), (2);\ndrop table made;\n"

/** What differs between two direct connections too. */
const steady = (text: string) =>
  text.replaceAll(/^(Connection id|TCP port|Uptime|Threads|Current user|SSL|Current pager):?.*$/gm, '$1')

interface Suite {
  readonly flavour: Flavour
  readonly line: () => CommandLine
  readonly dump: () => CommandLine
  readonly dumping: readonly string[]
  /** What lets the command line know its own commands where it reads no terminal. */
  readonly own: readonly string[]
}

const SUITES: readonly Suite[] = [
  {
    flavour: 'mariadb',
    line: () => mariadbProgram('mariadb'),
    dump: () => mariadbProgram('mariadb-dump'),
    dumping: [],
    own: [],
  },
  {
    flavour: 'mysql',
    line: () => mysqlProgram('mysql'),
    dump: () => mysqlProgram('mysqldump'),
    dumping: ['--no-tablespaces', '--set-gtid-purged=OFF', '--column-statistics=0'],
    own: ['--commands'],
  },
]

for (const { flavour, line, dump: dumper, dumping, own } of SUITES) {
  const parts =
    flavour === 'mysql' ? (['mysql'] as const) : (['mariadbd', 'mariadb', 'mariadb-dump'] as const)
  describePart(parts, `the programs of ${flavour}`, () => {
    let town: Town
    let folder: TemporaryFolder
    beforeAll(async () => {
      town = await createTown(flavour)
      folder = temporaryFolder('sourced')
      writeFileSync(join(folder.path, 'sourced.sql'), SOURCED)
    })
    afterAll(async () => {
      await town.close()
      folder.remove()
      expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
    })

    const ask = (way: Way, input: string, ...args: readonly string[]) =>
      runCommandLine(line(), town.address(way), [...own, '--force', '--table', ...args, 'shop'], input)

    test('the command line prints what it prints directly, its own commands and errors included', async () => {
      const script = session(join(folder.path, 'sourced.sql'))
      const direct = await ask('direct', script, '--comments')
      expect(direct.stdout).toContain('quokka7391zeta')
      expect(direct.stdout).toContain('sourced')
      const observed = await ask('observed', script, '--comments')
      expect(steady(observed.stdout)).toBe(steady(direct.stdout))
      expect(observed.stderr).toBe(direct.stderr)
      expect(observed.code).toBe(direct.code)
      expect((await ask('observed', '', '-e', 'select nosuch')).code).toBe(1)
    })

    test('that of a masked viewer shows masks, and the rest as directly', async () => {
      const masked = await ask('masked', 'select * from customers;\nselect * from customer_contact;\n')
      expect(masked.stderr).toBe('')
      expect(findTraces(Buffer.from(masked.stdout), [])).toEqual([])
      expect(masked.stdout).toContain('***@walnut.example')
      const clear =
        'select id, city, level from customers order by id;\nselect * from orders order by id;\ndescribe customers;\n'
      expect(await ask('masked', clear)).toEqual(await ask('direct', clear))
    })

    test('Ctrl-C ends the statement, not the session', { timeout: 120_000 }, async () => {
      const [stage] = town.stages
      const address = town.address('observed')
      const sleeps = flavour === 'mysql' ? 'select sleep(60) as slept' : 'select sleep(60)'
      const running = spawn(line().path, argumentsFor(line(), address, ['--force', '-N', 'shop']), {
        env: environment(address),
      })
      let heard = ''
      running.stdout.on('data', (chunk) => (heard += chunk))
      running.stderr.on('data', (chunk) => (heard += chunk))
      running.stdin.end(`${sleeps};\nselect 'still here';\n`)
      const ended = new Promise<void>((resolve) => running.on('close', () => resolve()))
      while (!stage?.evidence.decided.some(({ statement }) => statement.text.startsWith('select sleep')))
        await pause()
      // What asks too early asks in vain.
      const asking = setInterval(() => running.kill('SIGINT'), 300)
      await Promise.race([ended, told(() => heard.includes('still here') || /1317|^1$/m.test(heard))])
      clearInterval(asking)
      await ended
      // MySQL's sleep() says 1 when it is woken; MariaDB's fails.
      expect(heard).toMatch(flavour === 'mysql' ? /^1$/m : /ERROR 1317 \(70100\)/)
      expect(heard).toMatch(/-- query (killed|aborted)/)
    })

    const dump = async (way: Way, database: string, ...args: readonly string[]) => {
      const options = ['--skip-comments', '--routines', '--triggers', ...dumping, ...args]
      const made = await runCommandLine(dumper(), town.address(way), [...options, database])
      expect(made.code).toBe(0)
      // MySQL's asks a table for which this account has no rights, and says so.
      expect(made.stderr.replace(/^.*when trying to dump masking policies\n*/s, '')).toBe('')
      return made.stdout
    }

    test('a dump is what it is directly, and is restored through the gateway', async () => {
      const direct = await dump('direct', 'shop')
      expect(await dump('observed', 'shop')).toBe(direct)
      const careful = ['--single-transaction', '--skip-extended-insert', '--hex-blob']
      expect(await dump('observed', 'shop', ...careful)).toBe(await dump('direct', 'shop', ...careful))
      const restored = await runCommandLine(line(), town.address('observed'), ['restored'], direct)
      expect(restored).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(await dump('direct', 'restored')).toBe(direct)
    })

    test('a dump of a masked viewer holds masks, and the rest as directly', async () => {
      const options = [...dumping, '--skip-comments', 'shop', 'customers', 'orders']
      const masked = await runCommandLine(dumper(), town.address('masked'), options)
      expect(masked.code).toBe(0)
      expect(findTraces(Buffer.from(masked.stdout), [])).toEqual([])
      expect(masked.stdout).toMatch(/\(1,'Q\*\*\*',/)
      const plain = [...dumping, '--skip-comments', 'shop', 'orders']
      const [ours, direct] = [
        await runCommandLine(dumper(), town.address('masked'), plain),
        await runCommandLine(dumper(), town.address('direct'), plain),
      ]
      expect(ours.stdout).toBe(direct.stdout)
    })

    if (flavour === 'mysql')
      test('mysqlimport is refused, from the server and from the client', async () => {
        const file = join(folder.path, 'notes.txt')
        writeFileSync(file, 'tried\timported\n')
        for (const more of [[], ['--local']]) {
          const refused = await runCommandLine(mysqlProgram('mysqlimport'), town.address('observed'), [
            ...more,
            'shop',
            file,
          ])
          expect(refused.code).toBe(1)
          expect(refused.stderr).toMatch(/mysqlimport: Error: \d+/)
        }
        const left = await ask('direct', "select count(*) as n from notes where body = 'imported'")
        expect(left.stdout).toContain('| 0 |')
      })
  })
}

describePart(['mariadbd', 'sysbench'], 'sysbench', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown()
  })
  afterAll(async () => {
    await town.close()
    expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
  })

  test.each(['oltp_point_select', 'oltp_read_write'] as const)('%s: prepare, run, cleanup', async (load) => {
    const size = ['--tables=2', '--table-size=300', '--threads=1']
    const run = async (way: Way, ...args: readonly string[]) => {
      const ran = await runSysbench(load, town.address(way, 'bench'), [...size, ...args])
      expect(ran.code, ran.stdout + ran.stderr).toBe(0)
      return ran.stdout
    }
    await run('observed', 'prepare')
    for (const way of ['observed', 'masked'] as const) {
      for (const mode of ['auto', 'disable']) {
        const said = await run(way, '--events=30', '--time=0', `--db-ps-mode=${mode}`, 'run')
        expect(said).toMatch(/transactions: +30 /)
        expect(said).toMatch(/ignored errors: +0 /)
        expect(said).toMatch(/reconnects: +0 /)
      }
    }
    await run('observed', 'cleanup')
  })
})

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))
const told = async (holds: () => boolean) => {
  while (!holds()) await pause()
}
