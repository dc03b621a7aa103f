/** A real HAProxy that balances TCP connections. */
import { join } from 'node:path'
import { freePort, temporaryFolder, writeForServer } from '@gatehouse/embedded'
import { findTool } from './available.js'
import { type LoopbackServer, startOnLoopback } from './loopback-server.js'

export interface HaproxyOptions {
  /** Where connections go, in turn. */
  readonly upstreams: readonly { readonly host: string; readonly port: number }[]
  readonly port?: number
}

export async function startHaproxy(options: HaproxyOptions): Promise<LoopbackServer> {
  const command = findTool('haproxy')
  if (command === undefined) throw new Error('no `haproxy` here')
  const folder = temporaryFolder('haproxy')
  const port = options.port ?? (await freePort())
  const servers = options.upstreams.map(
    ({ host, port: target }, index) => `  server s${index} ${host}:${target} check inter 500`,
  )
  const configuration = [
    'global\n  nbthread 1',
    'defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h',
    `listen gatehouse\n  bind 127.0.0.1:${port}\n  balance roundrobin`,
    ...servers,
  ]
  writeForServer(join(folder.path, 'haproxy.cfg'), `${configuration.join('\n')}\n`)
  return startOnLoopback(port, folder, { command, args: ['-db', '-f', join(folder.path, 'haproxy.cfg')] })
}
