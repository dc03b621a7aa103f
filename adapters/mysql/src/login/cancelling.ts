/** Stopping what runs on a connection: KILL QUERY over a fresh one of the same account (mysql-wire §3.7). */
import type { Cancellation } from '@gatehouse/adapter-kit'
import { createDialogue } from '../messages/index.js'
import { command } from './asking.js'
import { logIn, type UpstreamLogin } from './login.js'

const CEILING = 64 * 1024
/** ER_NO_SUCH_THREAD: it has ended by itself, and nothing of it runs. */
const NO_SUCH_THREAD = 1094

/** `threadId`: the upstream's. */
export function createCancellation(login: UpstreamLogin, threadId: number): Cancellation {
  return {
    async speak(upstream) {
      await logIn(upstream, login)
      await command(createDialogue(upstream, CEILING), `KILL QUERY ${threadId}`, NO_SUCH_THREAD)
    },
  }
}
