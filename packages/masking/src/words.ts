/** Splits a column's name into lower-case words without accents. */

/** Keys of documents can be as long as data; what a name says of its value stands at its end. */
export const LONGEST_NAME = 256

/**
 * `customer_emailAddress2` → customer, email, address, 2. Snake, kebab, camel and Pascal case, digits apart; accents
 * and ß are folded, so that `prénom` and `prenom` are one word.
 */
export function splitWords(name: string): readonly string[] {
  return name
    .slice(-LONGEST_NAME)
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .replace(/(\d)(\p{L})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
}

/** The word without an English plural ending; `address` stays, `addresses` and `emails` lose theirs. */
export function singular(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2)
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}
