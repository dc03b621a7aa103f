/** Whoever sends hostile or new statements must not be felt by others: the worst wait of a session that asks the same all the time. */
import type { Target } from './pgbench.js'
import { connect, quantile } from './stand.js'

const KNOWN = 'select abalance from pgbench_accounts where aid = 1'
const HOSTILE: readonly string[] = [
  `select '${'x'.repeat(1_000_000)}'`,
  `select ${'('.repeat(50_000)}1${')'.repeat(50_000)}`,
  `select abalance from pgbench_accounts where aid in (${Array.from({ length: 100_000 }, (_, n) => n).join(',')})`,
]
const COLD = 1_000
const cold = (n: number) =>
  `select a.abalance as n${n}, b.bbalance from pgbench_accounts a join pgbench_branches b on b.bid = a.bid where a.aid = 1`

export async function reportNeighbours(direct: Target, gatehouse: Target): Promise<string> {
  const hostile = async (target: Target) => {
    const client = await connect(target)
    for (const text of HOSTILE) for (let n = 0; n < 3; n += 1) await client.query(text).catch(() => {})
    await client.end()
  }
  const times: number[][] = []
  const colds = async (target: Target) => {
    const client = await connect(target)
    const own: number[] = []
    for (let n = 0; n < COLD; n += 1) own.push(await timed(() => client.query(cold(n))))
    times.push(own)
    await client.end()
  }
  const lines: string[] = []
  for (const [name, work] of [
    ['hostile statements', hostile],
    [`${COLD.toLocaleString('en')} new statements`, colds],
  ] as const) {
    const waits = [await waitsDuring(direct, work), await waitsDuring(gatehouse, work)]
    const cells = waits.flatMap((each) => [quantile(each, 0.5), quantile(each, 0.99), quantile(each, 1)])
    lines.push(`| ${[name, ...cells.map((each) => each.toFixed(1))].join(' | ')} |`)
  }
  const [by, through] = times.map((each) => quantile(each, 0.5))
  return `## Neighbours

What a session waits for an answer, milliseconds, while another sends texts of a megabyte, 50,000 parentheses and lists of 100,000 constants; and while
another sends statements that nobody has sent before. Direct there is one server process for each; the machine's cores are shared all the same.

| meanwhile | direct p50 | p99 | worst | gatehouse p50 | p99 | worst |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

A new statement takes ${through?.toFixed(2)} ms through Gatehouse, ${by?.toFixed(2)} ms direct (medians of a join).
`
}

async function waitsDuring(
  target: Target,
  work: (target: Target) => Promise<void>,
): Promise<readonly number[]> {
  const client = await connect(target)
  for (let n = 0; n < 100; n += 1) await client.query(KNOWN)
  const waits: number[] = []
  let over = false
  const working = work(target).finally(() => {
    over = true
  })
  while (!over) {
    waits.push(await timed(() => client.query(KNOWN)))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await working
  await client.end()
  return waits
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start) / 1e6
}
