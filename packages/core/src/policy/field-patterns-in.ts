/** Every field pattern that documents write, so that `check` can say which of them match nothing (R6). */
import type { Document } from './document.js'
import type { Place } from './fault.js'
import { type FieldPattern, parseFieldPattern } from './field-pattern.js'

export interface PlacedFieldPattern {
  readonly pattern: FieldPattern
  readonly place: Place
  /** `policy/rule`, or `Classes`. */
  readonly owner: string
}

export function fieldPatternsIn(documents: readonly Document[]): PlacedFieldPattern[] {
  const found: PlacedFieldPattern[] = []
  const add = (text: string, place: Place, owner: string): void => {
    const pattern = parseFieldPattern(text)
    if (pattern) found.push({ pattern, place, owner })
  }
  for (const document of documents) {
    if (document.kind === 'Classes') {
      for (const { pattern, place } of document.fields) add(pattern, place, 'Classes')
    }
    if (document.kind !== 'Policy') continue
    for (const rule of document.rules) {
      const joinable = rule.effect === 'mask' ? (rule.joinable ?? []).flat() : []
      for (const text of [...(rule.fields ?? []), ...joinable])
        add(text, rule.place, `${document.name}/${rule.name}`)
    }
  }
  return found
}
