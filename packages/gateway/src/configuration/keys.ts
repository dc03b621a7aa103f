/** Small parts from which the sections of the configuration are built; each says what it expects. */
import { z } from 'zod'
import { isLoopback, parseHostPort, parseListenAddress } from './address.js'
import { absolute, type Surroundings } from './surroundings.js'
import { parseDuration, parseSize } from './units.js'

/** A mapping that knows its keys: any other is a fault that lists them. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).map((key) => `\`${key}\``)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `known keys here are ${known.join(', ')}`
        : issue.code === 'invalid_type'
          ? `expected a mapping with keys of ${known.join(', ')}`
          : undefined,
  })
}

/** Reads a scalar by `parse`; `what` completes “expected …”. */
export function expected<Value>(what: string, parse: (value: unknown) => Value | undefined) {
  return z
    .union([z.string(), z.number(), z.boolean()], { error: () => `expected ${what}` })
    .transform((value, context) => {
      const read = parse(value)
      if (read !== undefined) return read
      context.addIssue({ code: 'custom', message: `expected ${what}, found \`${shown(value)}\`` })
      return z.NEVER
    })
}

/** A key of the contract that this version does not carry out: refused with the reason, never ignored. */
export function later(reason: string) {
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value !== undefined) context.addIssue({ code: 'custom', message: reason })
    })
    .transform(() => undefined)
}

function shown(value: unknown): string {
  const text = String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const between = (low: number, high: number) => (value: number | undefined) =>
  value === undefined || value < low || value > high ? undefined : value

export const size = (what: string, low: number, high: number) =>
  expected(`${what} such as \`16MiB\``, (value) => between(low, high)(parseSize(value)))

/** At most 24 days by default: what a timer can hold. */
export const duration = (low = 0, high = 24 * 86_400_000) =>
  expected(`a duration such as \`10s\`${low === 0 ? ', or 0 for none' : ''}`, (value) =>
    between(low, high)(parseDuration(value)),
  )

export const count = (low: number, high: number) =>
  expected(`a whole number from ${low} to ${high}`, (value) =>
    typeof value === 'number' && Number.isInteger(value) ? between(low, high)(value) : undefined,
  )

/** From `low` to the whole. */
export const part = (what: string, low: number) =>
  expected(`${what}, from ${low} to 1`, (value) =>
    typeof value === 'number' ? between(low, 1)(value) : undefined,
  )

/** Names stand in records, metrics, resources and rules: printable, no `:` (it separates an issuer), no spaces. */
export const name = (what: string) =>
  expected(`${what}: letters, digits, \`.\`, \`_\`, \`-\`, \`@\`, at most 63`, (value) =>
    typeof value === 'string' && /^[\p{L}\p{N}_](?:[\p{L}\p{N}._@-]{0,62})$/u.test(value) ? value : undefined,
  )

/** Any text that a server could take as a name: not empty, no control characters. */
export const text = (what: string) =>
  expected(what, (value) =>
    typeof value === 'string' && value !== '' && value.length <= 1024 && !/\p{Cc}/u.test(value)
      ? value
      : undefined,
  )

export const flag = z.boolean({ error: () => 'expected `true` or `false`' })

export function listenAddress(surroundings: Surroundings) {
  return expected(
    'an address to listen on: `127.0.0.1:6432`, `[::]:6432` or the path of a socket',
    parseListenAddress,
  ).transform((address) =>
    address.kind === 'socket' ? { ...address, path: absolute(surroundings, address.path) } : address,
  )
}

export const loopbackAddress = expected(
  'a loopback address such as `127.0.0.1:9464`; elsewhere it would need TLS and authentication, which come later',
  (value) => {
    const address = parseHostPort(value)
    return address !== undefined && isLoopback(address.host) ? address : undefined
  },
)

/** A list without doubles. */
export function listOf<Item extends z.ZodType>(item: Item, what: string, low = 0) {
  return z
    .array(item, { error: () => `expected a list of ${what}` })
    .min(low, { error: () => `expected at least ${low === 1 ? 'one entry' : `${low} entries`}: ${what}` })
    .superRefine((items, context) => {
      const seen = new Set<unknown>()
      for (const [index, entry] of items.entries()) {
        const key = distinction(entry)
        if (seen.has(key))
          context.addIssue({ code: 'custom', path: [index], message: `\`${shown(key)}\` stands here twice` })
        seen.add(key)
      }
    })
}

/** Things with a name differ by it. */
function distinction(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry
  return 'name' in entry ? entry.name : JSON.stringify(entry)
}
