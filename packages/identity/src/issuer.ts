/** One configured OpenID Connect issuer, checked when it is read. */
import { GatehouseError } from '@gatehouse/core'
import { type JsonPointer, parsePointer } from './json-pointer.js'

/** Public-key algorithms alone: with a shared key, whoever verifies can also sign. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const
export type Algorithm = (typeof ALGORITHMS)[number]

const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA']

/** As the configuration has it (interface.md §2). */
export interface IssuerOptions {
  readonly name: string
  /** Compared with `iss` character by character. http on loopback only. */
  readonly issuer: string
  readonly audience: string
  /** JSON Pointers; the subject's is `/sub` when left out, no groups are read when theirs is. */
  readonly subject?: string
  readonly groups?: string
  /** Whose tokens are people's (R9); all others are agents'. */
  readonly clients?: readonly string[]
  readonly algorithms?: readonly string[]
}

export interface Issuer {
  readonly name: string
  readonly url: string
  readonly audience: string
  readonly subject: JsonPointer
  readonly groups: JsonPointer | undefined
  readonly clients: ReadonlySet<string>
  readonly algorithms: readonly string[]
  readonly home: boolean
}

/** Throws GH_CONFIGURATION. The first issuer is the default one: its names stand unqualified in rules. */
export function readIssuers(list: readonly IssuerOptions[]): readonly Issuer[] {
  const names = new Set<string>()
  const urls = new Set<string>()
  return list.map((options, index) => {
    const { name, issuer: url } = options
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === 'local') {
      throw fault(`\`${name}\` cannot name an issuer: letters, digits, \`.\`, \`_\`, \`-\`; not \`local\``)
    }
    if (names.has(name) || urls.has(url)) throw fault(`issuer \`${name}\` is there twice`)
    names.add(name)
    urls.add(url)
    assertTarget(url, url)
    if (options.audience === '') throw fault(`issuer \`${name}\` has an empty audience`)
    const algorithms = options.algorithms ?? DEFAULT_ALGORITHMS
    const odd = algorithms.find((algorithm) => !ALGORITHMS.some((known) => known === algorithm))
    if (odd !== undefined || algorithms.length === 0) {
      throw fault(`issuer \`${name}\`: algorithms are some of ${ALGORITHMS.join(', ')}`)
    }
    return {
      name,
      url,
      audience: options.audience,
      subject: pointer(options.subject ?? '/sub', name),
      groups: options.groups === undefined ? undefined : pointer(options.groups, name),
      clients: new Set(options.clients),
      algorithms,
      home: index === 0,
    }
  })
}

/** https, or http to loopback where the issuer itself is such (R28). Throws. */
export function assertTarget(target: string, issuer: string): void {
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') {
    throw fault(`\`${target}\` is no URL for an issuer`)
  }
  if (url.protocol === 'https:') return
  if (url.protocol === 'http:' && issuer.startsWith('http:') && isLoopback(url.hostname)) return
  throw fault(`\`${target}\` must be https; http is allowed on loopback only`)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function pointer(text: string, name: string): JsonPointer {
  const read = parsePointer(text)
  if (read === undefined || read.length === 0) {
    throw fault(`issuer \`${name}\`: \`${text}\` is no JSON Pointer to a claim, e.g. \`/groups\``)
  }
  return read
}

function fault(message: string): GatehouseError {
  return new GatehouseError('GH_CONFIGURATION', message)
}
