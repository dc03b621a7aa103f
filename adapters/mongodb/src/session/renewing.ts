/** A session whose token has run out: every command is told 391 until its driver has brought another of the same person (auth spec, Reauthentication). */
import type { Reading, Renewal } from '@gatehouse/adapter-kit'
import { writeReply } from '../greeting/dialogue.js'
import { MOST_TOKENS } from '../greeting/greeting.js'
import { OIDC } from '../greeting/hello.js'
import { type Answer, AUTHENTICATION_FAILED, createSignIn, okDocument } from '../greeting/sign-in.js'
import { failureDocument } from '../refusing.js'
import type { Arrived } from './arriving.js'

export interface Renewing {
  /** True once the client has proven itself again: the session goes on. */
  readonly over: boolean
  /** saslStart or saslContinue; a frame that has waited is read again and finds its answer. */
  signIn(arrived: Arrived): Reading
}

export const REAUTHENTICATE = { code: 391, codeName: 'ReauthenticationRequired' }

export function createRenewing(renewal: Renewal): Renewing {
  let answered: Answer | undefined
  let strikes = 0
  let over = false
  const dialogue = createSignIn(
    () => renewal.hall(),
    () => [OIDC],
  )

  const listen = async ({ command }: Arrived): Promise<void> => {
    const { name, body, database } = command
    const answer =
      name === 'saslStart' ? await dialogue.start(body, database, false) : await dialogue.proceed(body)
    if (answer.kind === 'refused')
      await renewal.hall().denied(answer.login, answer.database, answer.reason, 'GH_SIGN_IN')
    answered = answer
  }

  return {
    get over() {
      return over
    },
    signIn(arrived) {
      if (answered === undefined) return { kind: 'wait', ready: listen(arrived) }
      const answer = answered
      answered = undefined
      const say = (document: Uint8Array): Reading => {
        const client = arrived.silent ? {} : { client: writeReply(arrived.requestId, document) }
        return { kind: 'settle', forwarding: { upstream: undefined, ...client } }
      }
      switch (answer.kind) {
        case 'more':
          return say(okDocument(answer.fields))
        case 'failed':
          return say(failureDocument(answer.failure))
        case 'refused': {
          strikes += 1
          const document = failureDocument(AUTHENTICATION_FAILED)
          if (answer.again && strikes < MOST_TOKENS) return say(document)
          return { kind: 'fatal', bytes: writeReply(arrived.requestId, document) }
        }
        case 'proven':
          over = true
          renewal.renewed(answer.identity)
          return say(okDocument(answer.fields))
      }
    },
  }
}
