/** pgbench's own log of each transaction: microseconds, for quantiles that an average hides. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@gatehouse/workbench'
import { pgbench, type Target } from './pgbench.js'
import { quantile } from './stand.js'

/** Microseconds of every transaction. The log's third column (pgbench manual, per-transaction logging). */
export async function latencies(target: Target, ...more: readonly string[]): Promise<readonly number[]> {
  const folder = temporaryFolder('bench-latency')
  try {
    await pgbench(target, '-n', '-l', `--log-prefix=${join(folder.path, 'log')}`, ...more)
    return readdirSync(folder.path).flatMap((name) =>
      readFileSync(join(folder.path, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => Number(line.split(' ')[2])),
    )
  } finally {
    folder.remove()
  }
}

/** One client, in turns, so that a neighbour's noise falls on all: the median of the medians, in microseconds. */
export async function reportLatency(targets: readonly Target[], seconds: number): Promise<string> {
  const rounds = 3
  const lines: string[] = []
  for (const protocol of ['simple', 'prepared']) {
    const medians = targets.map((): number[] => [])
    for (let round = 0; round < rounds; round += 1)
      for (const [index, target] of targets.entries())
        medians[index]?.push(
          quantile(await latencies(target, '-S', '-M', protocol, '-c', '1', '-T', String(seconds)), 0.5),
        )
    const [direct = 0, ...others] = medians.map((each) => quantile(each, 0.5))
    lines.push(
      `| ${[protocol, direct.toFixed(0), ...others.map((each) => (each - direct).toFixed(0))].join(' | ')} |`,
    )
  }
  const names = targets.slice(1).map(({ name }) => name)
  return `## One client

Median time of a transaction of \`pgbench -S\`, microseconds: direct, and what is added to it.

| protocol | direct | ${names.map((name) => `added by ${name}`).join(' | ')} |
| --- | --- | ${names.map(() => '---').join(' | ')} |
${lines.join('\n')}
`
}
