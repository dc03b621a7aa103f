/** What a client heard beside what it should have heard. */

/** Names that this session never heard of are refused by the gateway itself, and what is forbidden before what has failed. */
const OWN = /^E:ERROR:(?:42\w{3}|26000|34000)$/

/** A limit. */
export const PASSED = 'E:ERROR:XG004'

function alike(expected: string | undefined, actual: string | undefined): boolean {
  if (expected === actual) return true
  return expected !== undefined && actual !== undefined && expected.startsWith('E:ERROR') && OWN.test(actual)
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
  if (at !== actual.length - 1 || !/^E:FATAL/.test(actual[at] ?? ''))
    wrong.push(`answer ${at}: expected ${expected[at]}, got ${actual[at]}`)
}

/** What a limit cuts short is answered as the server answers it up to the limit, and again at the end. */
export function compareCounted(
  expected: readonly string[],
  actual: readonly string[],
  ending: number,
  wrong: string[],
): void {
  const at = expected.findIndex((each, index) => !alike(each, actual[index]))
  if (at < 0) {
    compare(expected, actual, wrong)
    return
  }
  if (actual[at] !== PASSED)
    wrong.push(`answer ${at}: expected ${expected[at]} or a limit, got ${actual[at]}`)
  if (ending > 0) compare(expected.slice(-ending), actual.slice(-ending), wrong)
}
