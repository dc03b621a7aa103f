/** The MongoDB adapter, assembled. */
import type { Greeting, OpenAdapter, ProtocolAdapter, Site } from '@gatehouse/adapter-kit'
import { createMaskKey } from '@gatehouse/masking'
import { openServer } from './catalog/index.js'
import { createVisit, secure, type Taken, type Visit } from './greeting/greeting.js'
import { createGuest } from './guest.js'
import type { House, Server } from './house.js'
import { manifest } from './manifest.js'
import type { Reader } from './reading/read-command.js'
import { createReader } from './reading/reader.js'
import { createCursors } from './session/cursors.js'
import { explainCommand } from './session/explain.js'
import { SESSION_ID } from './session/lsid.js'
import { createRefusedTransactions } from './session/transactions.js'

export * from './catalog/index.js'
export { manifest } from './manifest.js'
export { createReader } from './reading/reader.js'
export { explainCommand } from './session/explain.js'
export { type ShellCommand, shellCommand } from './shell/shell-text.js'

export const mongodb: ProtocolAdapter = {
  manifest,
  async open(site: Site): Promise<OpenAdapter> {
    const server = await openServer(site)
    return openOver(site, {
      server,
      reader: createReader(),
      revise: (knowledge) => server.revise(knowledge),
      describe: () => server.describe(),
      close: () => server.close(),
    })
  },
}

/** What a server that is open already lets the adapter do. */
export interface Opened {
  readonly server: Server
  readonly reader: Reader
  readonly revise: OpenAdapter['revise']
  /** The catalog as plain data. */
  readonly describe: () => unknown
  readonly close: OpenAdapter['close']
}

/** The adapter over a server that is open already. */
export function openOver(site: Site, { server, reader, revise, describe, close }: Opened): OpenAdapter {
  const house = createHouse(site, server, reader)
  return {
    manifest,
    async greet(client, hall) {
      if (!(await secure(client, hall))) return { kind: 'settled' }
      const visit = createVisit(house)
      return greetingOf(await visit.take(client, hall), visit, house)
    },
    get current() {
      return server.current
    },
    revise,
    explain: async (text, _account, database) => explainCommand(reader, server.catalog(), text, database),
    catalog: async () => describe(),
    close,
  }
}

function greetingOf(taken: Taken, visit: Visit, house: House): Greeting {
  if (taken.kind === 'settled') return taken
  if (taken.kind === 'arrived') return { kind: 'guest', guest: createGuest(taken.arrival, house) }
  return {
    kind: 'stays',
    goOn: async (client, hall) => greetingOf(await visit.take(client, hall), visit, house),
  }
}

function createHouse(site: Site, server: Server, reader: Reader): House {
  // One fleet's gateways give a client the same session upstream: a retry through another is the same write.
  const sessions = createMaskKey(site.maskingKey ?? site.random(32)).forField('mongodb sessions')
  let connections = 0
  let refreshing: Promise<void> | undefined
  return {
    site,
    server,
    reader,
    maskKey: site.maskingKey === undefined ? undefined : createMaskKey(site.maskingKey),
    sessionId: (person, id) =>
      sessions.digest(Buffer.concat([Buffer.from(person), Uint8Array.of(0), id])).subarray(0, SESSION_ID),
    serviceId: site.random(12),
    nextConnectionId() {
      connections = (connections + 1) & 0x7fff_ffff
      return connections
    },
    cursors: createCursors(site.random),
    refusedTransactions: createRefusedTransactions(),
    get refreshing() {
      return refreshing
    },
    refresh(changed) {
      // Names stay unknown, and are judged when met, until a later reading succeeds.
      const reading: Promise<void> = server
        .refresh(changed)
        .catch(() => {})
        .then(() => {
          if (refreshing === reading) refreshing = undefined
        })
      refreshing = reading
    },
  }
}
