/** What all processes of a gateway must know of: told to each of the others as it happens (docs/adr/0017). */
import type { Siblings } from '@gatehouse/adapter-kit'
import type { Named } from '../catalog/catalog-watch.js'
import type { Transaction } from './transactions.js'

export type News =
  | { readonly kind: 'refused'; readonly transaction: Transaction }
  | { readonly kind: 'defined'; readonly changed: readonly Named[] }

/** Who is gone hears nothing: its successor begins with a catalog of its own, and asks the server what has become of a transaction. */
export function spread(siblings: Siblings | undefined, news: News): void {
  if (siblings === undefined) return
  for (let to = 1; to <= siblings.of; to++) if (to !== siblings.number) siblings.ask(to, news).catch(() => {})
}
