/** Every pattern that documents write and that should reach something, so that `check` can say which reach nothing (R6). */
import type { Document } from './document.js'
import type { Place } from './fault.js'
import { type FieldPattern, parseFieldPattern } from './field-pattern.js'
import { type NamePattern, parsePattern } from './name-pattern.js'

export interface Placed<P> {
  readonly pattern: P
  readonly place: Place
  /** `policy/rule`, or `Classes`. */
  readonly owner: string
}

export function fieldPatternsIn(documents: readonly Document[]): Placed<FieldPattern>[] {
  const found: Placed<FieldPattern>[] = []
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

/** Of rules that restrict: a permit that reaches nothing permits nothing, and harms nobody. */
export function restrictedResourcesIn(documents: readonly Document[]): Placed<NamePattern>[] {
  const found: Placed<NamePattern>[] = []
  for (const document of documents) {
    if (document.kind !== 'Policy' || document.pack) continue
    for (const rule of document.rules) {
      if (rule.effect === 'permit') continue
      for (const text of rule.resources ?? []) {
        const pattern = parsePattern(text)
        if (pattern) found.push({ pattern, place: rule.place, owner: `${document.name}/${rule.name}` })
      }
    }
  }
  return found
}
