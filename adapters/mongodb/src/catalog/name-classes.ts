/** What a key of a document is data of, by its own form: maps have e-mail addresses, cards, numbers of accounts for their keys. */
import { detectClasses } from '@gatehouse/masking'

/** Names that are addresses in letters of any script, and what is left of one where a server has cut the key at its dots. */
const ADDRESS = /^[^\s@]{1,256}@[^\s@]{1,256}$/

/** Without umbrellas; empty: the name tells nothing. */
export function nameClasses(name: string): readonly string[] {
  const found = detectClasses(name)
  return ADDRESS.test(name) && !found.includes('email') ? [...found, 'email'] : found
}
