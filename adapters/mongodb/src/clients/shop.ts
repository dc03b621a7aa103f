/** Table: what stands in the database that the clients are tried over. */
import type { Db, Document, MongoClient } from 'mongodb'

export interface Row extends Document {
  _id: number
}

/** No value of these is seen where personal data is masked. */
export const CUSTOMERS: readonly Row[] = Array.from({ length: 30 }, (_, index) => ({
  _id: index,
  name: `Quokka${index} Zeta`,
  email: `quokka${index}zeta@walnut.example`,
  phone: `+49 30 5550${100 + index}`,
  city: index % 2 === 0 ? 'Bonn' : 'Köln',
  level: index % 3,
  contact: { kind: 'home', email: `zeta${index}quokka@walnut.example`, hours: [9, 17] },
}))

export const ORDERS: readonly Row[] = Array.from({ length: 120 }, (_, index) => ({
  _id: index,
  customer: index % 30,
  total: index * 1.5,
  placed: new Date(1_700_000_000_000 + index * 86_400_000),
  items: [{ sku: `sku ${index % 7}`, n: (index % 4) + 1 }],
  tags: index % 2 === 0 ? ['even'] : ['odd', 'late'],
}))

/** What is written to and read by calls of the parity test: small, and every type stands in it. */
export const ITEMS: readonly Row[] = [
  { _id: 1, label: 'one', n: 1, tags: ['a', 'b'] },
  { _id: 2, label: 'two', n: 2, tags: ['b'], box: { kind: 'x', parts: [{ size: 1 }, { size: 2 }] } },
  { _id: 3, label: 'three', n: 3, tags: [] },
  { _id: 4, label: 'four', n: 4, missing: null },
  { _id: 5, label: 'five', n: 5, box: { kind: 'y' } },
]

export const TRACES = /quokka\d*zeta|zeta\d*quokka|Quokka\d|5550\d{3}/i

/** Where one collection of these is wanted anew, too. */
export async function stockItems(db: Db, name: string): Promise<void> {
  await db.dropCollection(name)
  await db.collection<Row>(name).insertMany(ITEMS.map((each) => ({ ...each })))
}

export async function stock(root: MongoClient): Promise<void> {
  for (const name of ['shop', 'restored']) await root.db(name).dropDatabase()
  const shop = root.db('shop')
  await shop.collection<Row>('customers').insertMany(CUSTOMERS.map((each) => ({ ...each })))
  await shop.collection<Row>('orders').insertMany(ORDERS.map((each) => ({ ...each })))
  await shop.collection('orders').createIndex({ customer: 1 })
  await stockItems(shop, 'items')
  await root.db('restored').collection<Row>('kept').insertOne({ _id: 1 })
}
