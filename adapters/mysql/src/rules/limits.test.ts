/** R21 limits count, on a real server: rows to the row, changed rows before anything is kept. */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startWorld, told, type World } from './world.js'

const SCHEMA = [
  'create table items(id int primary key, label varchar(40))',
  'create table loose(id int primary key) engine=MyISAM',
]
const LIMITS = [
  '{name: few, effect: limit, groups: [few], rows: 5}',
  '{name: careful, effect: limit, groups: [few], verbs: [insert, update, delete], affected: 3}',
]

describePart(['mariadbd'], 'limits over MariaDB', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, rules: LIMITS })
  })
  beforeEach(async () => {
    await world.owner.query('delete from items')
    await world.owner.query(`insert into items select seq, concat('label ', seq) from seq_1_to_20`)
  })
  afterAll(() => world?.close())

  const count = async (where = 'true') => {
    const [rows] = await world.owner.query(`select count(*) as n from items where ${where}`)
    return (rows as { n: number }[])[0]?.n
  }

  test('R21 exactly so many rows, then the native error, in both protocols', async () => {
    const few = await world.sign('few')
    expect(await told(few, 'select id from items order by id limit 5')).toHaveLength(5)
    for (const answer of [await few.ask('select id from items'), await few.prepared('select id from items')])
      expect(answer).toMatchObject({ code: 1644, state: '45000' })
    expect((await few.ask('show warnings')).rows).toMatchObject([['Error', 1644, expect.any(String)]])
    expect(await told(few, 'select 1')).toEqual([[1]])
    const { completed } = world.stage.evidence
    const failed = completed.filter(({ outcome }) => outcome.refusal === 'GH_ROW_LIMIT')
    expect(failed.map(({ outcome }) => outcome.returned)).toEqual([5, 5])
  })

  test('R21 what changes more rows than it may has changed none', async () => {
    const few = await world.sign('few')
    expect(await few.ask(`update items set label = 'x' where id <= 3`)).toMatchObject({ affected: 3 })
    expect(await few.ask(`update items set label = 'y' where id <= 4`)).toMatchObject({ code: 1644 })
    expect(await few.prepared(`update items set label = ? where id <= ?`, ['y', 4])).toMatchObject({
      code: 1644,
    })
    expect(await few.prepared(`update items set label = ? where id <= ?`, ['z', 2])).toMatchObject({
      affected: 2,
    })
    expect([await count(`label = 'x'`), await count(`label = 'y'`), await count(`label = 'z'`)]).toEqual([
      1, 0, 2,
    ])
    expect(await few.ask(`insert into items values (1, 'again')`)).toMatchObject({ code: 1062 })
    expect(await few.ask('delete from items where id > 18')).toMatchObject({ affected: 2 })
    expect(await count()).toBe(18)
  })

  test('R21 a transaction that is open stays open, with what it did before', async () => {
    const few = await world.sign('few')
    await few.ask('begin')
    await few.ask('delete from items where id = 1')
    expect(await few.ask('delete from items')).toMatchObject({ code: 1644 })
    expect(await few.ask(`insert into items values (2, 'again')`)).toMatchObject({ code: 1062 })
    expect(await few.ask('delete from items where id = 3')).toMatchObject({ affected: 1 })
    await few.ask('commit')
    expect([await count(), await count('id in (1, 3)')]).toEqual([18, 0])
    await few.ask('set autocommit = 0')
    await few.ask('delete from items where id = 4')
    expect(await few.ask('delete from items')).toMatchObject({ code: 1644 })
    await few.ask('rollback')
    expect(await count()).toBe(18)
  })

  test('R21 rows that a change gives back are counted before they are kept', async () => {
    const few = await world.sign('few')
    expect(await few.ask('delete from items returning id')).toMatchObject({ code: 1644 })
    expect(await count()).toBe(20)
    expect((await few.ask('delete from items where id > 18 returning id')).rows).toEqual([[19], [20]])
    expect(await count()).toBe(18)
  })

  test('R21 what cannot be undone or counted is refused', async () => {
    const few = await world.sign('few', { multipleStatements: true })
    for (const text of [
      'insert into loose values (1)',
      'delete from items where id = 1; delete from items where id = 2',
    ])
      expect([text, (await few.ask(text)).code]).toEqual([text, 1644])
    expect(await count()).toBe(20)
    expect(await told(few, 'select * from loose')).toEqual([])
  })
})
