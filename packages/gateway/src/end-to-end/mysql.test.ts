import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSpool } from '@gatehouse/audit'
import { describePart, startProgram } from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { mysqlUpstream } from '../demo/mysql-upstream.js'
import { type Shop, startShop } from '../demo/shop.js'
import { eventually, MAIN } from './stage.js'

describePart('mariadbd', 'a listener of MySQL', () => {
  let shop: Shop
  let config: string
  beforeAll(async () => {
    shop = await startShop({
      upstream: mysqlUpstream,
      port: 0,
      env: {},
      now: Date.now,
      random: (size) => randomBytes(size),
      step: () => {},
    })
    config = join(shop.folder, 'gatehouse.yaml')
  }, 300_000)
  afterAll(() => shop?.stop())

  function gatehouse(...args: readonly string[]) {
    const [command = '', ...rest] = args
    const words = command.split(' ')
    const options = words[0] === 'policy' ? [] : ['--config', config]
    return spawnSync(process.execPath, [MAIN, ...words, ...options, ...rest], { encoding: 'utf8' })
  }

  test('check compares the policies with the server, and finds a field that is not there', () => {
    expect(gatehouse('check')).toMatchObject({ status: 0, stderr: '' })
    const wrong = join(shop.folder, 'wrong.yaml')
    const rule = 'apiVersion: gatehouse/v1\nkind: Classes\nfields: {"shop.staff.sallary": [pii]}\n'
    writeFileSync(join(shop.folder, 'typing-error.yaml'), rule)
    writeFileSync(
      wrong,
      readFileSync(config, 'utf8').replace('./shop.yaml', './shop.yaml, ./typing-error.yaml'),
    )
    const found = spawnSync(process.execPath, [MAIN, 'check', '--config', wrong], { encoding: 'utf8' })
    expect(found.status).toBe(1)
    expect(found.stderr).toContain('`shop.staff.sallary` of Classes matches no field')
  })

  test('explain and classes say the same of the server and of its exported catalog', () => {
    const exported = gatehouse('catalog export')
    expect(JSON.parse(exported.stdout)).toMatchObject({ engine: 'mysql', flavour: 'mariadb' })
    const file = join(shop.folder, 'shop.catalog.json')
    writeFileSync(file, exported.stdout)
    const ask = ['--as', 'ann', '--json', '--', 'select email, city from customers']
    const live = gatehouse('explain', ...ask)
    const offline = gatehouse('explain', '--catalog', file, ...ask)
    expect([live.status, offline.status]).toEqual([0, 0])
    expect(offline.stdout).toBe(live.stdout)
    expect(JSON.parse(live.stdout).statements[0].masks).toMatchObject([{ output: 'email', with: 'partial' }])
    const refused = gatehouse('explain', '--as', 'ann', '--', 'select salary from staff')
    expect(refused.status).toBe(1)
    expect(refused.stdout).toContain('shop/pay-is-for-hr')
    const lines = gatehouse('classes', '--json').stdout.trim().split('\n')
    expect(gatehouse('classes', '--json', '--catalog', file).stdout.trim().split('\n')).toEqual(lines)
    const classes = lines.map((line) => JSON.parse(line))
    expect(classes).toContainEqual(
      expect.objectContaining({
        app: 'shop',
        table: 'customers',
        column: 'email',
        classes: ['email', 'pii'],
      }),
    )
    expect(classes).toContainEqual(
      expect.objectContaining({ table: 'support_tickets', column: 'body', rule: 'comment' }),
    )
  })

  test('policy test tries its cases on the exported catalog', () => {
    writeFileSync(join(shop.folder, 'shop.catalog.json'), gatehouse('catalog export').stdout)
    const cases = (database: string) => `catalog: shop.catalog.json
${database}policies: [pack:tools, pack:guardrails, pack:masking, ./shop.yaml]
labels: {environment: demo}
cases:
  - {as: {user: ann, groups: [analysts]}, statement: "select \`email\` from customers limit 2", expect: {effect: permit, masks: [email]}}
  - {as: {user: ann, groups: [analysts]}, statement: "drop table shop.orders", expect: {effect: forbid, rules: [guardrails/no-drop]}}
`
    writeFileSync(join(shop.folder, 'shop.test.yaml'), cases(''))
    expect(gatehouse('policy test', shop.folder)).toMatchObject({ status: 0 })
    writeFileSync(join(shop.folder, 'shop.test.yaml'), cases('database: information_schema\n'))
    expect(gatehouse('policy test', shop.folder)).toMatchObject({ status: 1 })
  })

  test('serve lets a client in, masks, records, and drains', async () => {
    const served = join(shop.folder, 'served.yaml')
    writeFileSync(served, readFileSync(config, 'utf8').replace('dataDir: ./var', 'dataDir: ./served'))
    const args = [MAIN, 'serve', '--config', served]
    const program = await startProgram({
      command: process.execPath,
      args,
      ready: /"event":"metrics"/,
      readyWithin: 120_000,
      stopWithin: 90_000,
    })
    onTestFailed(() => program.kill9())
    const line =
      program
        .output()
        .split('\n')
        .find((each) => each.includes('"listening"')) ?? ''
    const listening = JSON.parse(line)
    expect(listening).toMatchObject({ listener: 'shop', protocol: 'mysql' })
    const { port } = listening as { port: number }
    const signIn = { host: '127.0.0.1', port, user: 'ann', database: 'shop' }
    await expect(createConnection({ ...signIn, password: 'wrong' })).rejects.toMatchObject({ errno: 1045 })
    const client = await createConnection({ ...signIn, password: shop.passwords.ann })
    const [rows] = await client.query('select email from customers where id = 1')
    expect(rows).toEqual([{ email: '***@example.org' }])
    const [prepared] = await client.execute('select email from customers where id = ?', [1])
    expect(prepared).toEqual([{ email: '***@example.org' }])
    await expect(client.query('drop table orders')).rejects.toMatchObject({ errno: 1142, sqlState: '42000' })
    await client.end()
    const records: string[] = []
    await eventually(async () => {
      records.length = 0
      for await (const { json } of readSpool(join(shop.folder, 'served', 'spool'))) records.push(json)
      return records.some((json) => json.includes('drop table'))
    })
    expect(records.filter((json) => json.includes('"protocol":"mysql"')).length).toBeGreaterThan(5)
    expect(await program.stop()).toBe(0)
  }, 300_000)
})
