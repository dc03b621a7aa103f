/** TypeORM, tried: a data mapper over mysql2, which reads the catalog to keep the schema as its entities are. */
import 'reflect-metadata'
import { DataSource, EntitySchema, In } from 'typeorm'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

interface Order {
  id: number
  total: number | null
  placed: string | null
  customer: Customer | null
}
interface Customer {
  id: number
  full_name: string
  email: string
  ssn: string
  salary: string
  city: string
}

const OrderEntity = new EntitySchema<Order>({
  name: 'orders',
  columns: {
    id: { type: Number, primary: true },
    total: { type: Number, nullable: true },
    placed: { type: 'date', nullable: true },
  },
  relations: { customer: { type: 'many-to-one', target: 'customers', joinColumn: { name: 'customer_id' } } },
})
const CustomerEntity = new EntitySchema<Customer>({
  name: 'customers',
  columns: {
    id: { type: Number, primary: true },
    full_name: { type: String },
    email: { type: String },
    ssn: { type: String },
    salary: { type: 'decimal', precision: 10, scale: 2 },
    city: { type: String },
  },
})
const MadeEntity = new EntitySchema<{ id: number; label: string; doc: unknown }>({
  name: 'typeorm_made',
  columns: {
    id: { type: Number, primary: true, generated: 'increment' },
    label: { type: String, length: 40, unique: true },
    doc: { type: 'json', nullable: true },
  },
})

async function open({ ca: _, caFile: __, user, ...address }: Contact, more = {}): Promise<DataSource> {
  const source = new DataSource({
    type: 'mysql',
    ...address,
    username: user,
    entities: [OrderEntity, CustomerEntity],
    poolSize: 1,
    ...more,
  })
  return source.initialize()
}

const plain = using(
  (contact) => open(contact),
  (source) => source.destroy(),
)
const secure = using(
  (contact) => open(contact, { host: 'localhost', ssl: { ca: contact.ca } }),
  (source) => source.destroy(),
)
const making = using(
  (contact) => open(contact, { entities: [MadeEntity] }),
  (source) => source.destroy(),
)

export const typeorm: Probe = {
  name: 'TypeORM',
  version: versionOf('typeorm'),
  trials: {
    connect: plain((source) => source.query(SQL.connect)),
    tls: secure((source) => source.query(SQL.list)),
    simple: plain((source) => source.query(SQL.simple)),
    prepared: plain(async (source) => [
      await source.query(SQL.prepared, [1]),
      await source.getRepository(OrderEntity).findOneBy({ id: 2 }),
    ]),
    types: plain((source) => source.query(SQL.types)),
    errors: plain((source) => codesOf(STATES, (text) => source.query(text))),
    texts: plain((source) => faultsOf(ERRORS, (text) => source.query(text))),
    transactions: plain(async (source) => {
      let seen: unknown
      const left = await source
        .transaction(async (own) => {
          await own.query(SQL.note)
          const inner = own.transaction(async (deeper) => {
            await deeper.query(SQL.note)
            await deeper.query('select nosuch')
          })
          seen = [await inner.catch((thrown) => faultOf(thrown).code), await own.query(SQL.notes)]
          throw new Error('back')
        })
        .catch((thrown: Error) => thrown.message)
      return [left, seen, await source.query(SQL.notes)]
    }),
    large: plain(async (source) => {
      const rows = (await source.query(SQL.many)) as { x: string }[]
      const echo = await source.query('select length(?) as l', ['y'.repeat(3_000_000)])
      return [rows.reduce((sum, { x }) => sum + x.length, 0), echo]
    }),
    own: plain(async (source) => {
      const orders = source.getRepository(OrderEntity)
      const builder = orders
        .createQueryBuilder('o')
        .leftJoin('o.customer', 'c')
        .select(['o.id', 'c.id', 'c.city'])
      const totals = orders
        .createQueryBuilder('o')
        .select('sum(o.total)', 'total')
        .addSelect('o.customer', 'of')
      return [
        await orders.find({ where: { id: In([1, 2, 3]) }, order: { id: 'DESC' } }),
        await orders.findAndCount({ take: 3, skip: 2, order: { id: 'ASC' } }),
        await builder.orderBy('o.id').take(4).getMany(),
        await totals.groupBy('o.customer').orderBy('o.customer').getRawMany(),
      ]
    }),
    schema: making(async (source) => {
      await source.synchronize()
      const made = source.getRepository(MadeEntity)
      const saved = await made.save([{ label: 'a', doc: { b: 1 } }, { label: 'c' }])
      await made.upsert({ label: 'a', doc: {} }, ['label'])
      await source.synchronize()
      const rows = await made.find({ order: { id: 'ASC' } })
      const runner = source.createQueryRunner()
      const table = await runner.getTable('typeorm_made')
      await runner.dropTable('typeorm_made')
      const left = await runner.hasTable('typeorm_made')
      await runner.release()
      return [
        saved,
        rows,
        table?.columns.map(({ name, type, length, isNullable }) => [name, type, length, isNullable]),
        left,
      ]
    }),
    personal: plain(async (source) => [
      await source.getRepository(CustomerEntity).find({ order: { id: 'ASC' } }),
      await source
        .getRepository(OrderEntity)
        .find({ relations: { customer: true }, order: { id: 'ASC' }, take: 3 }),
      await source.query(SQL.personal),
    ]),
  },
}
