/** The few policies that contracts are played under, over the speaker's own names. */
import { compilePolicy, type Policy, readDocuments, VERBS } from '@gatehouse/core'
import type { Speaker } from './speaker.js'
import type { RelationName } from './world.js'

export type Rule = Readonly<Record<string, unknown>> & { readonly name: string; readonly effect: string }

export function policyOf(name: string, rules: readonly Rule[]): Policy {
  const document = {
    apiVersion: 'gatehouse/v1',
    kind: 'Policy',
    metadata: { name },
    default: 'forbid',
    rules,
  }
  const { documents, faults } = readDocuments({ file: `${name}.yaml`, text: JSON.stringify(document) })
  const [fault] = faults
  if (fault !== undefined) throw new TypeError(`the suite's own policy is wrong: ${fault.message}`)
  return compilePolicy(documents)
}

const everything: Rule = { name: 'everything', effect: 'permit', verbs: [...VERBS] }

/** Everything is permitted. */
export const open = () => policyOf('open', [everything])

/** Nothing is, but to connect. */
export const closed = () => policyOf('closed', [{ name: 'connecting', effect: 'permit', verbs: ['connect'] }])

export const understood = () =>
  policyOf('understood', [{ ...everything, verbs: VERBS.filter((verb) => verb !== 'opaque') }])

export const without = (speaker: Speaker, relation: RelationName) =>
  policyOf('guarded', [
    everything,
    { name: `no-${relation}`, effect: 'forbid', resources: [speaker.resource(relation).join('.')] },
  ])

export const masked = (
  speaker: Speaker,
  fields: readonly (readonly [RelationName, string])[],
  kind = 'redact',
) =>
  policyOf('masked', [
    everything,
    {
      name: 'secret-fields',
      effect: 'mask',
      with: kind,
      probing: 'allow',
      fields: fields.map(([relation, field]) => [...speaker.resource(relation), field].join('.')),
    },
  ])

export const limited = (what: 'rows' | 'bytes' | 'affected', most: number) =>
  policyOf('limited', [
    everything,
    { name: 'few', effect: 'limit', [what]: what === 'bytes' ? `${most}B` : most },
  ])

/** Keys of this class are masked wherever they come up. */
export const keysMasked = (name: string) =>
  policyOf('keys-masked', [
    everything,
    { name: 'secret-keys', effect: 'mask', with: 'redact', probing: 'allow', classes: [name] },
  ])
