/** The MongoDB adapter, assembled. */
import type { Greeting, OpenAdapter, ProtocolAdapter, Site } from '@gatehouse/adapter-kit'
import { createMaskKey } from '@gatehouse/masking'
import type { Named } from './catalog/catalog-watch.js'
import { openServer } from './catalog/index.js'
import { createVisit, secure, type Taken, type Visit } from './greeting/greeting.js'
import { createGuest } from './guest.js'
import type { House, Server } from './house.js'
import { manifest } from './manifest.js'
import type { Reader } from './reading/read-command.js'
import { createReader } from './reading/reader.js'
import { createCursors } from './session/cursors.js'
import { explainCommand } from './session/explain.js'
import { type CursorQuestion, createLending } from './session/lending.js'
import { SESSION_ID } from './session/lsid.js'
import { type News, spread } from './session/spreading.js'
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
    answer: (from, question) => house.answer(from, question as CursorQuestion | News),
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
  const key = site.maskingKey ?? site.secret ?? site.random(32)
  const sessions = createMaskKey(key).forField('mongodb sessions')
  const { siblings, random } = site
  const { number, of } = siblings ?? { number: 1, of: 1 }
  let connections = number - of
  let refreshing: Promise<void> | undefined
  const cursors = createCursors({
    random,
    siblings,
    closed: (id, person, kept) => lending?.closed(id, person, kept),
  })
  const lending =
    siblings && createLending(cursors, siblings, Buffer.from(site.random(16)).toString('base64'))
  const refusedTransactions = createRefusedTransactions((transaction) =>
    spread(siblings, { kind: 'refused', transaction }),
  )
  const reread = (changed: readonly Named[]) => {
    // Names stay unknown, and are judged when met, until a later reading succeeds.
    const reading: Promise<void> = server
      .refresh(changed)
      .catch(() => {})
      .then(() => {
        if (refreshing === reading) refreshing = undefined
      })
    refreshing = reading
  }
  return {
    site,
    server,
    reader,
    maskKey: site.maskingKey === undefined ? undefined : createMaskKey(site.maskingKey),
    sessionId: (person, id) =>
      sessions.digest(Buffer.concat([Buffer.from(person), Uint8Array.of(0), id])).subarray(0, SESSION_ID),
    serviceId: site.random(12),
    nextConnectionId() {
      connections = (connections + of) & 0x7fff_ffff
      return connections
    },
    cursors,
    lending,
    refusedTransactions,
    get refreshing() {
      return refreshing
    },
    refresh(changed) {
      spread(siblings, { kind: 'defined', changed })
      reread(changed)
    },
    answer(from, question) {
      switch (question.kind) {
        case 'refused':
          return refusedTransactions.heard(question.transaction)
        case 'defined':
          return reread(question.changed)
        default:
          return lending?.answer(from, question)
      }
    },
  }
}
