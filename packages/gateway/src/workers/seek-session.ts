/** Which worker has a session that a client names by a number: asked one after another, so that no two ever stop one each. */
import { workerOf } from '../cancel-keys.js'
import type { Link } from './link.js'
import type { PrimarySide, StopCall } from './messages.js'

interface Asked {
  readonly number: number
  readonly link: Pick<Link<PrimarySide>, 'ask'>
}

/** Milliseconds; a worker answers from memory. */
const ANSWER = 2_000

/** The number of a greeting names its worker; that of an upstream names none. A worker that does not answer has none. */
export async function seekSession(
  workers: readonly Asked[],
  { from, ...call }: StopCall & { readonly from: number },
): Promise<boolean> {
  const named = workerOf(call.request.id)
  const others = workers.filter(({ number }) => number !== from)
  const inTurn = [
    ...others.filter(({ number }) => number === named),
    ...others.filter(({ number }) => number !== named),
  ]
  for (const { link } of inTurn)
    if (await link.ask('stop-session', call, ANSWER).catch(() => false)) return true
  return false
}
