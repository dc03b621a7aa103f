/** The HTTP side of operations: `/metrics`, `/healthz` (alive), `/readyz` (fit to take clients). Loopback only (R28). */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GatehouseError } from '@gatehouse/core'
import type { Registry } from 'prom-client'
import type { HostPort } from '../configuration/address.js'
import type { Health } from '../health.js'

export interface MetricsListener {
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

export interface MetricsListenerOptions {
  readonly listen: HostPort
  readonly registry: Pick<Registry, 'contentType' | 'metrics'>
  health(): Health | Promise<Health>
}

export async function openMetricsListener(options: MetricsListenerOptions): Promise<MetricsListener> {
  const answer = async (path: string, response: ServerResponse) => {
    if (path === '/metrics')
      return send(response, 200, options.registry.contentType, await options.registry.metrics())
    if (path === '/healthz') return send(response, 200, 'text/plain; charset=utf-8', 'alive\n')
    if (path !== '/readyz') return send(response, 404, 'text/plain; charset=utf-8', 'not found\n')
    const health = await options.health()
    return send(response, health.ready ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`)
  }
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return send(response, 405, 'text/plain; charset=utf-8', 'GET only\n')
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      answer(path, response).catch(() => {
        if (!response.headersSent)
          send(response, 500, 'text/plain; charset=utf-8', 'the figures cannot be read\n')
      })
    },
  )
  server.maxConnections = 64
  server.on('clientError', (_fault, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new GatehouseError('GH_CONFIGURATION', `metrics.listen: ${cause.code ?? cause.message}`, { cause }),
      ),
    )
    server.listen(options.listen.port, options.listen.host, resolve)
  })
  server.on('error', () => {})
  const { address, port } = server.address() as AddressInfo
  return {
    address,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
