/** The whole of `gatehouse.yaml`, every key of it. */
import { z } from 'zod'
import { MOST_WORKERS } from '../workers/station.js'
import { auditSection } from './audit-keys.js'
import { identitySection } from './identity-keys.js'
import { duration, expected, later, listOf, loopbackAddress, name, section, text } from './keys.js'
import { listenerSection } from './listener-keys.js'
import { secretBytes } from './secret.js'
import type { Surroundings } from './surroundings.js'

export const API_VERSION = 'gatehouse/v1'

const workers = expected(`a whole number from 1 to ${MOST_WORKERS}, or \`auto\``, (value) =>
  value === 'auto' ||
  (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_WORKERS)
    ? value
    : undefined,
)

const policySource = expected('a folder of policies, or a pack such as `pack:guardrails`', (value) =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined,
)

export function configurationSchema(surroundings: Surroundings) {
  return section({
    apiVersion: z.literal(API_VERSION, { error: () => `expected \`${API_VERSION}\`` }),
    instance: name("this process's name").default('gatehouse'),
    dataDir: text("a folder's path").default('./var'),
    workers: workers.default(1),
    identity: identitySection(surroundings).prefault({}),
    listeners: listOf(listenerSection(surroundings), 'listeners', 1),
    policies: listOf(policySource, 'policy folders and packs', 1),
    audit: auditSection(surroundings).prefault({}),
    masking: section({ key: maskingKey(surroundings) }).optional(),
    control: later('the control plane comes later: this version has none to listen'),
    metrics: section({ listen: loopbackAddress }).optional(),
    drain: duration(0, 86_400_000).default(30_000),
  }).superRefine((keys, context) => {
    const metrics = keys.metrics === undefined ? [] : [{ listen: { kind: 'tcp', ...keys.metrics.listen } }]
    for (const [index, other] of sharedAddresses([...keys.listeners, ...metrics]))
      context.addIssue({
        code: 'custom',
        path: index < keys.listeners.length ? ['listeners', index, 'listen'] : ['metrics', 'listen'],
        message: `listener \`${keys.listeners[other]?.name}\` listens there already`,
      })
    const tokens = keys.listeners.findIndex(({ auth }) => auth.includes('token'))
    if (tokens !== -1 && keys.identity.issuers.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['listeners', tokens, 'auth'],
        message: '`token` needs an issuer under `identity.issuers`',
      })
  })
}

/** Of those whose port the system does not choose: which one comes second, and who was first. */
function sharedAddresses(all: readonly { readonly listen: object }[]): (readonly [number, number])[] {
  const places = all.map(({ listen }) => JSON.stringify(listen))
  return places.flatMap((place, index) => {
    const first = places.indexOf(place)
    return first === index || place.includes('"port":0}') ? [] : [[index, first] as const]
  })
}

/** R18: keyed masks are only as secret as their key. */
const KEY_BYTES = 32

function maskingKey(surroundings: Surroundings) {
  return secretBytes(surroundings, { binary: true, own: true }).superRefine((bytes, context) => {
    if (surroundings.secrets && bytes.length < KEY_BYTES)
      context.addIssue({
        code: 'custom',
        message: `the key has ${bytes.length} bytes: expected at least ${KEY_BYTES}`,
      })
  })
}
