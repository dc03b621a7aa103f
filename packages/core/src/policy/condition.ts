/** The CEL expressions of `if` and `unless`: checked when a policy is read, never throwing when evaluated. */
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { FACT_TYPES, type FactName, type Facts, type SessionFacts, UNKNOWN } from './condition-facts.js'

/** `unknown`: it needs what nobody knows here. `failed`: it cannot be evaluated. */
export type Truth = boolean | 'unknown' | 'failed'

export interface Condition {
  readonly text: string
  readonly reads: ReadonlySet<FactName>
  readonly readsEstimate: boolean
  evaluate(facts: Facts | SessionFacts): Truth
}

/** `at` counts characters from the expression's beginning. */
export type ConditionReading =
  | { readonly condition: Condition }
  | { readonly fault: { readonly message: string; readonly at: number } }

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: {
    maxAstNodes: 2_000,
    maxDepth: 60,
    maxListElements: 1_000,
    maxMapEntries: 100,
    maxCallArguments: 16,
  },
})
for (const [name, type] of Object.entries(FACT_TYPES)) {
  if (typeof type === 'string') environment.registerVariable(name, type)
  else environment.registerVariable({ name, schema: type })
}

const FACTS: ReadonlySet<string> = new Set(Object.keys(FACT_TYPES))
const isFact = (name: string): name is FactName => FACTS.has(name)

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

function* nodesOf(value: unknown): Generator<ASTNode> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item)
  else if (isNode(value)) {
    yield value
    yield* nodesOf(value.args)
  }
}

/** Refuses what would be answered wrongly or too slowly. */
function objection(node: ASTNode): string | undefined {
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    return '`matches` is not offered: its cost has no bound; use `startsWith`, `endsWith` or `contains`'
  }
  if (node.op !== 'call' || node.args[0] !== 'has') return undefined
  const inner = node.args[1][0]
  if (inner?.op !== '.' || inner.args[0].op !== 'id' || !isFact(inner.args[0].args)) return undefined
  return `\`${inner.args[0].args}.${inner.args[1]}\` is always there; compare it with an empty value instead of \`has\``
}

/** Identifiers count wherever they stand: inside macros, and even where a macro's own variable shadows them. */
function readsOf(ast: ASTNode): { reads: Set<FactName>; readsEstimate: boolean } {
  const reads = new Set<FactName>()
  let readsEstimate = false
  for (const node of nodesOf(ast)) {
    if (node.op === 'id' && isFact(node.args)) reads.add(node.args)
    if (node.op === '.' && node.args[1] === 'estimatedRows') readsEstimate = true
    if (node.op === 'value' && node.args === 'estimatedRows') readsEstimate = true
  }
  return { reads, readsEstimate }
}

export function readCondition(text: string): ConditionReading {
  const checked = environment.check(text)
  if (!checked.valid) {
    const { error } = checked
    return {
      fault: { message: `not a valid condition: ${lower(error?.summary)}`, at: error?.range?.start ?? 0 },
    }
  }
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    return { fault: { message: `a condition gives true or false, this gives ${checked.type}`, at: 0 } }
  }
  const parsed = environment.parse(text)
  for (const node of nodesOf(parsed.ast)) {
    const message = objection(node)
    if (message !== undefined) return { fault: { message, at: node.start } }
  }
  const evaluate = (facts: Facts | SessionFacts): Truth => {
    try {
      const value: unknown = parsed(facts)
      return typeof value === 'boolean' ? value : 'failed'
    } catch (error) {
      return error === UNKNOWN ? 'unknown' : 'failed'
    }
  }
  return { condition: { text, ...readsOf(parsed.ast), evaluate } }
}

function lower(summary: string | undefined): string {
  if (summary === undefined) return 'cannot be read'
  return summary.charAt(0).toLowerCase() + summary.slice(1)
}
