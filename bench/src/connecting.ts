/** Connect, SCRAM, one query, leave: how many a second, and what the sessions that run meanwhile feel of it. */
import { latencies } from './latency.js'
import { pgbench, type Target } from './pgbench.js'
import { quantile } from './stand.js'

export async function reportConnecting(
  pgbouncer: Target,
  gatehouse: Target,
  seconds: number,
): Promise<string> {
  const lines: string[] = []
  const rates: number[] = []
  for (const target of [pgbouncer, gatehouse]) {
    const calm = await running(target, seconds)
    const [out, stormy] = await Promise.all([
      pgbench(target, '-S', '-n', '-C', '-c', '4', '-j', '1', '-T', String(seconds)),
      running(target, seconds),
    ])
    rates.push(Number(/tps = ([\d.]+)/.exec(out)?.[1]))
    lines.push(
      `| ${target.name} | ${(rates.at(-1) as number).toFixed(0)} | ${calm.toFixed(0)} | ${stormy.toFixed(0)} | ${(stormy / calm).toFixed(1)} |`,
    )
  }
  return `## Connect, sign in, one query, leave

Four clients that connect anew for each query; meanwhile two sessions ask 100 times a second each: their 99th percentile, microseconds, without
and with those who come and go. Gatehouse signs in ${((rates[1] as number) / (rates[0] as number)).toFixed(2)} × as many as pgbouncer, and dials the database for each of them.

| through | sign-ins a second | p99 calm | p99 meanwhile | ratio |
| --- | --- | --- | --- | --- |
${lines.join('\n')}
`
}

async function running(target: Target, seconds: number): Promise<number> {
  const all = await latencies(target, '-S', '-c', '2', '-j', '1', '-R', '200', '-T', String(seconds))
  return quantile(all, 0.99)
}
