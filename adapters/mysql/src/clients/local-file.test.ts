/** LOAD DATA LOCAL by the command lines and by libraries: what a file holds stands in its table as directly, and is counted. */
import { createReadStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describePart, type TemporaryFolder, temporaryFolder } from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Flavour } from '../wire/fixture.js'
import { mariadbProgram, mysqlProgram, runCommandLine } from './command-lines.js'
import { createTown, type Town, type Way } from './town.js'

const LINES = Array.from({ length: 20_000 }, (_, line) => `${line}\ttïtle ${line}\tbody of ${line}\n`).join(
  '',
)

const SUITES = [
  ['mariadb', ['mariadbd', 'mariadb'], () => mariadbProgram('mariadb')],
  ['mysql', ['mysql'], () => mysqlProgram('mysql')],
] as const

for (const [flavour, parts, line] of SUITES)
  describePart(parts, `files of clients, ${flavour}`, () => {
    let town: Town
    let folder: TemporaryFolder
    let file = ''
    beforeAll(async () => {
      town = await createTown(flavour satisfies Flavour, { files: true })
      folder = temporaryFolder('files')
      file = join(folder.path, 'lïnes.tsv')
      writeFileSync(file, LINES)
    })
    afterAll(async () => {
      await town?.close()
      folder?.remove()
      expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
    })

    const load = "load data local infile 'FILE' into table files character set utf8mb4"
    const sum = 'select count(*) as n, sum(crc32(concat(id, title, body))) as s from files'
    const make = 'create table files (id int, title varchar(40), body varchar(40))'
    const run = (way: Way, text: string, ...more: readonly string[]) =>
      runCommandLine(line(), town.address(way), [...more, '-vv', '--table', 'shop'], text)
    const uploads = () =>
      town.stages.flatMap(({ evidence }) =>
        evidence.completed.flatMap(({ outcome }) => (outcome.uploaded === undefined ? [] : [outcome])),
      )
    const steady = (text: string) => text.replaceAll(/\(?\d+\.\d+ sec\)?/g, '')

    test('the command line loads a file as it does directly', async () => {
      const text = `${make};\n${load.replace('FILE', file)};\n${sum};\n`
      const direct = await run('direct', text, '--local-infile=1')
      await run('direct', 'drop table files;\n')
      expect(direct.stderr).toBe('')
      expect(direct.stdout).toMatch(/Records: 20000/)
      const observed = await run('observed', text, '--local-infile=1')
      expect(observed.stderr).toBe('')
      expect(steady(observed.stdout)).toBe(steady(direct.stdout))
      expect(uploads()).toEqual([
        { status: 'done', returned: 0, affected: 20_000, uploaded: Buffer.byteLength(LINES) },
      ])
    })

    test('what the client cannot read, or does not offer, fails as it does directly', async () => {
      const missing = `${load.replace('FILE', join(folder.path, 'none'))};\nselect 1;\n`
      const said = async (way: Way, ...more: readonly string[]) => {
        const { code, stderr } = await run(way, missing, '--force', ...more)
        return { code, stderr }
      }
      expect(await said('observed', '--local-infile=1')).toEqual(await said('direct', '--local-infile=1'))
      const without = await said('observed', '--local-infile=0')
      expect(without.stderr).toMatch(/ERROR \d+/)
    })

    test('mysql2 streams one', async () => {
      const { host, port, user, password } = town.address('observed')
      const client = await createConnection({ host, port, user, password, database: 'shop' })
      await client.query('delete from files')
      const [done] = await client.query({
        sql: load.replace('FILE', 'of my own making'),
        infileStreamFactory: () => createReadStream(file),
      })
      expect(done).toMatchObject({ affectedRows: 20_000 })
      await client.end()
      expect(uploads().at(-1)).toMatchObject({ status: 'done', uploaded: Buffer.byteLength(LINES) })
    })

    if (flavour === 'mysql')
      test('mysqlimport does what it does directly, which needs an account of more rights', async () => {
        const own = join(folder.path, 'files.txt')
        writeFileSync(own, LINES)
        const [direct, observed] = [
          await runCommandLine(mysqlProgram('mysqlimport'), town.address('direct'), ['--local', 'shop', own]),
          await runCommandLine(mysqlProgram('mysqlimport'), town.address('observed'), [
            '--local',
            'shop',
            own,
          ]),
        ]
        expect(observed).toEqual(direct)
      })
  })
