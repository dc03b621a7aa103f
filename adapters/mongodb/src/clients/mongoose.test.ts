/** Mongoose over the real server: models, hooks, populate and aggregation give what they give directly; what is personal comes masked. */
import { describePart } from '@gatehouse/workbench'
import mongoose, { type Connection } from 'mongoose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Feature } from './features.js'
import { keepRows, versionOf } from './kept-rows.js'
import { createTown, faultsOf, type Town, type Way } from './town.js'

const CREW = 'mongoose_crew'
const SHIPS = 'mongoose_ships'

describePart('ferretdb', 'Mongoose', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown()
  })
  afterAll(async () => {
    await town.close()
    expect(faultsOf(town)).toEqual([])
  })

  const models = (connection: Connection) => {
    const ship = new mongoose.Schema({ _id: Number, name: String, tons: { type: Number, min: 0 } })
    const sailor = new mongoose.Schema(
      {
        _id: Number,
        title: { type: String, required: true },
        ship: { type: Number, ref: 'Ship' },
        tags: [String],
        stores: { casks: Number, weight: mongoose.Schema.Types.Decimal128 },
      },
      { optimisticConcurrency: true },
    )
    const customer = new mongoose.Schema({ _id: Number, email: String, city: String })
    sailor.index({ title: 1 }, { unique: true })
    sailor.virtual('shout').get(function () {
      return this.title.toUpperCase()
    })
    return {
      Ship: connection.model('Ship', ship, SHIPS),
      Sailor: connection.model('Sailor', sailor, CREW),
      Customer: connection.model('Customer', customer, 'customers'),
    }
  }

  const day = async (way: Way) => {
    const connection = mongoose.createConnection(town.url(way), {
      dbName: 'shop',
      serverSelectionTimeoutMS: 30_000,
    })
    try {
      await connection.asPromise()
      const { Ship, Sailor, Customer } = models(connection)
      await Promise.all([Ship.init(), Sailor.init()])
      await Promise.all([Ship.deleteMany({}), Sailor.deleteMany({})])
      await Ship.create([
        { _id: 1, name: 'Argo', tons: 40 },
        { _id: 2, name: 'Beagle', tons: 240 },
      ])
      await Sailor.insertMany(
        [1, 2, 3, 4].map((number) => ({
          _id: number,
          title: `sailor ${number}`,
          ship: 1 + (number % 2),
          tags: ['a', `t${number}`],
          stores: { casks: number * 10, weight: `${number}.50` },
        })),
      )
      const said = (work: Promise<unknown>) =>
        work.then(
          () => 'done',
          ({ name, code }: { name: string; code?: number }) => `${name} ${code ?? ''}`,
        )
      const one = await Sailor.findById(2)
      one?.tags.push('late')
      await one?.save()
      const stale = await Sailor.findById(3)
      await Sailor.updateOne({ _id: 3 }, { $inc: { __v: 1 } })
      stale?.set('stores.casks', 1)
      const populated = await Sailor.find({}).sort({ _id: 1 }).populate<{ ship: { name: string } }>('ship')
      const walked: unknown[] = []
      for await (const each of Sailor.find({}).sort({ _id: 1 }).batchSize(2).lean().cursor())
        walked.push(each._id)
      return {
        ships: populated.map((each) => [each.title, each.ship.name, each.get('shout')]),
        tags: one?.toObject().tags,
        stale: stale === null ? 'none' : await said(stale.save()),
        twice: await said(Sailor.create({ _id: 9, title: 'sailor 1' })),
        empty: await said(Sailor.create({ _id: 9 })),
        count: [await Sailor.countDocuments({ ship: 1 }), await Sailor.countDocuments()],
        walked,
        grouped: await Sailor.aggregate([
          { $group: { _id: '$ship', casks: { $sum: '$stores.casks' } } },
          { $sort: { _id: 1 } },
        ]),
        changed: (
          await Sailor.findOneAndUpdate({ _id: 4 }, { $set: { 'stores.casks': 7 } }, { new: true })
        )?.toObject().stores,
        bulk: (
          await Sailor.bulkWrite([
            { deleteOne: { filter: { _id: 1 } } },
            { updateMany: { filter: { ship: 1 }, update: { $set: { tags: [] } } } },
          ])
        ).modifiedCount,
        exists: [await Sailor.exists({ _id: 1 }), (await Sailor.exists({ _id: 2 }))?._id],
        mail: (await Customer.findById(2))?.email,
      }
    } finally {
      await connection.close()
    }
  }

  test('a day’s work: as directly, but for the masks', async () => {
    const direct = await day('direct')
    expect(direct).toMatchObject({
      mail: 'quokka2zeta@walnut.example',
      count: [2, 4],
      stale: expect.stringContaining('Version'),
    })
    expect(await day('observed')).toEqual(direct)
    const masked = await day('masked')
    expect(masked.mail).not.toBe(direct.mail)
    expect({ ...masked, mail: direct.mail }).toEqual(direct)
    const alike: readonly Feature[] = [
      'connect',
      'reads',
      'writes',
      'schema',
      'cursors',
      'errors',
      'own',
      'masked',
    ]
    await keepRows([{ client: 'Mongoose', version: versionOf('mongoose'), alike }])
  })
})
