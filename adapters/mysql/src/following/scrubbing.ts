/** What a masked viewer may read of the server's own words (R20). */
import { errPayload, readErr } from '../messages/index.js'
import type { Run } from '../session/memory.js'

export function scrubbedErr(content: Uint8Array, run: Run | undefined): Uint8Array {
  const { code, state } = readErr(content)
  const what = run?.statement.command ?? 'the command'
  return errPayload(code, `${what} failed; its message may quote data that is masked here`, state)
}
