/** Table of commands for each verb, as mongosh takes them, or as documents; a verb that no command has says why. */
import type { Verb } from '@gatehouse/core'

export type VerbExamples = { readonly verb: Verb } & (
  | { readonly texts: readonly string[] }
  | { readonly without: string }
)

export const VERB_EXAMPLES: readonly VerbExamples[] = [
  { verb: 'connect', without: 'No command: the adapter asks for it at sign-in.' },
  {
    verb: 'read',
    texts: [
      'db.customers.find({_id: 7}, {name: 1, email: 1})',
      'db.customers.find({})',
      'db.customers.find({age: {$gt: 40}, "address.city": "Turin"}, {name: 1}).sort({ssn: 1})',
      'db.customers.distinct("email")',
      'db.customers.aggregate([{$match: {tags: "new"}}, {$group: {_id: "$address.city", n: {$sum: 1}}}])',
      'db.orders.aggregate([{$lookup: {from: "customers", localField: "customer", foreignField: "_id", as: "who"}}, {$project: {total: 1, mail: "$who.email"}}])',
      'db.orders.aggregate([{$unionWith: {coll: "customers", pipeline: [{$project: {note: "$ssn"}}]}}])',
      'db.people.find({}, {mail: 1, _id: 0})',
      'db.orders.aggregate([{$changeStream: {}}])',
    ],
  },
  {
    verb: 'insert',
    texts: [
      'db.orders.insertOne({_id: 1, customer: 7, items: [{sku: "a", qty: 2}]})',
      'db.customers.aggregate([{$project: {email: 1}}, {$out: "copies"}])',
      'db.customers.aggregate([{$project: {email: 1}}, {$merge: {into: "copies", whenMatched: "keepExisting"}}])',
    ],
  },
  {
    verb: 'update',
    texts: [
      'db.orders.updateOne({_id: 7}, {$set: {note: "x"}})',
      'db.orders.updateMany({}, {$inc: {total: 1}})',
      'db.customers.updateOne({_id: 7}, [{$set: {name: "$email"}}])',
      'db.customers.findOneAndUpdate({_id: 7}, {$set: {name: "x"}}, {projection: {email: 1}})',
    ],
  },
  {
    verb: 'delete',
    texts: ['db.orders.deleteOne({_id: 7})', 'db.orders.deleteMany({})'],
  },
  {
    verb: 'truncate',
    texts: ['db.customers.aggregate([{$match: {age: 40}}, {$project: {name: 1}}, {$out: "copies"}])'],
  },
  {
    verb: 'create',
    texts: [
      '{"create": "people2", "viewOn": "customers", "pipeline": [{"$project": {"email": 1}}]}',
      'db.orders.createIndex({customer: 1})',
    ],
  },
  { verb: 'alter', texts: ['{"collMod": "orders", "validationLevel": "off"}'] },
  { verb: 'drop', texts: ['db.orders.drop()', 'db.dropDatabase()'] },
  {
    verb: 'grant',
    without: 'None is let through: accounts and roles are changed past the gateway, not by it.',
  },
  { verb: 'call', without: 'No command: what runs code is `opaque`.' },
  { verb: 'copy-in', without: 'No command: tools send `insert`.' },
  { verb: 'copy-out', without: 'No command: tools send `find`.' },
  { verb: 'export', without: 'No command writes files.' },
  { verb: 'import', without: 'No command reads files.' },
  { verb: 'set', without: 'No command: a session has no settings, and those of the server are an `admin`.' },
  { verb: 'lock', without: 'No command: `fsync` with `lock` is an `admin`.' },
  {
    verb: 'transaction',
    texts: ['{"commitTransaction": 1, "$db": "admin"}', '{"abortTransaction": 1, "$db": "admin"}'],
  },
  { verb: 'listen', without: 'No command: a change stream is a `read` of what it watches.' },
  { verb: 'admin', texts: ['{"killOp": 1, "op": 7, "$db": "admin"}', '{"shutdown": 1, "$db": "admin"}'] },
  {
    verb: 'opaque',
    texts: [
      'db.customers.find({$where: "this.age > 40"})',
      '{"mapReduce": "customers", "map": "function () {}", "reduce": "function () {}", "out": {"inline": 1}}',
    ],
  },
]
