/** A proven client on its way into a session: which account, which upstream, and the conversation there. */
import { accountFor, type Guest } from '@gatehouse/adapter-kit'
import type { Arrival } from './greeting/greeting.js'
import type { House } from './house.js'
import { beginning, startCeilings } from './login/beginning.js'
import { createCancellation } from './login/cancelling.js'
import { logIn, type Ready, type UpstreamLogin } from './login/login.js'
import { COM, packets, payload } from './messages/index.js'
import { encodeText } from './reading/texts.js'
import { turnedPayload } from './refusing.js'
import { createConversation } from './session/conversation.js'

/** `cancel`: stops what this client runs. */
export function createGuest(arrival: Arrival, house: House, cancel: () => void): Guest {
  const { site, server, key, registry } = house
  const { identity } = arrival
  const account = accountFor(site.upstream, identity)
  const target = server.target()
  return {
    login: arrival.login,
    database: arrival.database ?? '',
    identity,
    application: arrival.application,
    account: account.user,
    upstream: target,
    turnAway: (turned) => packets(arrival.sequence, turnedPayload(turned)),
    async enter(upstream, gate) {
      const { tls, ca } = site.upstream
      const login: UpstreamLogin = {
        user: account.user,
        password: account.password,
        host: target.host,
        tls,
        ...(ca === undefined ? {} : { ca }),
        arrival,
        session: gate.session.id,
        limits: site.limits,
        files: gate.mayPermit('copy-in'),
      }
      const ready = await logIn(upstream, login)
      const talk = createConversation({
        gate,
        server,
        arrival,
        ready,
        account: account.user,
        limits: site.limits,
        ceilings: startCeilings(server.flavour, site.limits),
        key,
        cancellation: () => createCancellation(login, ready.threadId),
        afterReset: () => afterReset(house, ready),
        siblings: registry.siblingsOf(identity),
        leave: () => leave(),
      })
      const threadIds = [arrival.threadId, ready.threadId]
      const leave = registry.enter({ identity, threadIds, cancel, kill: () => talk.kill() })
      return talk
    },
  }
}

/** The session as it was when it began, whatever the server goes back to by itself. */
function afterReset({ server, site }: House, { settings, sqlMode, charset }: Ready): readonly Uint8Array[] {
  const collation = settings.get('collation_connection')
  const collate = collation === undefined ? '' : ` COLLATE ${collation}`
  const mode = sqlMode === 'unknown' ? '' : `, sql_mode = '${sqlMode.join()}'`
  return [beginning(server.flavour, site.limits), `SET NAMES ${charset}${collate}${mode}`].map((text) =>
    payload([COM.QUERY], encodeText(text, charset)),
  )
}
