/** Connections that do nothing: the memory of each, over an upstream that is scripted, as no Postgres here holds thousands. */
import { memoryOf } from './cpu.js'
import { startGatehouse } from './gatehouse.js'
import type { Target } from './pgbench.js'
import { connect } from './stand.js'
import { startProcess } from './start-process.js'

/** At a time; signing in keeps both sides busy. */
const TOGETHER = 50

export async function reportIdle(direct: Target, connections: number): Promise<string> {
  const upstream = await startProcess('scripted-upstream.js', String(direct.port), 'clear')
  const gatehouse = await startGatehouse(
    { ...direct, port: upstream.port },
    {
      protocol: 'postgres',
      durability: 'write',
      connections: connections + 100,
    },
  )
  const clients: { end(): Promise<void> }[] = []
  try {
    const warm = await Promise.all(Array.from({ length: TOGETHER }, () => connect(gatehouse.target)))
    clients.push(...warm)
    const before = memoryOf(gatehouse.pid)
    while (clients.length < connections + TOGETHER)
      clients.push(...(await Promise.all(Array.from({ length: TOGETHER }, () => connect(gatehouse.target)))))
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const each = ((memoryOf(gatehouse.pid) - before) * 1024) / connections
    return `## Idle connections

${connections.toLocaleString('en')} that are signed in and do nothing: ${each.toFixed(0)} KiB of resident memory each, on ${before.toFixed(0)} MiB.
`
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()))
    await gatehouse.stop()
    upstream.stop()
  }
}
