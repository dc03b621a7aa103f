/** What reading a text anew came to, whichever dialect it is of. */

export interface Analysed<Plan> {
  readonly plan: Plan
  /** No constant mattered and the text is one query: any text of its shape has this plan. */
  readonly shareable: boolean
  /** Names that the catalog does not hold: it may be out of date. */
  readonly unknownNames: readonly string[]
}
