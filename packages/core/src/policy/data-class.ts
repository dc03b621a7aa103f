/** What policy knows of classes of data: which are umbrellas over others, and which can be guessed. */

/** Added to every classified field beside its own class. */
const UMBRELLAS: ReadonlySet<string> = new Set(['pii', 'secret', 'financial', 'health'])

/** Few possible values: a lookup finds them by trying (R17). */
const GUESSABLE: ReadonlySet<string> = new Set([
  'birth-date',
  'salary',
  'pin',
  'postcode',
  'national-id',
  'gender',
  'health',
])

/** Cleared for every umbrella is cleared for everything. */
export function coversAll(listed: ReadonlySet<string>): boolean {
  for (const name of UMBRELLAS) if (!listed.has(name)) return false
  return true
}

export function isGuessable(classes: readonly string[]): boolean {
  return classes.some((name) => GUESSABLE.has(name))
}

/**
 * Whether a permit that names `listed` classes covers a field of `classes`: all of its umbrellas are listed, or all of
 * its own classes are. A field without classes is covered by none.
 */
export function coversClasses(listed: ReadonlySet<string>, classes: readonly string[]): boolean {
  const umbrellas = classes.filter((name) => UMBRELLAS.has(name))
  const own = classes.filter((name) => !UMBRELLAS.has(name))
  const all = (some: readonly string[]): boolean => some.length > 0 && some.every((name) => listed.has(name))
  return all(umbrellas) || all(own)
}
