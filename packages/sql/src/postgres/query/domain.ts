/** What becoming a domain's value runs: its checks, its base's, and so on down (R3). */
import type { CatalogType } from '../../catalog.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, within } from '../../lineage/scope.js'
import type { Value } from '../../lineage/value.js'
import { definedAnalysis, type Env, opaque } from './analysis.js'
import { readValue } from './expression.js'

const DEEPEST = 16
/** Views, routines and checks within each other: beyond this nothing is read any more. */
const DEEPEST_CHECK = 32

/** The domains that a type stands on, itself first, and what they stand on at last. */
function chainOf(
  type: number,
  env: Env,
): { readonly domains: readonly CatalogType[]; readonly below: number } {
  const domains: CatalogType[] = []
  let below = type
  for (
    let found = env.analysis.catalog.typeByOid(type);
    found?.kind === 'domain' && domains.length < DEEPEST;
  ) {
    domains.push(found)
    below = found.base
    found = env.analysis.catalog.typeByOid(below)
  }
  return { domains, below }
}

/** The type below a domain; undefined when what the domain checks was not read. */
export function typeBelow(type: CatalogType, env: Env): number | undefined {
  const { domains, below } = chainOf(type.oid, env)
  return domains.length > 0 && domains.every(({ checks }) => checks !== undefined) ? below : undefined
}

/** Reads what the checks do with a value that becomes one of this type; nothing for a type that is no domain. */
export function checkDomain(value: Value, type: number, env: Env): void {
  if (env.depth > DEEPEST_CHECK) {
    opaque(env, 'the checks of a domain nest too deeply')
    return
  }
  for (const domain of chainOf(type, env).domains)
    for (const text of domain.checks ?? []) {
      const expression = env.analysis.catalog.generatedExpression(text)
      if (expression === undefined) {
        opaque(env, `a check of domain \`${domain.name}\` cannot be read`)
        continue
      }
      const checked: Value = domain.base === 0 ? value : { ...value, type: domain.base }
      const scope = within({ ...EMPTY, columns: [{ name: 'value', value: checked }] }, undefined)
      const analysis = definedAnalysis(env.analysis)
      const inner: Env = {
        ...env,
        analysis,
        derived: true,
        depth: env.depth + 1,
        outer: undefined,
        top: false,
      }
      // Whether it holds shows by the error when it does not.
      use(env, [readValue(expression, scope, inner)], 'argument')
    }
}
