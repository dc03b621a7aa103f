/** MongoDB: the gateway dies by force, or is told to stop, while drivers ask it things; what the server was given is read off the wire. */
import { join } from 'node:path'
import { describePart, type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { MongoClient, MongoServerError } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHome, ENV, type Home, type Served } from '../end-to-end/home.js'
import { CONFIG, eventually, policy } from '../end-to-end/stage.js'
import { nameOf } from './executed.js'
import { openTap, type Tap } from './mongodb.js'
import { createReconcile, type Ending, type Reconcile } from './reconcile.js'
import { allowTime, rounds, within } from './rounds.js'

allowTime()

function endingOf(fault: unknown): Ending {
  if (!(fault instanceof MongoServerError)) return 'cut'
  const code = fault.errInfo?.gatehouse?.code
  if (code === undefined) return fault.code === 91 || fault.code === 6 ? 'cut' : 'failed'
  if (code === 'GH_UPSTREAM' || code === 'GH_DRAINING' || code === 'GH_ENDED') return 'cut'
  return code === 'GH_AUDIT_UNAVAILABLE' ? 'unwritten' : 'refused'
}

describePart('ferretdb', 'MongoDB', () => {
  let upstream: FerretdbServer
  let tap: Tap
  let home: Home
  let agree: Reconcile
  const endings = new Map<number, Ending>()
  const heard = new Map<number, string>()
  let number = 0

  beforeAll(async () => {
    upstream = await startFerretdb()
    tap = await openTap(upstream.port)
    const direct = new MongoClient(upstream.url)
    await direct
      .db('shop')
      .collection('customers')
      .insertMany(Array.from({ length: 20 }, (_, id) => ({ id, city: 'Porto' })))
    await direct.close()
    home = createHome()
    const text = CONFIG(tap.port)
      .replace('protocol: postgres', 'protocol: mongodb')
      .replace('connections: 8, perUser: 3, greeting: 8s', 'connections: 300, perUser: 300, greeting: 60s')
      .replace('user: gatehouse', `user: ${upstream.user}`)
      .replace('tls: disable', 'tls: disable, privileged: accept')
    home.write('gatehouse.yaml', text)
    home.write('policies/stage.yaml', policy())
    agree = createReconcile({ executed: () => tap.executed, data: join(home.folder, 'var'), endings, heard })
  })
  afterAll(async () => {
    await home?.stop()
    tap?.close()
    await upstream?.stop()
  })

  const serve = () => home.serve({ env: { UPSTREAM: upstream.password } })

  /** Each goes on until its connection dies. */
  function startTraffic({ port }: Served, clients: number) {
    let going = true
    let count = 0
    const one = async (index: number) => {
      const url = `mongodb://ann:${ENV.PASSWORD}@127.0.0.1:${port}/?maxPoolSize=1&retryReads=false&retryWrites=false`
      const client = new MongoClient(url, { serverSelectionTimeoutMS: 20_000 })
      const customers = client.db('shop').collection('customers')
      for (let round = index; going; round += 1) {
        number += 1
        const own = number
        const where = { [nameOf(own)]: { $exists: false } }
        const kinds = [
          () => customers.find(where).toArray(),
          () => customers.countDocuments({ ...where, id: 7 }),
          () => customers.updateOne({ ...where, id: 2 }, { $set: { city: 'Faro' } }),
          () => client.db('shop').dropCollection(nameOf(own)),
          () => customers.find(where, { batchSize: 3 }).toArray(),
        ]
        const kind = kinds[round % kinds.length] as () => Promise<unknown>
        const ending = await kind().then(
          (): Ending => 'done',
          (fault) => {
            heard.set(own, String(fault))
            return endingOf(fault)
          },
        )
        endings.set(own, ending)
        count += 1
        if (ending === 'cut') break
      }
      await client.close().catch(() => {})
    }
    let over = false
    const running = Promise.all(Array.from({ length: clients }, (_, index) => one(index))).finally(() => {
      over = true
    })
    return {
      count: () => count,
      over: () => over,
      async end() {
        going = false
        await within('clients leave', running)
      },
    }
  }

  async function agreed() {
    const { faults, found } = await agree()
    expect(faults, faults.join('\n')).toEqual([])
    expect(found.executed).toBeGreaterThan(0)
    expect(found.replied).toBeGreaterThan(0)
  }

  test('R24 kill -9 under load: what ran is recorded, what was answered has its outcome', async () => {
    let serving = await serve()
    await rounds('kill -9 of the gateway under load, MongoDB', { short: 2, long: 50 }, async (round) => {
      const traffic = startTraffic(serving, 4)
      await within(
        'calls are answered',
        eventually(() => traffic.count() >= 20 + ((round * 13) % 60)),
      )
      await serving.program.kill9()
      await traffic.end()
      serving = await serve()
      await agreed()
    })
    await serving.program.stop()
  })

  test('SIGTERM under load: exit 0 within the grace time, and the truths agree', async () => {
    await rounds('SIGTERM under load, MongoDB', { short: 1, long: 30 }, async () => {
      const serving = await serve()
      const traffic = startTraffic(serving, 4)
      await within(
        'calls are answered',
        eventually(() => traffic.count() >= 20),
      )
      process.kill(serving.program.pid, 'SIGTERM')
      expect(await within('the process ends', serving.program.ended)).toBe(0)
      await traffic.end()
      await agreed()
    })
  })

  test('the server dies under load, cursors open: every decision has its outcome, and clients are let in again', async () => {
    const serving = await serve()
    await rounds('kill -9 of the server under load, MongoDB', { short: 1, long: 30 }, async () => {
      const traffic = startTraffic(serving, 4)
      await within(
        'calls are answered',
        eventually(() => traffic.count() >= 20),
      )
      await upstream.kill9()
      await traffic.end()
      await upstream.restart()
      await agreed()
      await within(
        'calls are answered again',
        eventually(async () => {
          // Who comes before the gateway has noticed is cut, and comes again.
          const again = startTraffic(serving, 1)
          await eventually(() => again.count() >= 5 || again.over())
          await again.end()
          return again.count() >= 5
        }),
      )
    })
    await serving.program.stop()
    await agreed()
  })

  test('the checker sees a command that went past the gateway', async () => {
    const past = new MongoClient(upstream.url.replace(`:${upstream.port}`, `:${tap.port}`))
    await past.db('shop').collection('customers').countDocuments({ n_900001_n: 1 })
    await past.close()
    const { faults } = await agree()
    expect(faults).toContain('statement 900001 reached the database without a recorded permit')
  })
})
