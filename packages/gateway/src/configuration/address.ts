/** Addresses to listen on and to dial. */
import { isIPv4, isIPv6 } from 'node:net'

export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `127.0.0.1:6432`, `[::]:6432`, `db.example:0`; undefined when it is none of these. */
export function parseHostPort(value: unknown, defaultPort?: number): HostPort | undefined {
  if (typeof value !== 'string') return undefined
  const [, six, other, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:\s/]+))(?::(\d{1,5}))?$/.exec(value) ?? []
  const host = six ?? other
  const port = digits === undefined ? defaultPort : Number(digits)
  if (host === undefined || port === undefined || port > 65_535) return undefined
  if (six !== undefined ? !isIPv6(six) : !isHostName(host)) return undefined
  return { host, port }
}

/** A host and port, or the path of a Unix socket (it has a slash in it). */
export function parseListenAddress(value: unknown): ListenAddress | undefined {
  if (typeof value === 'string' && /^\.{0,2}\//.test(value) && !value.includes('\0'))
    return { kind: 'socket', path: value }
  const address = parseHostPort(value)
  return address === undefined ? undefined : { kind: 'tcp', ...address }
}

export function isHostName(host: string): boolean {
  if (isIPv4(host) || isIPv6(host)) return true
  // All digits and dots but no address: a mistyped one, which resolvers read in ways nobody expects.
  if (/^[0-9.]+$/.test(host)) return false
  return host.length <= 253 && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(host)
}

/** Only this machine can reach it. Names other than `localhost` are not believed. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost' || host === '::1') return true
  const four = host.toLowerCase().startsWith('::ffff:') ? host.slice(7) : host
  return isIPv4(four) && four.startsWith('127.')
}
