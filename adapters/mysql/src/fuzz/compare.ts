/** What a client heard beside what it should have heard. */

/** Refusals have the number that goes with them: which, other tests say. */
const isError = (told: string | undefined) => told?.startsWith('ERR:') === true
/** A limit. */
export const PASSED = 'ERR:1644'

/** Three columns have warnings alone: behind a refusal they are the gateway's own. */
const WARNINGS = /^RS:3:[\s\S]*(?=:)/
const plain = (told: string | undefined) => told?.replace(WARNINGS, 'RS:3')

function alike(expected: string | undefined, actual: string | undefined): boolean {
  return plain(expected) === plain(actual) || (isError(expected) && isError(actual))
}

export function compare(expected: readonly string[], actual: readonly string[], wrong: string[]): void {
  const length = Math.max(expected.length, actual.length)
  for (let at = 0; at < length; at += 1) {
    if (alike(expected[at], actual[at])) continue
    wrong.push(`answer ${at}: expected ${expected[at]}, got ${actual[at]}`)
    return
  }
}

/** What was answered before the end, and its reason. */
export function compareStart(expected: readonly string[], actual: readonly string[], wrong: string[]): void {
  const at = actual.findIndex((each, index) => index < expected.length && !alike(expected[index], each))
  if (at < 0) return
  if (at !== actual.length - 1 || !/^(?:ERR|FATAL)/.test(actual[at] ?? ''))
    wrong.push(`answer ${at}: expected ${expected[at]}, got ${actual[at]}`)
}

/** What a limit cuts short is answered as the server answers it up to the limit, and again at the end. */
export function compareCounted(
  expected: readonly string[],
  actual: readonly string[],
  ending: number,
  wrong: string[],
): void {
  const at = actual.indexOf(PASSED)
  if (at < 0) compare(expected, actual, wrong)
  else {
    // The rows before it are fewer than the server has.
    compare(expected.slice(0, at - 1), actual.slice(0, at - 1), wrong)
    compare(expected.slice(-ending), actual.slice(-ending), wrong)
  }
}
