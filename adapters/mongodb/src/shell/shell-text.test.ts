import { deserialize } from 'bson'
import { expect, test } from 'vitest'
import { bytesOf } from '../bson/value.js'
import { readShellText } from './shell-text.js'

function commandOf(text: string) {
  const read = readShellText(text, 'shop')
  if (read.kind === 'unreadable') return read.why
  return deserialize(bytesOf(read.command.body))
}

test.each([
  ['db.orders.find()', { find: 'orders', filter: {}, $db: 'shop' }],
  [
    'db.orders.find({city: "Turin"}, {city: 1}).sort({n: -1}).limit(3).toArray();',
    {
      find: 'orders',
      filter: { city: 'Turin' },
      projection: { city: 1 },
      sort: { n: -1 },
      limit: 3,
      $db: 'shop',
    },
  ],
  ['db.getCollection("a.b").deleteMany({})', { delete: 'a.b', deletes: [{ q: {}, limit: 0 }], $db: 'shop' }],
  ['db["a-b"].drop()', { drop: 'a-b', $db: 'shop' }],
  ['db.system.profile.find()', { find: 'system.profile', filter: {}, $db: 'shop' }],
  ['db.getSiblingDB("other").x.count()', { count: 'x', query: {}, $db: 'other' }],
  ['{ping: 1}', { ping: 1, $db: 'shop' }],
  ['{find: "x", $db: "other"}', { find: 'x', $db: 'other' }],
  ['db.adminCommand({shutdown: 1})', { shutdown: 1, $db: 'admin' }],
  [
    'db.o.updateMany({}, {$set: {a: 1}}, {upsert: true})',
    { update: 'o', updates: [{ q: {}, u: { $set: { a: 1 } }, multi: true, upsert: true }], $db: 'shop' },
  ],
  ['db.o.find().explain()', { explain: { find: 'o', filter: {} }, verbosity: 'queryPlanner', $db: 'shop' }],
])('%s', (text, command) => {
  expect(commandOf(text)).toEqual(command)
})

test.each([
  ['db', 'a method of a collection'],
  ['db.orders', 'a method of a collection'],
  ['process.exit()', 'db'],
  ['db.orders.find({a: process.env})', 'is no value'],
  ['db.orders.frobnicate()', 'frobnicate'],
  ['db.orders.find().constructor()', 'constructor'],
  ['db.orders.find(); db.orders.drop()', 'neither'],
  ['db.orders.find(...[1])', 'spread'],
  ['select 1', 'neither'],
  ['', 'neither'],
])('what it does not take: %s', (text, why) => {
  expect(commandOf(text)).toContain(why)
})
