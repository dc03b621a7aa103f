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
  if (is !== wanted) throw new BrokenClause(`${what}: expected ${cut(wanted)}, got ${cut(is)}`)
}

const cut = (text: string | undefined) => (text === undefined ? 'nothing' : text.slice(0, 400))

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
