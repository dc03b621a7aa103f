/** Calls of built-ins that do something: on what, by the literal that names it (R3). */
import type { Resource } from '@gatehouse/core'
import { use } from '../../lineage/mention.js'
import type { Value } from '../../lineage/value.js'
import type { FunctionJudgement } from '../functions/judge.js'
import { as, constant, list, tree, words } from '../tree.js'
import { act, type Env, opaque } from './analysis.js'
import { findRelation, parseIdentifier, resourceOf } from './names.js'

export function actOn(
  judged: FunctionJudgement,
  values: readonly Value[],
  nodes: readonly unknown[],
  env: Env,
): void {
  const { acting } = judged
  if (!acting) return
  const name = judged.name.split('.').at(-1) ?? ''
  const { database } = env.analysis.catalog.catalog
  // Settings, sequences, channels, keys and files keep or tell what they are given (R19, R20).
  if (acting.kind !== 'routine' || acting.verb !== 'call') use(env, values, 'flow')
  if (acting.on === 'self') {
    const resource: Resource =
      acting.kind === 'routine'
        ? judged.resource
        : { kind: acting.kind, path: [name], system: acting.kind !== 'command' }
    act(env, { verb: acting.verb, resource, certainty: 'exact' })
    return
  }
  env.analysis.literalMattered()
  const literal = literalOf(nodes[0], acting.kind === 'relation')
  if (acting.kind === 'key') {
    const keys = nodes.map((node) => constant(node))
    // In attribute notation there are no nodes, and yet there is an argument.
    const known = nodes.length > 0 && keys.every((key) => key !== undefined)
    const path = [
      database,
      name === UNLOCK_ALL
        ? 'all'
        : known
          ? keys.map(String).join(',').replace(/^all$/, 'unknown')
          : 'unknown',
    ]
    act(env, { verb: acting.verb, resource: { kind: 'key', path, system: false }, certainty: 'exact' })
    return
  }
  if (literal === undefined) {
    opaque(env, `\`${name}\` acts on what its argument says, and that is no literal`)
    return
  }
  if (acting.kind === 'setting' && env.depth > 0)
    // The session's own state is followed by what its statements say.
    opaque(env, 'a view or a routine changes a setting')
  else if (acting.kind === 'setting')
    act(env, {
      verb: acting.verb,
      resource: { kind: 'setting', path: [literal.toLowerCase()], system: false },
      certainty: 'exact',
    })
  else if (acting.kind === 'channel')
    act(env, {
      verb: acting.verb,
      resource: { kind: 'channel', path: [database, literal], system: false },
      certainty: 'exact',
    })
  else onSequence(acting.verb, literal, env)
}

/** `cast`: a relation's name may come as `'name'::regclass` or `('name'::text)::regclass`, which leave it as it is. */
function literalOf(node: unknown, cast: boolean): string | undefined {
  const found = as(node, 'TypeCast')
  if (!found) return constant(node)
  const type = as(found.typeName, 'TypeName') ?? tree(found.typeName)
  const limited = list(type?.typmods).length + list(type?.arrayBounds).length > 0
  const name = words(type?.names)
    ?.join('.')
    .replace(/^pg_catalog\./, '')
  const kept = cast && !limited && (name === 'regclass' || name === 'text')
  return kept ? literalOf(found.arg, true) : undefined
}

/** Gives back what the session holds. Invariant: nothing else acts on the key `all`, which pack:tools permits. */
const UNLOCK_ALL = 'pg_advisory_unlock_all'

function onSequence(verb: FunctionJudgement['verbs'][number], literal: string, env: Env): void {
  const byOid = /^\d+$/.test(literal) ? env.analysis.catalog.relationByOid(Number(literal)) : undefined
  const parts = byOid ? [byOid.schema, byOid.name] : parseIdentifier(literal)
  const found = parts === undefined ? undefined : findRelation(parts, env.analysis)
  if (found?.relation === undefined) {
    // The literal itself is no part of what records show (R26).
    opaque(env, 'a literal names no sequence of the catalog')
    return
  }
  act(env, { verb, resource: resourceOf(env.analysis, found.relation), certainty: 'exact' })
}
