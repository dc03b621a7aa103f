/** Sequelize, tried: models over mysql2. */
import { DataTypes, Op, QueryTypes, Sequelize } from 'sequelize'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

const open = ({ host, port, user, password, database }: Contact, more = {}): Sequelize =>
  new Sequelize({
    dialect: 'mysql',
    host,
    port,
    username: user,
    password,
    database,
    logging: false,
    pool: { max: 1 },
    ...more,
  })
const plain = using(
  (contact) => open(contact),
  (db) => db.close(),
)
const secure = using(
  (contact) => open(contact, { host: 'localhost', dialectOptions: { ssl: { ca: contact.ca } } }),
  (db) => db.close(),
)
const raw = (db: Sequelize, text: string) => db.query(text, { type: QueryTypes.SELECT })

function modelsOf(db: Sequelize) {
  const own = { timestamps: false }
  const customers = db.define(
    'customers',
    {
      id: { type: DataTypes.INTEGER, primaryKey: true },
      full_name: DataTypes.STRING,
      email: DataTypes.STRING,
      ssn: DataTypes.STRING,
      salary: DataTypes.DECIMAL,
      city: DataTypes.STRING,
    },
    own,
  )
  const orders = db.define(
    'orders',
    {
      id: { type: DataTypes.INTEGER, primaryKey: true },
      customer_id: DataTypes.INTEGER,
      total: DataTypes.INTEGER,
      placed: DataTypes.DATEONLY,
    },
    own,
  )
  orders.belongsTo(customers, { foreignKey: 'customer_id' })
  return { customers, orders }
}

export const sequelize: Probe = {
  name: 'Sequelize',
  version: versionOf('sequelize'),
  trials: {
    connect: plain(async (db) => {
      await db.authenticate()
      return raw(db, SQL.connect)
    }),
    tls: secure((db) => raw(db, SQL.list)),
    simple: plain((db) => raw(db, SQL.simple)),
    prepared: plain((db) =>
      db.query(SQL.prepared.replace('?', '$1'), { bind: [1], type: QueryTypes.SELECT }),
    ),
    types: plain((db) => raw(db, SQL.types)),
    errors: plain((db) => codesOf(STATES, (text) => db.query(text))),
    texts: plain((db) => faultsOf(ERRORS, (text) => db.query(text))),
    transactions: plain(async (db) => {
      const transaction = await db.transaction()
      await db.query(SQL.note, { transaction })
      const deeper = await db.transaction({ transaction })
      await db.query(SQL.note, { transaction: deeper })
      const code = await db
        .query('select nosuch', { transaction: deeper })
        .catch((each) => faultOf(each).code)
      await deeper.rollback()
      const within = await db.query(SQL.notes, { transaction, type: QueryTypes.SELECT })
      await transaction.rollback()
      return [code, within, await raw(db, SQL.notes)]
    }),
    large: plain(async (db) => {
      const rows = (await raw(db, SQL.many)) as { x: string }[]
      return rows.reduce((sum, { x }) => sum + x.length, 0)
    }),
    own: plain(async (db) => {
      const { orders, customers } = modelsOf(db)
      return [
        await orders.findAll({ where: { id: { [Op.in]: [1, 2, 3] } }, order: [['id', 'DESC']], raw: true }),
        await orders.findAndCountAll({ limit: 2, offset: 1, order: ['id'], raw: true }),
        await orders.findAll({
          include: [{ model: customers, attributes: ['city'] }],
          order: ['id'],
          limit: 4,
          raw: true,
        }),
        await orders.sum('total', { where: { customer_id: 1 } }),
      ]
    }),
    schema: plain(async (db) => {
      const made = db.define(
        'sequelize_made',
        { label: { type: DataTypes.STRING(40), unique: true }, doc: DataTypes.JSON },
        { timestamps: false },
      )
      await made.sync({ force: true })
      const rows = await made.bulkCreate([{ label: 'a', doc: { b: 1 } }, { label: 'c' }])
      await made.upsert({ id: 1, label: 'a', doc: null })
      await made.sync({ alter: true })
      const described = await db.getQueryInterface().describeTable('sequelize_mades')
      const found = await made.findAll({ order: ['id'], raw: true })
      await made.drop()
      return [rows, described, found, await db.getQueryInterface().tableExists('sequelize_mades')]
    }),
    personal: plain(async (db) => {
      const { orders, customers } = modelsOf(db)
      return [
        await customers.findAll({ order: ['id'], raw: true }),
        await orders.findAll({ include: [customers], order: ['id'], limit: 3, raw: true }),
        await raw(db, SQL.personal),
      ]
    }),
  },
}
