/** Says which classes of data a column holds, by its name, its type and its neighbours (R22). */
import { readCommentTags } from './comment-tags.js'
import { withUmbrellas } from './data-class.js'
import type { NamingRule } from './naming-rule.js'
import { PERSON_RULES } from './naming-rules-person.js'
import { PLACE_RULES } from './naming-rules-place.js'
import { SECRET_RULES } from './naming-rules-secret.js'
import {
  FLAG_WORDS,
  NEUTRAL_WORDS,
  ORGANISATION_WORDS,
  PEOPLE_WORDS,
  PERSON_KEYS,
  SYSTEM_SCHEMAS,
} from './naming-words.js'
import { type TypeFamily, typeFamily } from './type-family.js'
import { singular, splitWords } from './words.js'

export const NAMING_RULES: readonly NamingRule[] = [...SECRET_RULES, ...PERSON_RULES, ...PLACE_RULES]

export interface ColumnToClassify {
  readonly name: string
  /** The declared type as the catalog spells it; empty when it is not known. */
  readonly type: string
  readonly comment?: string
}

export interface RelationToClassify {
  readonly app?: string
  readonly schema: string
  readonly relation: string
  readonly columns: readonly ColumnToClassify[]
}

export interface Classification {
  readonly column: string
  /** Empty when nothing is known against it. */
  readonly classes: readonly string[]
  /** What said so: a naming rule, `comment`, or `Classes <pattern>`; empty when nothing did. */
  readonly rule: string
  /** 0 … 1. */
  readonly confidence: number
}

interface Match {
  readonly rule: NamingRule
  readonly start: number
  readonly end: number
}

const LONGEST_PHRASE = 5
const phrases = new Map<string, NamingRule>()
const wholes = new Map<string, NamingRule>()
for (const rule of NAMING_RULES) {
  for (const phrase of rule.phrases) phrases.set(phrase.replaceAll(' ', ''), rule)
  for (const phrase of rule.whole ?? []) wholes.set(phrase.replaceAll(' ', ''), rule)
}

/** Every column with its classes, in the order given. System catalogs hold none. */
export function classifyRelation(relation: RelationToClassify): readonly Classification[] {
  const system = isSystem(relation)
  const named = relation.columns.map((column) =>
    system ? undefined : matchName(splitWords(column.name), typeFamily(column.type))?.rule,
  )
  const person = !isNamedAfter(ORGANISATION_WORDS, relation) && named.some(isAnchor)
  const beside = {
    person,
    people: person || isNamedAfter(PEOPLE_WORDS, relation),
    anyone: named.some(isAnchor) || relation.columns.some(isPersonKey),
  }
  return relation.columns.map((column, at) => {
    const rule = named[at]
    const stands = rule !== undefined && (rule.beside === undefined || beside[rule.beside])
    const tags = readCommentTags(column.comment ?? '')
    const classes = withUmbrellas([...(stands ? rule.gives : []), ...tags])
    const because = [...(stands ? [rule.name] : []), ...(tags.length > 0 ? ['comment'] : [])].join(', ')
    return {
      column: column.name,
      classes,
      rule: because,
      confidence: tags.length > 0 ? 1 : stands ? rule.confidence : 0,
    }
  })
}

/** Classes of a key inside a JSON or BSON value: its neighbours and its type are not known (R6). */
export function classifyKey(name: string): readonly string[] {
  const rule = matchName(splitWords(name), 'unknown')?.rule
  return rule === undefined || rule.beside !== undefined ? [] : withUmbrellas(rule.gives)
}

/**
 * The rule that a name means. The last word says what a column is (`email_template` is a template), so the match that
 * ends last wins, then the longest; what follows it must not change the meaning.
 */
function matchName(words: readonly string[], family: TypeFamily): Match | undefined {
  let best: Match | undefined
  for (let start = 0; start < words.length; start++) {
    for (let end = Math.min(words.length, start + LONGEST_PHRASE); end > start; end--) {
      const rule = ruleOf(words, start, end)
      if (rule === undefined) continue
      if (best === undefined || end > best.end || (end === best.end && end - start > best.end - best.start)) {
        best = { rule, start, end }
      }
    }
  }
  if (best === undefined || !best.rule.families.includes(family)) return undefined
  if (words.slice(0, best.start).some((word) => FLAG_WORDS.has(word))) return undefined
  if (!words.slice(best.end).every((word) => NEUTRAL_WORDS.has(word) || /^\d+$/.test(word))) return undefined
  const before = words[best.start - 1]
  return before !== undefined && best.rule.notAfter?.includes(before) ? undefined : best
}

function ruleOf(words: readonly string[], start: number, end: number): NamingRule | undefined {
  const last = words[end - 1] ?? ''
  const head = words.slice(start, end - 1).join('')
  const forms = [head + last, head + singular(last)]
  // `c_name`: a letter for the table, as older schemas have it.
  const opens = start === 0 || (start === 1 && words[0]?.length === 1)
  for (const form of forms) {
    const rule = phrases.get(form) ?? (opens ? wholes.get(form) : undefined)
    if (rule !== undefined) return rule
  }
  if (end - start > 1) return undefined
  return NAMING_RULES.find((rule) =>
    rule.endings?.some((ending) => forms.some((form) => form.endsWith(ending) && !NOT_COMPOUND.has(form))),
  )
}

/** Words that end like a phrase and mean something else. */
const NOT_COMPOUND = new Set(['caliban'])

function isAnchor(rule: NamingRule | undefined): boolean {
  return rule?.name === 'email' || rule?.name === 'phone' || rule?.name === 'birth-date'
}

function isPersonKey(column: ColumnToClassify): boolean {
  return PERSON_KEYS.has(splitWords(column.name).map(singular).join(' '))
}

function isNamedAfter(nouns: ReadonlySet<string>, relation: RelationToClassify): boolean {
  return splitWords(relation.relation).some((word) => nouns.has(word) || nouns.has(singular(word)))
}

function isSystem(relation: RelationToClassify): boolean {
  const first = relation.relation.split('.')[0] ?? ''
  const schema = relation.schema === '' && first !== relation.relation ? first : relation.schema
  return SYSTEM_SCHEMAS.has(schema.toLowerCase()) || /^pg_(toast|temp)/.test(schema)
}
