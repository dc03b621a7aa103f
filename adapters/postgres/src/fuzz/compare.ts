/** What a client heard beside what it should have heard. */

/** Names that this session never heard of are refused by the gateway itself, and what is forbidden before what has failed. */
const OWN = /^E:ERROR:(?:42\w{3}|26000|34000)$/

/**
 * A FETCH of what is gone the gateway refuses when it knows, and lets the server say otherwise: in a failed block that says so
 * of any statement. (That no forbidden text goes upstream is judged where it would arrive.)
 */
const REFUSED = 'E:ERROR:42501'
const ABORTED = 'E:ERROR:25P02'

/** A limit. */
export const PASSED = 'E:ERROR:XG004'

function alike(expected: string | undefined, actual: string | undefined): boolean {
  if (expected === actual || (expected === REFUSED && actual === ABORTED)) return true
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

/**
 * Under a limit a Query takes the form of extended messages and leaves the client's unnamed portal alone; so does the server's
 * own of a Query that fails before it is planned (exec_simple_query), where the model takes it for gone. Whether it is gone
 * (34000) or stands in a failed block (25P02, or described: NoData) is known to the server alone, and nothing runs either way;
 * run again, it is done (55000). In that form what EXECUTE gives is described before it is planned, and may fail.
 */
const isDoubtful = (expected: string | undefined, actual: string | undefined): boolean =>
  (expected === 'E:ERROR:34000' && [ABORTED, 'n', 'E:ERROR:55000'].some((each) => each === actual)) ||
  (expected === 'E:ERROR:22012' && actual?.startsWith('T:') === true)

/** What a limit cuts short is answered as the server answers it up to the limit, and again at the end. */
export function compareCounted(
  expected: readonly string[],
  actual: readonly string[],
  ending: number,
  wrong: string[],
): void {
  const at = expected.findIndex((each, index) => !alike(each, actual[index]))
  if (at < 0) {
    if (actual.length > expected.length) compare(expected.slice(-1), actual.slice(expected.length - 1), wrong)
    return
  }
  if (actual[at] !== PASSED && !isDoubtful(expected[at], actual[at]))
    wrong.push(`answer ${at}: expected ${expected[at]} or a limit, got ${actual[at]}`)
  if (ending > 0) compare(expected.slice(-ending), actual.slice(-ending), wrong)
}
