/** A network end as OCSF `network_endpoint`. */
import { clip, quote, whole } from './json-text.js'

/** IPv4 in its own form even where the socket says `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

/** JSON object; a peer without an address (a socket path) is named `local`. */
export function endpoint(at: { readonly address: string; readonly port: number }): string {
  const address = plainAddress(at.address)
  return address === '' ? '{"name":"local"}' : `{"ip":${quote(clip(address, 64))},"port":${whole(at.port)}}`
}
