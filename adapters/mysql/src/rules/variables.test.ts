/** R19: what code of the database may have put into a user variable moves nowhere and decides nothing for who sees masks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeFlavours } from '../wire/fixture.js'
import { type Asker, MASKED, startWorld, type World } from './world.js'

const SCHEMA = [
  'create table customers (id int primary key, email varchar(80))',
  "insert into customers values (1, 'ada@example.com')",
  'create table plain (id int auto_increment primary key, told varchar(80))',
  'create table fired (id int auto_increment primary key, told varchar(80))',
]
const QUIET = 'create trigger fill before insert on fired for each row set new.told = upper(new.told)'
const TELLS = `create trigger tell before insert on fired for each row
  set @kept = (select email from customers where id = 1)`
const EVERYTHING =
  '{name: all, effect: permit, verbs: [connect, read, insert, update, delete, set], resources: ["**"]}'

describeFlavours('user variables', (flavour) => {
  describe.each([
    ['a trigger that sets none', QUIET, 'trusted'],
    ['a trigger that sets some', TELLS, 'doubted'],
  ] as const)('%s', (_, trigger, what) => {
    let world: World
    beforeAll(async () => {
      world = await startWorld({
        flavour,
        schema: [...SCHEMA, trigger],
        rules: [EVERYTHING, ...MASKED],
        packs: ['tools'],
      })
    })
    afterAll(() => world?.close())

    const run = async (asker: Asker, ...texts: readonly string[]) => {
      const codes: (number | undefined)[] = []
      for (const text of texts) codes.push((await asker.ask(text)).code)
      return codes
    }
    const doubted = what === 'doubted' ? 1143 : undefined

    test('those that the session sets are its own', async () => {
      const ann = await world.sign('ann')
      const codes = await run(
        ann,
        "set @a = 'x'",
        'insert into plain (told) values (@a)',
        'select id from plain where id = @a',
        'insert into fired (told) values (1)',
        'set @id = last_insert_id()',
        'insert into plain (told) values (@id)',
        'select id, @id := @id + 1 from plain',
        'select @id, @a as other',
      )
      expect(codes).toEqual(Array.from({ length: 8 }, () => undefined))
    })

    test('those that the trigger names are doubted until they are set again, and within it', async () => {
      const ann = await world.sign('ann')
      const codes = await run(
        ann,
        "set @kept = 'x', @`képt` = 'y', @a = 'z'",
        'insert into fired (told) values (1)',
        'insert into plain (told) values (@kept)',
        'insert into plain (told) values (@`képt`)',
        'select id from plain where @kept is null',
        'select id from plain limit 1 into @kept',
        'insert into plain (told) values (@kept), (@a)',
        'insert into fired (told) values (@kept)',
        'insert into fired (told) values (@a)',
        'insert into plain (told) values (@a)',
      )
      const [, , ...later] = codes
      const free = undefined
      expect(later).toEqual([doubted, doubted, doubted, free, free, doubted, free, free])
    })

    test('what a message was put into is doubted with all others', async () => {
      const ann = await world.sign('ann')
      const codes = await run(
        ann,
        'insert into plain (id) values (1), (1)',
        'get diagnostics condition 1 @m = message_text',
        'select @m',
        'insert into plain (told) values (@m)',
        "set @m = 'mine'",
        'insert into plain (told) values (@m)',
      )
      expect(codes.slice(2)).toEqual([undefined, 1143, undefined, undefined])
    })

    test('whoever sees everything uses what he likes', async () => {
      const adam = await world.sign('adam')
      const codes = await run(
        adam,
        'insert into fired (told) values (1)',
        'insert into plain (told) values (@kept)',
      )
      expect(codes).toEqual([undefined, undefined])
    })
  })
})
