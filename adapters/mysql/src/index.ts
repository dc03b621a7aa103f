/** The MySQL and MariaDB adapter, assembled. */
import {
  type CancelKey,
  createSharedDefinitions,
  type Greeting,
  type Guest,
  type Hall,
  type OpenAdapter,
  type ProtocolAdapter,
  type Site,
  type Wire,
} from '@gatehouse/adapter-kit'
import { createMaskKey } from '@gatehouse/masking'
import { explainStatement } from './catalog/explain.js'
import { openServer, type Server } from './catalog/server.js'
import { greetAgain } from './greeting/change-user.js'
import { type Arrival, greet } from './greeting/greeting.js'
import { createGuest } from './guest.js'
import type { House } from './house.js'
import { manifest } from './manifest.js'
import { createRegistry } from './session/siblings.js'

export * from './catalog/index.js'
export { manifest } from './manifest.js'

export const mysql: ProtocolAdapter = {
  manifest,
  open: async (site: Site): Promise<OpenAdapter> => openOver(site, await openServer(site)),
}

/** The adapter over a server that is open already. */
export function openOver(site: Site, server: Server): OpenAdapter {
  const key = site.maskingKey === undefined ? undefined : createMaskKey(site.maskingKey)
  const shared = createSharedDefinitions(site.siblings)
  shared.add(site.listener, server)
  const house: House = { site, server, key, registry: createRegistry(site.stopElsewhere) }
  return {
    manifest,
    greet: (client, hall) => receive(client, hall, house),
    get current() {
      return server.current
    },
    revise: (knowledge) => server.revise(knowledge),
    stop: house.registry.stop,
    answer: shared.answer,
    explain: (text, account, database) =>
      explainStatement(server.reader, server.catalog(), text, { account, database }),
    catalog: async () => server.catalog(),
    close: () => server.close(),
  }
}

async function receive(client: Wire, hall: Hall, house: House): Promise<Greeting> {
  let own: CancelKey = { processId: 0, key: new Uint8Array(0) }
  const cancelKey = () => {
    own = hall.cancelKey()
    return own
  }
  const arrival = await greet(client, { ...hall, cancelKey }, house)
  const cancel = () => void hall.cancel(own.processId, own.key).catch(() => {})
  return outcome(arrival, house, cancel)
}

/** A change of user is greeted as whoever it was before. */
function outcome(arrival: Arrival | undefined, house: House, cancel: () => void): Greeting {
  if (arrival === undefined) return { kind: 'settled' }
  const again: Guest['again'] = async (client, hall, packet) =>
    outcome(await greetAgain(client, hall, house, arrival, packet), house, cancel)
  return { kind: 'guest', guest: { ...createGuest(arrival, house, cancel), again } }
}
