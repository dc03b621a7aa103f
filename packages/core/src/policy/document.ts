/** Policy documents as they are once checked: plain data with the places they came from. */
import type { Verb } from '../action.js'
import type { PolicyCase, Rule } from './document-schema.js'
import type { Place } from './fault.js'

export interface PolicyDocument {
  readonly kind: 'Policy'
  readonly place: Place
  readonly name: string
  /** Comes with Gatehouse: its permits reach system resources (R8), and it has no default. */
  readonly pack: boolean
  readonly match: Readonly<Record<string, readonly string[]>>
  readonly default?: 'permit' | 'forbid'
  readonly rules: readonly PlacedRule[]
}

export type PlacedRule = Rule & { readonly place: Place }

export interface ClassesDocument {
  readonly kind: 'Classes'
  readonly place: Place
  readonly fields: readonly {
    readonly pattern: string
    /** Empty: reviewed, not sensitive. */
    readonly classes: readonly string[]
    readonly place: Place
  }[]
}

export interface FunctionsDocument {
  readonly kind: 'Functions'
  readonly place: Place
  readonly functions: readonly {
    readonly name: string
    readonly body: string
    readonly verbs: readonly Verb[]
    readonly clean: boolean
    readonly place: Place
  }[]
}

export interface TestDocument {
  readonly kind: 'PolicyTest'
  readonly place: Place
  readonly catalog?: string
  /** The default database of its statements, where the catalog holds several. */
  readonly database?: string
  readonly policies: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** RFC 3339; what `now` is in its cases. */
  readonly now?: string
  readonly cases: readonly (PolicyCase & { readonly place: Place })[]
}

export type Document = PolicyDocument | ClassesDocument | FunctionsDocument | TestDocument
