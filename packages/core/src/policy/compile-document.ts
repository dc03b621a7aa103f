/** One document's rules, with patterns and conditions made ready. */
import type { Verb } from '../action.js'
import { GatehouseError } from '../errors.js'
import { type Condition, readCondition } from './condition.js'
import type { PlacedRule, PolicyDocument } from './document.js'
import { type FieldPattern, parseFieldPattern } from './field-pattern.js'
import { type NamePattern, parsePattern } from './name-pattern.js'
import { fieldSet, type PatternSet, resourceSet } from './pattern-set.js'

export interface CompiledRule {
  /** `policy/rule`, as records, refusals and `explain` name it. */
  readonly id: string
  readonly rule: PlacedRule
  /** Its permits reach system resources (R8). */
  readonly pack: boolean
  /** A mask that a permit by classes lifts (docs/adr/0002). */
  readonly exemptable: boolean
  readonly verbs?: ReadonlySet<Verb>
  readonly resources?: PatternSet<NamePattern>
  readonly fields?: PatternSet<FieldPattern>
  readonly classes?: ReadonlySet<string>
  /** Of a mask: pairs of fields that may be joined. */
  readonly joinable?: readonly (readonly [FieldPattern, FieldPattern])[]
  readonly if?: Condition
  readonly unless?: Condition
}

export interface CompiledDocument {
  readonly name: string
  readonly match: Readonly<Record<string, readonly string[]>>
  readonly default?: 'permit' | 'forbid'
  readonly rules: readonly CompiledRule[]
}

export function compileDocument(document: PolicyDocument): CompiledDocument {
  return {
    name: document.name,
    match: document.match,
    ...(document.default === undefined || document.pack ? {} : { default: document.default }),
    rules: document.rules.map((rule) => compileRule(document, rule)),
  }
}

function compileRule(document: PolicyDocument, rule: PlacedRule): CompiledRule {
  const id = `${document.name}/${rule.name}`
  const exemptable = document.pack && document.name !== 'gatehouse'
  return {
    id,
    rule,
    pack: document.pack,
    exemptable,
    ...(rule.verbs && { verbs: new Set(rule.verbs) }),
    ...(rule.resources && {
      resources: resourceSet(rule.resources.map((text) => sure(parsePattern(text), id, text))),
    }),
    ...(rule.fields && {
      fields: fieldSet(rule.fields.map((text) => sure(parseFieldPattern(text), id, text))),
    }),
    ...(rule.classes && { classes: new Set(rule.classes) }),
    ...(rule.effect === 'mask' &&
      rule.joinable && { joinable: rule.joinable.map((pair) => pairOf(pair, id)) }),
    ...(rule.if !== undefined && { if: compileCondition(rule.if, id) }),
    ...(rule.unless !== undefined && { unless: compileCondition(rule.unless, id) }),
  }
}

function compileCondition(text: string, rule: string): Condition {
  const reading = readCondition(text)
  if ('condition' in reading) return reading.condition
  throw new GatehouseError('GH_POLICY', `rule \`${rule}\`: ${reading.fault.message}`)
}

function pairOf([one, other]: readonly [string, string], id: string): readonly [FieldPattern, FieldPattern] {
  return [sure(parseFieldPattern(one), id, one), sure(parseFieldPattern(other), id, other)]
}

function sure<T>(pattern: T | undefined, rule: string, text: string): T {
  if (pattern !== undefined) return pattern
  throw new GatehouseError('GH_POLICY', `rule \`${rule}\`: \`${text}\` is not a pattern`)
}
