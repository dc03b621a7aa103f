/** `listeners[].upstream`: the database behind a listener and the accounts that it is reached by. */
import { z } from 'zod'
import { isHostName, isLoopback, parseHostPort } from './address.js'
import { certificateAuthority } from './certificate-keys.js'
import { count, duration, expected, listOf, section, text } from './keys.js'
import { secretText } from './secret.js'
import type { Surroundings } from './surroundings.js'

const PORT = 5432

const host = expected('a host name or address', (value) =>
  typeof value === 'string' && isHostName(value) ? value : undefined,
)
const hostPort = expected('a host and port such as `db1:5432`', (value) => {
  const address = parseHostPort(value, PORT)
  return address === undefined || address.port === 0 ? undefined : address
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
    grammar: count(15, 18).optional(),
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
    return { ...rest, hosts: hosts ?? [{ host: single ?? '', port: port ?? PORT }] }
  })
}

export type UpstreamSettings = z.output<ReturnType<typeof upstreamSection>>

export function upstreamOnLoopback(upstream: Pick<UpstreamSettings, 'hosts'>): boolean {
  return upstream.hosts.every(({ host }) => isLoopback(host))
}
