/** The Postgres adapter, assembled. */
import {
  accountFor,
  type Explanation,
  type Greeting,
  type Guest,
  type Hall,
  type OpenAdapter,
  type ProtocolAdapter,
  type Site,
  type Wire,
} from '@gatehouse/adapter-kit'
import { createMaskKey, type MaskKey } from '@gatehouse/masking'
import { type ReadingContext, splitSearchPath } from '@gatehouse/sql'
import type { Database } from './catalog/database.js'
import { type Databases, openDatabases } from './catalog/databases.js'
import { type Arrival, greet } from './greeting/greeting.js'
import { createCancellation } from './login/cancelling.js'
import { logIn, StartRefused, secureUpstream } from './login/login.js'
import { refusedSettings } from './login/refused-settings.js'
import { stamp } from './login/stamp.js'
import { manifest } from './manifest.js'
import { errorResponse } from './messages.js'
import { ceilingsOf, startCeilings } from './reading/ceilings.js'
import { farewellResponse, turnedResponse } from './refusing.js'
import { createConversation } from './session/conversation.js'

export type { Database } from './catalog/database.js'
export type { Databases } from './catalog/databases.js'
export * from './catalog/index.js'

/** Where names are looked for unless the client says otherwise; sent explicitly, so that both sides mean the same. */
const SEARCH_PATH = '"$user", public'

export const postgres: ProtocolAdapter = {
  manifest,
  open: async (site: Site): Promise<OpenAdapter> => openOver(site, await openDatabases(site)),
}

/** The adapter over databases that are open already. */
export function openOver(site: Site, databases: Databases): OpenAdapter {
  const key = site.maskingKey === undefined ? undefined : createMaskKey(site.maskingKey)
  return {
    manifest,
    greet: (client, hall) => receive(client, hall, { site, databases, key }),
    get current() {
      return databases.current
    },
    revise: (knowledge) => databases.revise(knowledge),
    answer: databases.answer,
    explain: (text, account, name) => explain(databases, text, account, name),
    catalog: async (name) => (await databases.get(name)).catalog(),
    close: () => databases.close(),
  }
}

interface House {
  readonly site: Site
  readonly databases: Databases
  readonly key: MaskKey | undefined
}

async function receive(client: Wire, hall: Hall, house: House): Promise<Greeting> {
  const ceilings = ceilingsOf(house.site.limits)
  const arrival = await greet(client, hall, ceilings)
  if (arrival === undefined) return { kind: 'settled' }
  const { database } = arrival.parameters
  if (!house.databases.serves(database)) {
    await hall.denied(arrival.parameters.user, database, 'database not served', 'GH_CONNECT')
    client.end(
      errorResponse({
        severity: 'FATAL',
        code: '3D000',
        message: `database "${database}" is not served here`,
      }),
    )
    return { kind: 'settled' }
  }
  try {
    const opened = await house.databases.get(database)
    return { kind: 'guest', guest: createGuest(arrival, hall, house, opened) }
  } catch (fault) {
    house.site.log.warn({ database, fault: String(fault) }, 'a database could not be opened')
    await hall.denied(arrival.parameters.user, database, 'database cannot be opened', 'GH_UPSTREAM')
    client.end(farewellResponse('GH_UPSTREAM', `database "${database}" cannot be opened`))
    return { kind: 'settled' }
  }
}

function createGuest(arrival: Arrival, hall: Hall, house: House, database: Database): Guest {
  const { site, key } = house
  const { parameters, identity } = arrival
  const ceilings = ceilingsOf(site.limits)
  const account = accountFor(site.upstream, identity)
  const target = database.target()
  const searchPath = arrival.settings.get('search_path') ?? SEARCH_PATH
  const context: ReadingContext = {
    searchPath: splitSearchPath(searchPath) ?? 'unknown',
    overlay: [],
    account: account.user,
    settled: true,
  }
  let refused: Uint8Array | undefined
  return {
    login: parameters.user,
    database: parameters.database,
    identity,
    application: parameters.application,
    account: account.user,
    upstream: target,
    turnAway: (turned) =>
      turned.code === 'GH_UPSTREAM' && refused !== undefined ? refused : turnedResponse(turned),
    async enter(upstream, gate) {
      await secureUpstream(upstream, site, target.host)
      const ready = await logIn(
        upstream,
        {
          user: account.user,
          password: account.password,
          database: parameters.database,
          applicationName: stamp(identity, parameters.application),
          settings: new Map([...startCeilings(ceilings), ...arrival.settings, ['search_path', searchPath]]),
        },
        site.random,
      ).catch((fault) => {
        if (fault instanceof StartRefused) refused = refusedSettings(fault.body, arrival.settings)
        throw fault
      })
      return createConversation({
        gate,
        database,
        context,
        limits: site.limits,
        ceilings,
        key,
        poisonName: `gatehouse_refused_${Buffer.from(site.random(12)).toString('hex')}`,
        parameters: ready.parameters,
        application: parameters.application,
        login: parameters.user,
        upstreamProcessId: ready.processId,
        own: hall.cancelKey(),
        cancellation: () => createCancellation(site, target.host, ready),
      })
    },
  }
}

async function explain(
  databases: Databases,
  text: string,
  account: string,
  name: string | undefined,
): Promise<Explanation> {
  const database = await databases.get(name)
  const context: ReadingContext = {
    searchPath: splitSearchPath(SEARCH_PATH) ?? 'unknown',
    overlay: [],
    account,
  }
  const plan = await database.reader.read(text, [], context)
  return plan.kind === 'read' ? plan : { kind: 'unreadable', why: plan.why }
}
