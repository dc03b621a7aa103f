/** WITH: queries by name. */
export interface CteFrame {
  readonly outer: CteFrame | undefined
}
