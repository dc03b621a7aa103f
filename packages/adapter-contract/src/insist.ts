/** How a clause says that it is broken. */

/** A clause's sentence, broken; the message says by what. */
export class BrokenClause extends Error {
  override readonly name = 'BrokenClause'
}

export function insist(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new BrokenClause(otherwise)
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const is = JSON.stringify(actual)
  const wanted = JSON.stringify(expected)
  if (is === wanted) return
  const at = Math.max(0, firstDifference(is ?? '', wanted ?? '') - LEAD)
  throw new BrokenClause(`${what}: expected ${cut(wanted, at)}, got ${cut(is, at)}`)
}

/** Characters shown before the first difference, and in all. */
const LEAD = 60
const SHOWN = 400

function firstDifference(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

const cut = (text: string | undefined, from: number) =>
  text === undefined ? 'nothing' : `${from === 0 ? '' : '…'}${text.slice(from, from + SHOWN)}`

/** Rejects when it takes longer: a clause that hangs is broken. */
export function within<Value>(milliseconds: number, work: Promise<Value>, what: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new BrokenClause(`${what}: nothing came within ${milliseconds} ms`)),
      milliseconds,
    )
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Looks again with every turn of the loop. */
export async function until(milliseconds: number, holds: () => boolean, what: string): Promise<void> {
  const started = performance.now()
  while (!holds()) {
    if (performance.now() - started > milliseconds)
      throw new BrokenClause(`${what}: did not come about within ${milliseconds} ms`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
