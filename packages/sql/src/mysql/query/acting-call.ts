/** Calls of built-ins that do something: on what, by the literal or the name that says so (R3). */
import type { Resource } from '@gatehouse/core'
import { mention } from '../../lineage/mention.js'
import type { FunctionJudgement } from '../functions/judge.js'
import { act, type Env, opaque } from './analysis.js'
import { type Name, nameOf, resolveRelation, resourceOf } from './names.js'
import { as, list, text, tree } from './tree.js'

/** A string literal's text. */
export function literalText(node: unknown): string | undefined {
  const value = tree(tree(as(node, 'Value'))?.value)
  return text(value?.SingleQuotedString) ?? text(value?.DoubleQuotedString)
}

export function actOn(judged: FunctionJudgement, nodes: readonly unknown[], env: Env): void {
  const { acting } = judged
  if (!acting) return
  if (acting.on === 'sequence') {
    actOnSequence(judged, nodes[0], env)
    return
  }
  if (acting.on === 'self') {
    const resource: Resource = { kind: acting.kind, path: [judged.name], system: acting.kind !== 'command' }
    act(env, { verb: acting.verb, resource, certainty: 'exact' })
    return
  }
  env.analysis.literalMattered()
  const literal = literalText(nodes[0])
  const resource: Resource = { kind: acting.kind, path: [literal ?? 'unknown'], system: false }
  act(env, { verb: acting.verb, resource, certainty: 'exact' })
}

function actOnSequence(judged: FunctionJudgement, node: unknown, env: Env): void {
  const { acting } = judged
  const word = as(node, 'Identifier')
  const parts: readonly (Name | undefined)[] = (
    word === undefined ? list(as(node, 'CompoundIdentifier')) : [word]
  ).map((each) => nameOf(each))
  if (!acting || parts.length === 0 || parts.some((part) => part === undefined)) {
    opaque(env, `what \`${judged.name}\` acts on is not known`)
    return
  }
  const { relation, resource, problem } = resolveRelation(
    parts.map((part) => part?.value ?? ''),
    env.analysis,
  )
  if (!relation) {
    opaque(env, problem ?? 'a sequence is not understood', resource)
    return
  }
  mention(env.ledger, {
    verb: acting.verb,
    resource: resourceOf(relation),
    command: env.command,
    derived: env.derived,
    bounded: true,
  })
}
