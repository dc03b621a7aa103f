/** pgbench's TPC-B against a Postgres that syncs: seven statements a transaction, each of which waits twice. */
import { startPgbouncer } from '@gatehouse/workbench'
import { startGatehouse } from './gatehouse.js'
import { pgbench, type Target } from './pgbench.js'
import { quantile, startStand } from './stand.js'
import { startCopying } from './start-copying.js'

export async function reportTpcb(seconds: number): Promise<string> {
  const stand = await startStand({ scale: 16, durable: true })
  const { direct } = stand
  const pgbouncer = await startPgbouncer({ upstream: { host: '127.0.0.1', ...direct } })
  const copying = await startCopying(direct.port)
  const write = await startGatehouse(direct, { protocol: 'postgres', durability: 'write' })
  const fsync = await startGatehouse(direct, { protocol: 'postgres', durability: 'fsync' })
  const targets: readonly Target[] = [
    { ...direct, name: 'pgbouncer', port: pgbouncer.port },
    direct,
    { ...direct, name: 'a copying proxy', port: copying.port },
    { ...write.target, name: 'gatehouse, `write`' },
    { ...fsync.target, name: 'gatehouse, `fsync`' },
  ]
  try {
    const measured = targets.map((): number[] => [])
    for (let round = 0; round < 3; round += 1)
      for (const [index, target] of targets.entries()) {
        const out = await pgbench(target, '-n', '-c', '16', '-j', '1', '-T', String(seconds))
        measured[index]?.push(Number(/tps = ([\d.]+)/.exec(out)?.[1]))
      }
    const tps = measured.map((each) => quantile(each, 0.5))
    const lines = targets.map(({ name }, index) => {
      const own = tps[index] as number
      return `| ${name} | ${own.toFixed(0)} | ${(own / (tps[0] as number)).toFixed(2)} |`
    })
    return `## TPC-B, 16 clients, Postgres with fsync on

| through | transactions a second | ÷ pgbouncer |
| --- | --- | --- |
${lines.join('\n')}
`
  } finally {
    await Promise.all([write.stop(), fsync.stop(), pgbouncer.stop()])
    copying.stop()
    await stand.stop()
  }
}
