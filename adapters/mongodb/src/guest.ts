/** A proven client on its way into a session: which account, which upstream, and the conversation there. */
import { accountFor, type Guest, identityStamp } from '@gatehouse/adapter-kit'
import type { Arrival } from './greeting/arrival.js'
import type { House } from './house.js'
import { createCancellation } from './login/cancelling.js'
import { logIn, type UpstreamLogin } from './login/login.js'
import { createConversation } from './session/conversation.js'
import { remembering } from './session/lsid.js'

/** Bytes of an application's name in client metadata. */
const LONGEST_STAMP = 128

export function createGuest(arrival: Arrival, house: House): Guest {
  const { site, server } = house
  const { identity } = arrival
  const account = accountFor(site.upstream, identity)
  const target = server.target()
  const person = JSON.stringify([identity.issuer, identity.subject, identity.agent ?? null])
  return {
    login: arrival.login,
    database: arrival.database,
    identity,
    application: arrival.metadata?.application,
    account: account.user,
    upstream: target,
    turnAway: arrival.turnAway,
    async enter(upstream, gate) {
      const { tls, ca } = site.upstream
      const stamp = identityStamp(identity, arrival.metadata?.application, LONGEST_STAMP)
      const login: UpstreamLogin = {
        user: account.user,
        password: account.password,
        host: target.host,
        tls,
        ...(ca === undefined ? {} : { ca }),
        stamp,
        version: site.version,
        random: site.random,
      }
      const { requestId } = await logIn(upstream, login)
      return createConversation({
        gate,
        house,
        arrival,
        requestId,
        limits: site.limits,
        stamp,
        sessionId: remembering((id) => house.sessionId(person, id)),
        cancellation: (running) => createCancellation(login, running),
      })
    },
  }
}
