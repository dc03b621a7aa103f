/** psql and pg_dump themselves, under the narrow policy: what they print is what they print directly. */
import { readFileSync } from 'node:fs'
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Address, majorOf, runTool } from '../clients/town.js'
import { PASSWORD } from '../rules/world.js'
import { type Estate, startEstate } from './estate.js'

const COMMANDS = new URL('./psql-commands.txt', import.meta.url)

describePart(['psql', 'pg_dump'], 'Postgres programs under a narrow policy', () => {
  let estate: Estate
  beforeAll(async () => {
    estate = await startEstate(await majorOf('pg_dump'))
    await estate.world.root.query('create database restored owner gw')
  })
  afterAll(async () => {
    expect(estate.world.stage.faults).toEqual([])
    await estate.close()
  })

  const host = '127.0.0.1'
  const direct = (database = 'shop'): Address => ({
    host,
    port: estate.world.server.port,
    user: 'gw',
    password: 'gw',
    database,
  })
  const through = (user: string): Address => ({
    host,
    port: estate.world.stage.port,
    user,
    password: PASSWORD,
    database: 'shop',
  })

  const dump = async (address: Address, ...args: readonly string[]) => {
    const made = await runTool('pg_dump', address, ['--no-password', ...args])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    return made.stdout.replaceAll(/^\\(un)?restrict .*$/gm, '')
  }

  test('R8 every backslash command of psql prints what it prints directly', async () => {
    const lines = readFileSync(COMMANDS, 'utf8').split('\n')
    // Options of user mappings are withheld, and settings tell of the name that each connection goes by.
    const input = lines.filter((line) => !/^\\(deu\+|dconfig)/.test(line)).join('\n')
    const psql = (address: Address) => runTool('psql', address, ['-X', '-q', '--no-password'], input)
    const [one, other] = [await psql(direct()), await psql(through('ann'))]
    expect(one.stdout.length).toBeGreaterThan(100_000)
    expect(other.stdout).toBe(one.stdout)
    expect(other.stderr.match(/^ERROR|: ERROR/gm)?.length).toBe(one.stderr.match(/^ERROR|: ERROR/gm)?.length)
    expect(other.code).toBe(one.code)
  })

  test.each([
    ['ann', ['--inserts']],
    ['ann', ['--schema-only']],
    ['ann', ['--column-inserts', '--table=orders', '--table=order_lines']],
    ['keeper', []],
  ] as const)(
    'R8 pg_dump of the clean tables by %s with %j writes what it writes directly',
    async (user, args) => {
      const own = ['-n', 'public', '--exclude-table-data=customers', ...args]
      expect(await dump(through(user), ...own)).toBe(await dump(direct(), ...own))
    },
  )

  test('pg_dump with COPY is refused to who may only read', async () => {
    const refused = await runTool('pg_dump', through('ann'), ['--no-password', '-t', 'orders'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('no rule permits copy-out on `shop.public.orders`')
  })

  test('R16 a dump of masked columns holds masks and can be restored elsewhere', async () => {
    const dumped = await dump(through('keeper'), '-n', 'public')
    expect(dumped).not.toMatch(/c\d+@walnut|\d{3}-11-2222/)
    expect(dumped).toContain('***@walnut.example')
    const bare = dumped.replaceAll(/^(CREATE SCHEMA public;|ALTER SCHEMA public .*)$/gm, '')
    const restored = await runTool('psql', direct('restored'), ['-X', '-q', '--no-password'], bare)
    const faults = restored.stderr.split('\n').filter((line) => line.includes('ERROR'))
    // Masks of different values may be equal.
    expect(faults.filter((line) => !line.includes('customers_email_key'))).toEqual([])
    const clean = ['--data-only', '--table=orders', '--table=products', '--table=readings*']
    expect(await dump(direct('restored'), ...clean)).toBe(await dump(direct(), ...clean))
  })
})
