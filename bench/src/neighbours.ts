/** Whoever sends new statements must not be felt by others: the worst wait of a session that asks the same all the time. */
import type { Target } from './pgbench.js'
import { connect, quantile } from './stand.js'

const KNOWN = 'select abalance from pgbench_accounts where aid = 1'
const COLD = 1_000
const cold = (n: number) =>
  `select a.abalance as n${n}, b.bbalance from pgbench_accounts a join pgbench_branches b on b.bid = a.bid where a.aid = 1`

export async function reportNeighbours(direct: Target, gatehouse: Target): Promise<string> {
  const times: number[][] = []
  const colds = async (target: Target) => {
    const client = await connect(target)
    const own: number[] = []
    for (let n = 0; n < COLD; n += 1) own.push(await timed(() => client.query(cold(n))))
    times.push(own)
    await client.end()
  }
  const during = async (target: Target) => {
    const client = await connect(target)
    const known = () => client.query(KNOWN)
    for (let n = 0; n < 100; n += 1) await known()
    const waits = await waitsDuring(known, () => colds(target))
    await client.end()
    return [quantile(waits, 0.5), quantile(waits, 0.99), quantile(waits, 1)]
  }
  const cells = [...(await during(direct)), ...(await during(gatehouse))].map((each) => each.toFixed(1))
  const [by, through] = times.map((each) => quantile(each, 0.5))
  return `## Neighbours

What a session waits for an answer, milliseconds, while another sends statements that nobody has sent before. Direct there is one server process for
each; the machine's cores are shared all the same.

| meanwhile | direct p50 | p99 | worst | gatehouse p50 | p99 | worst |
| --- | --- | --- | --- | --- | --- | --- |
| ${[`${COLD.toLocaleString('en')} new statements`, ...cells].join(' | ')} |

A new statement takes ${through?.toFixed(2)} ms through Gatehouse, ${by?.toFixed(2)} ms direct (medians of a join).
`
}

/** What one waits while another does this, milliseconds. */
export async function waitsDuring(
  known: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<readonly number[]> {
  const waits: number[] = []
  let over = false
  const working = work().finally(() => {
    over = true
  })
  while (!over) {
    waits.push(await timed(known))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await working
  return waits
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start) / 1e6
}
