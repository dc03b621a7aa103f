/** Ordinary clients talk to a real server through the gateway: text and binary, masked and not, one statement or several. */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, told, type World } from './world.js'

const SCHEMA = [
  'create table items(id int primary key, label varchar(40))',
  `insert into items values (1, 'one'), (2, 'two'), (3, 'three')`,
  'create table customers(id int primary key, email varchar(60) not null, city varchar(40))',
  `insert into customers values (1, 'ada@example.com', 'Berlin'), (2, 'bob@example.com', 'Rome')`,
  'create view contacts as select id, email as address, city from customers',
]

describePart(['mariadbd'], 'a conversation with MariaDB', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA })
  })
  afterAll(() => world?.close())

  test('rows come as they are for whom nothing is masked', async () => {
    const adam = await world.sign('adam')
    expect(await told(adam, 'select id, label from items order by id')).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ])
    expect(await adam.prepared('select label from items where id = ?', [2])).toMatchObject({
      rows: [['two']],
    })
    expect(await adam.ask(`update items set label = 'deux' where id = 2`)).toMatchObject({ affected: 1 })
    expect(await adam.ask(`update items set label = 'two' where id = 2`)).toMatchObject({ affected: 1 })
  })

  test('masked columns are masked, in both protocols, also through a view', async () => {
    const ann = await world.sign('ann')
    const masked = [
      [1, '***', 'Berlin'],
      [2, '***', 'Rome'],
    ]
    expect(await told(ann, 'select * from customers order by id')).toEqual(masked)
    expect(await ann.prepared('select * from customers order by id')).toMatchObject({ rows: masked })
    expect(await told(ann, 'select * from contacts order by id')).toEqual(masked)
    expect(await ann.prepared('select * from contacts order by id')).toMatchObject({ rows: masked })
    expect(await told(ann, `select id from customers where email = 'ada@example.com'`)).toEqual([[1]])
    expect(await ann.ask('select id from customers order by email')).toMatchObject({ code: 1143 })
  })

  test('several statements in one text answer one after the other', async () => {
    const adam = await world.sign('adam', { multipleStatements: true })
    expect(await told(adam, 'select 1; select 2 as b; do 0')).toMatchObject([
      [[1]],
      [[2]],
      { affectedRows: 0 },
    ])
    const plain = await world.sign('adam')
    expect(await plain.ask('select 1; select 2')).toMatchObject({ code: 1064, state: '42000' })
    expect(await told(plain, 'select 1')).toEqual([[1]])
  })

  test('a refusal leaves the session and its transaction as they were', async () => {
    world.usePolicy(['{name: keep, effect: forbid, verbs: [delete]}'])
    const adam = await world.sign('adam')
    expect(await adam.ask('begin')).toMatchObject({ code: undefined })
    await adam.ask(`insert into items values (9, 'nine')`)
    const refused = await adam.ask('delete from items')
    expect(refused).toMatchObject({ code: 1142, state: '42000' })
    expect(refused.message.split('\n').at(-1)).toMatch(
      /^gatehouse: \{"code":"GH_FORBIDDEN","rule":"t\/keep","id":"/,
    )
    expect(await told(adam, 'show warnings')).toMatchObject([['Error', 1142, refused.message]])
    expect(await told(adam, 'select count(*) from items')).toEqual([[4]])
    expect(await adam.ask('rollback')).toMatchObject({ code: undefined })
    expect(await told(adam, 'select count(*) from items')).toEqual([[3]])
  })

  test('R23 each statement has a decision and an outcome', async () => {
    await world.settled()
    const { decided, completed } = world.stage.evidence
    expect(completed.length).toBe(decided.length)
    expect(world.stage.faults).toEqual([])
  })
})
