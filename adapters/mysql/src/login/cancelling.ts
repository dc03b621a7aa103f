/** Stopping what runs on a connection: KILL QUERY over a fresh one of the same account (mysql-wire §3.7). */
import type { Cancellation } from '@gatehouse/adapter-kit'
import { command } from './asking.js'
import { signIn, type UpstreamLogin } from './login.js'

/** ER_NO_SUCH_THREAD: it has ended by itself, and nothing of it runs. */
const NO_SUCH_THREAD = 1094

/** `threadId`: the upstream's. */
export function createCancellation(login: UpstreamLogin, threadId: number): Cancellation {
  return {
    async speak(upstream) {
      // None of a session's settings concerns it, nor does its database.
      const arrival = { ...login.arrival, database: undefined }
      const signedIn = await signIn(upstream, { ...login, arrival, files: false })
      await command(signedIn.upstream, `KILL QUERY ${threadId}`, NO_SUCH_THREAD)
    },
  }
}
