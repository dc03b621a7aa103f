/** Stopping what runs on a connection: KILL QUERY over a fresh one of the same account (mysql-wire §3.7). */
import type { Cancellation } from '@gatehouse/adapter-kit'
import { createDialogue } from '../messages/index.js'
import { command } from './asking.js'
import { logIn, type UpstreamLogin } from './login.js'

const CEILING = 64 * 1024

/** `threadId`: the upstream's. Rejects with `GH_WIRE` when there is no such connection any more. */
export function createCancellation(login: UpstreamLogin, threadId: number): Cancellation {
  return {
    async speak(upstream) {
      await logIn(upstream, login)
      await command(createDialogue(upstream, CEILING), `KILL QUERY ${threadId}`)
    },
  }
}
