/** A day's work in mongosh: printed as directly, masked for whoever sees masks; and it starts for whoever may do nothing. */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepRows } from './kept-rows.js'
import { mongoshVersion, typeInto } from './mongosh.js'
import { openPrincipals, type Principal } from './principals.js'
import { TRACES } from './shop.js'
import { createTown, faultsOf, type Town, type Way } from './town.js'

const DAY = `
use shop
show dbs
show collections
show tables
db.getCollectionNames().sort()
db.orders.find({customer: {$lt: 10}}).sort({_id: 1})
it
it
DBQuery.shellBatchSize = 3
db.orders.find().sort({_id: -1}).limit(5)
it
it
db.items.find({}, {label: 1}).sort({_id: 1}).pretty()
db.items.findOne({_id: 2})
db.orders.aggregate([{$unwind: '$items'}, {$group: {_id: '$items.sku', n: {$sum: '$items.n'}}}, {$sort: {_id: 1}}])
db.orders.countDocuments({tags: 'late'})
db.orders.estimatedDocumentCount()
db.orders.distinct('tags').sort()
db.items.insertOne({_id: 100, label: 'a hundred', when: ISODate('2024-02-29'), big: NumberLong('9007199254740993'), dec: NumberDecimal('1.10')})
db.items.find({_id: 100})
db.items.insertMany([{_id: 101}, {_id: 102}])
db.items.updateOne({_id: 101}, {$set: {n: 7}})
db.items.updateMany({_id: {$gt: 100}}, {$inc: {n: 1}})
db.items.replaceOne({_id: 102}, {n: 0})
db.items.findOneAndUpdate({_id: 102}, {$inc: {n: 5}}, {returnDocument: 'after'})
db.items.deleteOne({_id: 101})
db.items.deleteMany({_id: {$gt: 100}})
db.items.bulkWrite([{insertOne: {document: {_id: 103}}}, {deleteOne: {filter: {_id: 103}}}])
db.items.createIndex({label: 1}, {unique: true})
db.items.getIndexes()
db.items.dropIndex('label_1')
db.items.find({_id: 1}).explain().ok
const cursor = db.orders.find().sort({_id: 1}).batchSize(50)
while (cursor.hasNext()) { const each = cursor.next(); if (each._id % 60 === 0) print(each._id, each.total) }
db.createCollection('made')
db.made.drop()
db.createView('late', 'orders', [{$match: {tags: 'late'}}])
db.late.countDocuments()
db.late.drop()
db.items.insertOne({_id: 1})
db.nosuch.drop()
db.runCommand({ping: 1})
db.version()
db.stats().collections
db.adminCommand({listDatabases: 1, nameOnly: true}).databases.map(({name}) => name).filter((name) => name === 'shop')
nosuchname
db.items.find({_id: 100}).forEach(({label}) => print(label))
db.items.deleteOne({_id: 100})
`

/** What the gateway reads and refuses by itself is told in MongoDB's words, with its own beneath. */
const UNREADABLE = `
use shop
db.items.find({$nosuch: 1})
db.items.aggregate([{$nosuch: {}}])
db.runCommand({nosuch: 1})
`

const TRANSACTION = `
const session = db.getMongo().startSession()
session.startTransaction()
session.getDatabase('shop').items.insertOne({_id: 200})
session.commitTransaction()
session.endSession()
`

const LOOKS_ROUND = `
show dbs
use shop
show collections
db.orders.find({_id: 1})
db.orders.aggregate([{$count: 'n'}])
db.orders.insertOne({_id: 999})
db.orders.drop()
db.serverStatus().ok
db.hello().isWritablePrimary
db.adminCommand({getLog: 'startupWarnings'}).ok
db.adminCommand({connectionStatus: 1}).authInfo.authenticatedUsers
print('still here')
`

/** Prompts name what is connected to, and differ; ids of servers and times do each time. */
const steady = (text: string) =>
  text
    .replaceAll(/^(\[[^\]]*\] )?\w+>( |$)/gm, '> ')
    .replaceAll(/(\[[^\]]*\] )?\w+> /g, '> ')
    .replaceAll(/\d+\.\d\d [KMG]iB/g, 'so much')

describePart(['ferretdb', 'mongosh'], 'mongosh', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown()
  })
  afterAll(async () => {
    await town.close()
    expect(faultsOf(town)).toEqual([])
  })

  const typed = async (way: Way, lines: string) => {
    const { stdout } = await typeInto(town.url(way), lines)
    return steady(stdout)
  }

  test('docs/clients.md says what runs', () =>
    keepRows([
      {
        client: 'mongosh',
        version: mongoshVersion(),
        alike: ['connect', 'reads', 'writes', 'schema', 'cursors', 'errors', 'own', 'masked'],
      },
    ]))

  test('102 prints a day’s work as it does directly', async () => {
    const direct = await typed('direct', DAY)
    await town.restock()
    expect(direct).toContain('sku 3')
    expect(await typed('observed', DAY)).toBe(direct)
    await town.restock()
    const unreadable = await typed('observed', UNREADABLE)
    for (const named of ['BadValue', 'Location40324', 'CommandNotFound'])
      expect(unreadable).toContain(`MongoServerError[${named}]`)
  })

  test('a transaction fails where the server has none, and says so', async () => {
    const direct = await typed('direct', TRANSACTION)
    expect(direct).toContain('MongoServerError[CommandNotFound]')
    await town.restock()
    expect(await typed('observed', TRANSACTION)).toBe(direct)
    await town.restock()
  })

  test.each<Principal>(['reader', 'nobody'])('102 starts for a %s under the pack of tools', async (who) => {
    const { url } = await openPrincipals(town)
    const { code, stdout, stderr } = await typeInto(url(who), LOOKS_ROUND)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('still here')
    expect(stdout).toContain(`[ { user: '${who}', db: `)
    expect(stdout).toMatch(/not authorized on shop to execute command insert/)
    expect(stdout).toMatch(/not authorized on shop to execute command drop/)
    expect(stdout.includes('sku 1')).toBe(who === 'reader')
    expect(stdout.includes('customers')).toBe(who === 'reader')
  })

  test('102 shows a masked viewer masks, and the rest as directly', async () => {
    const personal =
      'use shop\ndb.customers.find().sort({_id: 1})\nit\ndb.customers.aggregate([{$project: {x: "$email", y: "$contact.email"}}])\n'
    const direct = await typed('direct', personal)
    expect(direct).toMatch(TRACES)
    const masked = await typed('masked', personal)
    expect(masked).not.toMatch(TRACES)
    expect(masked).toContain('Köln')
    const clean =
      'use shop\ndb.orders.find().sort({_id: 1})\nit\ndb.items.find().sort({_id: 1})\ndb.customers.find({}, {city: 1, level: 1}).sort({_id: 1})\n'
    expect(await typed('masked', clean)).toBe(await typed('direct', clean))
  })
})
