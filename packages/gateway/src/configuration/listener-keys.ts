/** `listeners`: where clients come in, how they prove who they are, and what they reach. */
import { z } from 'zod'
import { isLoopback, type ListenAddress } from './address.js'
import { listenerTls } from './certificate-keys.js'
import { count, duration, expected, flag, listenAddress, listOf, name, section, size, text } from './keys.js'
import type { Surroundings } from './surroundings.js'
import { grammarFault, upstreamOnLoopback, upstreamSection, withPorts } from './upstream-keys.js'

const MIB = 2 ** 20

const LATER: Readonly<Record<string, string>> = {
  minted: '`minted` comes with the control plane: expected `password`, `token` or `certificate`',
}

function notLater(value: string, context: z.RefinementCtx): void {
  const reason = LATER[value]
  if (reason !== undefined) context.addIssue({ code: 'custom', message: reason })
}

/** A package's name as npm allows it: never a path, never a URL (R28). */
const protocol = expected(
  '`postgres`, `mysql`, `mongodb` or the name of an npm package that exports an adapter',
  (value) =>
    typeof value === 'string' && /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/.test(value)
      ? value
      : undefined,
)

const method = z
  .enum(['password', 'token', 'minted', 'certificate'], {
    error: () => 'expected `password`, `token` or `certificate`',
  })
  .superRefine(notLater)

export function onLoopback(address: ListenAddress): boolean {
  return address.kind === 'socket' || isLoopback(address.host)
}

/** Defaults are interface.md's; the ranges keep one connection's memory below what docs/operations.md publishes. */
const limitsSection = section({
  connections: count(1, 100_000).default(1000),
  perUser: count(1, 100_000).default(100),
  statement: size('a size from 1KiB to 256MiB', 1024, 256 * MIB).default(16 * MIB),
  message: size('a size from 64KiB to 1GiB', 64 * 1024, 1024 * MIB).default(64 * MIB),
  greeting: duration(100, 600_000).default(10_000),
  idle: duration().default(0),
  session: duration().default(0),
  statementTime: duration().default(0),
  lockTime: duration().default(0),
  idleInTransaction: duration().default(0),
}).superRefine((limits, context) => {
  if (limits.statement > limits.message)
    context.addIssue({
      code: 'custom',
      path: ['statement'],
      message: 'is larger than `message`, which carries it',
    })
})

export function listenerSection(surroundings: Surroundings) {
  return section({
    name: name("the listener's name"),
    protocol,
    listen: listenAddress(surroundings),
    tls: listenerTls(surroundings).optional(),
    insecure: flag.default(false),
    auth: listOf(method, 'sign-in methods', 1).default(['password']),
    nativePassword: flag.default(false),
    audience: text('the audience that tokens for this listener must name').optional(),
    labels: z
      .record(name("a label's name"), text("a label's value"), {
        error: () => 'expected a mapping of labels',
      })
      .default({}),
    limits: limitsSection.prefault({}),
    upstream: upstreamSection(surroundings),
  })
    .superRefine((keys, context) => {
      const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
      const near = onLoopback(keys.listen)
      if (!near && keys.tls === undefined && !keys.insecure)
        fault(['listen'], 'off loopback `tls` is required, unless `insecure: true` says otherwise')
      if (!near && keys.tls === undefined && keys.auth.includes('token'))
        fault(['auth'], 'tokens would travel in clear text: `token` needs `tls` off loopback')
      if (keys.upstream.tls === 'disable' && !upstreamOnLoopback(keys.upstream.hosts) && !keys.insecure)
        fault(
          ['upstream', 'tls'],
          '`disable` is for a database on loopback, unless `insecure: true` says otherwise',
        )
      if (keys.nativePassword && keys.protocol !== 'mysql')
        fault(['nativePassword'], 'is a plugin of MySQL: expected `protocol: mysql`')
      if (keys.nativePassword && !keys.auth.includes('password'))
        fault(['nativePassword'], 'has no use where `auth` has no `password`')
      if (keys.audience !== undefined && !keys.auth.includes('token'))
        fault(['audience'], 'has no use where `auth` has no `token`')
      const certificates = keys.auth.includes('certificate')
      if (certificates && keys.protocol === 'mysql')
        fault(
          ['auth'],
          'MySQL’s clients sign in by `password` or `token`: `certificate` is for postgres and mongodb',
        )
      if (certificates && keys.tls?.asksCertificate !== true)
        fault(['auth'], '`certificate` needs `tls.ca`: the authorities that sign clients’ certificates')
      if (!certificates && keys.tls?.asksCertificate === true)
        fault(['tls', 'ca'], 'has no use where `auth` has no `certificate`')
      const unknown = grammarFault(keys.protocol, keys.upstream.grammar)
      if (unknown !== undefined) fault(['upstream', 'grammar'], unknown)
    })
    .transform((keys, context) => {
      const upstream = withPorts(keys.upstream, keys.protocol)
      if (upstream !== undefined) return { ...keys, upstream }
      const message = 'is required: the protocol has no port that is known here'
      context.addIssue({ code: 'custom', path: ['upstream', 'port'], message })
      return z.NEVER
    })
}

export type ListenerSettings = z.output<ReturnType<typeof listenerSection>>
