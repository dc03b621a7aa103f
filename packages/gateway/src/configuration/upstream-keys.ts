/** `listeners[].upstream`: the database behind a listener and the accounts that it is reached by. */
import { z } from 'zod'
import { isHostName, isLoopback, parseHostPort } from './address.js'
import { certificateAuthority } from './certificate-keys.js'
import { count, duration, expected, listOf, section, text } from './keys.js'
import { secretText } from './secret.js'
import type { Surroundings } from './surroundings.js'

const host = expected('a host name or address', (value) =>
  typeof value === 'string' && isHostName(value) ? value : undefined,
)
const hostPort = expected('a host and port such as `db1:5432`', (value) => {
  const address = parseHostPort(value, 0)
  if (address === undefined || /:0+$/.test(String(value))) return undefined
  return { host: address.host, ...(address.port === 0 ? {} : { port: address.port }) }
})

/** A number is a major version; others are texts, because YAML reads 11.10 as 11.1. */
const grammar = expected("a version: `17`, or `'11.8'` in quotes", (value) => {
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  return typeof value === 'string' && /^\d{1,2}\.\d{1,2}$/.test(value) ? value : undefined
})

export function upstreamSection(surroundings: Surroundings) {
  const accountUser = text("the account's name")
  const password = secretText(surroundings).optional()
  const account = section({
    groups: listOf(text("a group's name"), 'groups whose members use this account', 1),
    user: accountUser,
    password,
  })
  return section({
    host: host.optional(),
    port: count(1, 65_535).optional(),
    hosts: listOf(hostPort, 'hosts such as `db1:5432`', 1).optional(),
    role: z.enum(['primary', 'any'], { error: () => 'expected `primary` or `any`' }).default('primary'),
    user: accountUser,
    password,
    tls: z
      .enum(['verify-full', 'disable'], { error: () => 'expected `verify-full` or `disable`' })
      .default('verify-full'),
    ca: certificateAuthority(surroundings).optional(),
    databases: listOf(text("a database's name"), 'database names', 1).optional(),
    accounts: z.array(account, { error: () => 'expected a list of accounts' }).default([]),
    catalog: section({
      refresh: duration(100, 3_600_000).default(1_000),
      user: accountUser.optional(),
      password,
    }).prefault({}),
    grammar: grammar.optional(),
    privileged: z
      .enum(['refuse', 'accept'], { error: () => 'expected `refuse` or `accept`' })
      .default('refuse'),
  }).transform((keys, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (keys.hosts !== undefined && (keys.host !== undefined || keys.port !== undefined))
      fault('hosts', 'either `host` and `port` or `hosts`, not both')
    if (keys.hosts === undefined && keys.host === undefined)
      fault('host', 'is required: expected `host` or `hosts`')
    if (keys.tls === 'disable' && keys.ca !== undefined) fault('ca', 'has no use where `tls` is `disable`')
    if (keys.catalog.password !== undefined && keys.catalog.user === undefined)
      fault('catalog', 'a password without a user: expected both')
    const { host: single, port, hosts, ...rest } = keys
    return { ...rest, hosts: hosts ?? [{ host: single ?? '', ...(port === undefined ? {} : { port }) }] }
  })
}

type Read = z.output<ReturnType<typeof upstreamSection>>

export interface UpstreamSettings extends Omit<Read, 'hosts'> {
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
}

/** Where a server of each protocol listens unless it was told otherwise; another adapter's listens where its own say. */
const PORTS: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306, mongodb: 27017 }

/** Undefined: a host has no port, and the protocol none of its own. */
export function withPorts({ hosts, ...rest }: Read, protocol: string): UpstreamSettings | undefined {
  const known = Object.hasOwn(PORTS, protocol) ? PORTS[protocol] : undefined
  const complete = hosts.flatMap(({ host, port = known }) => (port === undefined ? [] : [{ host, port }]))
  return complete.length === hosts.length ? { ...rest, hosts: complete } : undefined
}

export function upstreamOnLoopback(hosts: readonly { readonly host: string }[]): boolean {
  return hosts.every(({ host }) => isLoopback(host))
}

/** What is wrong with a nearest grammar for this protocol; undefined: nothing. */
export function grammarFault(protocol: string, version: string | undefined): string | undefined {
  if (version === undefined) return undefined
  if (protocol === 'postgres')
    return /^1[5-8]$/.test(version) ? undefined : 'expected a whole number from 15 to 18'
  return protocol === 'mysql' && !version.includes('.')
    ? "expected a version with its minor, in quotes, such as `'11.8'`"
    : undefined
}
