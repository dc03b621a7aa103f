/** A soak: clients at seven tenths of what the machine gives, for ten minutes with GATEHOUSE_LONG=1 (a moment otherwise); prints how memory grew. */
import process from 'node:process'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTown, type Town } from './town.js'

const LONG = process.env.GATEHOUSE_LONG === '1'
const SECONDS = LONG ? 600 : 2
const CLIENTS = 8

let town: Town
beforeAll(async () => {
  town = await createTown()
})
afterAll(async () => {
  await town.close()
  expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
})

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function work(client: pg.Client, at: number): Promise<void> {
  const id = (at % 30) + 1
  await client.query({ name: 'order', text: 'select total from orders where id = $1', values: [id] })
  await client.query(`select id, city, email from customers where id = ${(at % 3) + 1}`)
  if (at % 10 === 0) await client.query('begin; update orders set total = total where id = 1; rollback')
  if (at % 50 === 0) await client.query('select nosuch').catch(() => {})
}

/** Works for so long; `share` of the time is work, the rest is rest. Resolves with how much was done. */
async function labour(clients: readonly pg.Client[], seconds: number, share: number): Promise<number> {
  const until = performance.now() + seconds * 1000
  const done = clients.map(async (client, offset) => {
    let count = 0
    while (performance.now() < until) {
      const started = performance.now()
      await work(client, count + offset)
      count += 1
      const spent = performance.now() - started
      if (share < 1) await pause((spent * (1 - share)) / share)
    }
    return count
  })
  return (await Promise.all(done)).reduce((sum, count) => sum + count, 0)
}

test('a soak loses no answer, and memory stays where it is', async () => {
  const clients: pg.Client[] = []
  for (let at = 0; at < CLIENTS; at += 1) {
    const client = new pg.Client(town.address(at % 2 === 0 ? 'observed' : 'masked'))
    await client.connect()
    clients.push(client)
  }
  const warm = await labour(clients, LONG ? 20 : 1, 1)
  const samples: [number, number][] = []
  const started = performance.now()
  const sampling = setInterval(
    () => {
      for (const { evidence } of town.stages) forget(evidence)
      samples.push([(performance.now() - started) / 60_000, process.memoryUsage.rss() / 2 ** 20])
    },
    LONG ? 5000 : 200,
  )
  const done = await labour(clients, SECONDS, 0.7)
  clearInterval(sampling)
  for (const client of clients) await client.end()
  const half = samples.slice(Math.floor(samples.length / 2))
  console.log(
    `soak: ${warm} rounds to warm up, then ${done} in ${SECONDS} s; RSS ${samples.at(-1)?.[1].toFixed(0)} MiB, slope over the second half ${slopeOf(half).toFixed(2)} MiB a minute`,
  )
  expect(done).toBeGreaterThan(0)
}, 900_000)

/** The stage keeps every record for whoever asks; a gateway does not. */
function forget(evidence: object): void {
  for (const kept of Object.values(evidence)) if (Array.isArray(kept)) kept.length = 0
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const over = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0)
  return over / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
}
