/** A policy's rules as one session meets them: who, labels and whatever else cannot change are settled. */
import { VERBS, type Verb } from '../action.js'
import type { Session } from '../session.js'
import type { CompiledDocument, CompiledRule } from './compile-document.js'
import type { Condition, Truth } from './condition.js'
import { type Facts, type SessionFacts, sessionFacts } from './condition-facts.js'
import { coversAll } from './data-class.js'
import { derivedValues } from './derived-values.js'
import { fitsWho } from './match.js'

/** A rule that can still speak in this session. */
export interface BoundRule extends CompiledRule {
  /** What is left to ask: `true` when nothing is. */
  readonly when: Truth | 'ask'
  /** Its answer may differ from one moment to the next: results that it took part in are not kept (R5). */
  readonly volatile: boolean
}

export interface VerbRules {
  readonly permits: readonly BoundRule[]
  readonly restrictions: readonly BoundRule[]
}

export interface Bound {
  readonly facts: SessionFacts
  readonly byVerb: ReadonlyMap<Verb, VerbRules>
  /** forbid, hold and limit. */
  readonly restrictions: readonly BoundRule[]
  readonly masks: readonly BoundRule[]
  /** Those of them that can bind a field without classes. */
  readonly classless: readonly BoundRule[]
  /** The others, by each class that they name. */
  readonly byClass: ReadonlyMap<string, readonly BoundRule[]>
  /** Permits that name classes without a condition: they lift the masking pack's masks. */
  readonly exemptions: readonly BoundRule[]
  /** The policy whose `default: permit` holds; undefined: what no rule permits is forbidden. */
  readonly silence: string | undefined
}

export function bind(documents: readonly CompiledDocument[], session: Session): Bound {
  const facts = sessionFacts(session)
  const here = documents.filter((document) => fitsLabels(document.match, session.labels))
  const settle = (rules: readonly CompiledRule[]): BoundRule[] =>
    rules.filter((rule) => fitsWho(rule, session.identity)).flatMap((rule) => bindRule(rule, facts))
  const rules = settle(here.flatMap((document) => document.rules))
  const permits = rules.filter(({ rule }) => rule.effect === 'permit')
  const exemptions = permits.filter((rule) => rule.classes !== undefined && rule.when === true)
  const cleared = exemptions.some(isClearance)
  const masks = rules.filter(({ rule, exemptable }) => rule.effect === 'mask' && !(exemptable && cleared))
  const restrictions = rules.filter(({ rule }) => rule.effect !== 'permit' && rule.effect !== 'mask')
  const byVerb = new Map<Verb, VerbRules>()
  for (const verb of VERBS) {
    const fits = ({ verbs }: BoundRule): boolean => verbs === undefined || verbs.has(verb)
    byVerb.set(verb, { permits: permits.filter(fits), restrictions: restrictions.filter(fits) })
  }
  const forbids = here.some((document) => document.default === 'forbid')
  const binding = masks.length > 0 ? [...masks, ...settle(derivedValues().rules)] : []
  return {
    facts,
    byVerb,
    restrictions,
    masks: binding,
    classless: binding.filter(({ classes }) => classes === undefined),
    byClass: indexByClass(binding),
    exemptions,
    silence: forbids ? undefined : here.find((document) => document.default === 'permit')?.name,
  }
}

function indexByClass(rules: readonly BoundRule[]): ReadonlyMap<string, readonly BoundRule[]> {
  const byClass = new Map<string, BoundRule[]>()
  for (const rule of rules) {
    for (const name of rule.classes ?? []) byClass.set(name, [...(byClass.get(name) ?? []), rule])
  }
  return byClass
}

/** Names every umbrella, for all resources: no mask of a pack is left that could bind. */
function isClearance({ classes, verbs, resources, fields }: BoundRule): boolean {
  if (resources || fields || (verbs && !verbs.has('read'))) return false
  return classes !== undefined && coversAll(classes)
}

function fitsLabels(
  match: Readonly<Record<string, readonly string[]>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(match).every(
    ([key, values]) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? ''),
  )
}

/** None when the session's own facts switch the rule off for good. */
function bindRule(rule: CompiledRule, facts: SessionFacts): BoundRule[] {
  const conditions = [rule.if, rule.unless].filter((condition) => condition !== undefined)
  const constant = (condition: Condition): boolean =>
    [...condition.reads].every((fact) => fact === 'identity' || fact === 'session')
  const volatile = conditions.some((c) => c.readsEstimate || c.reads.has('now') || c.reads.has('claimed'))
  if (!conditions.every(constant)) {
    if (rule.if && constant(rule.if) && rule.if.evaluate(facts) === false) return []
    return [{ ...rule, when: 'ask', volatile }]
  }
  const when = combine(rule.if?.evaluate(facts), rule.unless?.evaluate(facts))
  return when === false ? [] : [{ ...rule, when, volatile }]
}

/** Whether a rule applies, given its `if` and `unless`; undefined where it has none. */
function combine(wanted: Truth | undefined, lifted: Truth | undefined): Truth {
  if (wanted === false) return false
  if (wanted === 'failed' || lifted === 'failed') return 'failed'
  if (lifted === true) return false
  return wanted === 'unknown' || lifted === 'unknown' ? 'unknown' : true
}

export function whether(rule: BoundRule, facts: Facts): Truth {
  if (rule.when !== 'ask') return rule.when
  return combine(rule.if?.evaluate(facts), rule.unless?.evaluate(facts))
}
