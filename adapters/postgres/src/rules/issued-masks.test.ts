/** R19: a mask that the gateway issued is never stored as if it were data, whatever way the value takes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, email text);
insert into people values (1, 'n', 'a@example.com');
`
const RULES = [
  '{name: personal, effect: mask, groups: [analysts], classes: [pii], with: partial, flow: allow}',
  '{name: work, effect: permit, verbs: [connect, read, insert, update], resources: ["shop", "shop.public.*"]}',
]

let world: World
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: RULES, packs: ['tools'] })
})
afterAll(() => world.close())

test.each(['***@example.com', '***', '***4242', 'M***', 'é***', 'p_abcdefghijklmnop', '"***"'])(
  'R19 %s, as a literal and as a parameter',
  async (mask) => {
    const ann = await world.sign('ann')
    const update = 'update people set email = $1 where id = 1'
    expect((await ann.ask(update.replace('$1', `'${mask}'`))).code).toBe('42501')
    expect(await ann.ask(update, [mask])).toMatchObject({
      code: '42501',
      message: expect.stringContaining('is a mask, not data'),
    })
    expect((await ann.ask('insert into people (id, email) values (2, $1)', [mask])).code).toBe('42501')
  },
)

test('R19 other values, other fields and other people are not asked', async () => {
  const ann = await world.sign('ann')
  const update = 'update people set email = $1 where id = 1'
  for (const value of ['b@example.com', 'p_short', '**', 'a ***, and more', ''])
    expect([value, (await ann.ask(update, [value])).code]).toEqual([value, undefined])
  expect((await ann.ask('update people set note = $1 where id = 1', ['***'])).code).toBeUndefined()
  expect(await told(ann, 'select note from people where id = $1::int', ['1'])).toEqual([['***']])
  const adam = await world.sign('adam')
  expect((await adam.ask(update, ['***@example.com'])).code).toBeUndefined()
})

test('R19 nor are the arguments of EXECUTE another way', async () => {
  const ann = await world.sign('ann')
  expect((await ann.ask('prepare p as update people set email = $1 where id = 1')).code).toBeUndefined()
  expect((await ann.ask("execute p ('***@example.com')")).code).toBe('42501')
  expect((await ann.ask("execute p ('c@example.com')")).code).toBeUndefined()
})
