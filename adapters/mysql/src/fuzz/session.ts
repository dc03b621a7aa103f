/** One session with everything that could take time in the player's hand. */
import { type Door, openDoor } from '@gatehouse/adapter-contract'
import type { MysqlReader } from '@gatehouse/sql'
import type { Arrival } from '../greeting/arrival.js'
import type { Ready } from '../login/login.js'
import { manifest } from '../manifest.js'
import { COM, packets, payload, STATUS } from '../messages/index.js'
import { farewellPayload } from '../refusing.js'
import { createConversation } from '../session/conversation.js'
import { capabilitiesOf, type Layout } from './layout.js'
import { CONTEXT, type Counted, identityOf, type World } from './world.js'

export interface FuzzSession extends Door {
  /** Texts that are being read: each call lets the oldest be read. */
  readonly readings: (() => Promise<void>)[]
  /** Cancel requests under way. */
  readonly cancels: (() => void)[]
}

export interface SessionParts {
  readonly masked: boolean
  readonly counted: Counted | undefined
  readonly layout: Layout
  /** Whether a text that is at hand is read as if it were not. */
  readonly slowly: () => boolean
}

/** What the gateway sets again behind COM_RESET_CONNECTION. */
export const AFTER_RESET = 'SET NAMES utf8mb4'
/** Number of the packet that ends the sign-in. */
export const WELCOME = 2

const READY: Omit<Ready, 'capabilities' | 'extended'> = {
  threadId: 7,
  status: STATUS.AUTOCOMMIT,
  salt: new Uint8Array(20),
  sqlMode: CONTEXT.sqlMode,
  charset: CONTEXT.charset,
  database: CONTEXT.database,
  settings: new Map(),
}

export async function openSession(world: World, parts: SessionParts): Promise<FuzzSession> {
  const readings: (() => Promise<void>)[] = []
  const cancels: (() => void)[] = []
  const reader: MysqlReader = {
    ...world.reader,
    read(text, context, multiple) {
      const reading = world.reader.read(text, context, multiple)
      if (!(reading instanceof Promise) && !parts.slowly()) return reading
      return new Promise((resolve) => readings.push(async () => resolve(await reading)))
    },
  }
  const identity = parts.masked ? identityOf('ann', ['analysts']) : identityOf('adam', ['admins'])
  const capabilities = capabilitiesOf(parts.layout)
  const arrival: Arrival = {
    login: identity.name,
    identity,
    database: CONTEXT.database,
    application: undefined,
    attributes: new Map(),
    capabilities: capabilities.client,
    extended: capabilities.extended,
    charset: CONTEXT.charset,
    collation: 45,
    threadId: 8,
    sequence: WELCOME,
  }
  const door = await openDoor({
    manifest,
    policy: world.policy(parts.counted),
    identity,
    database: 'shop',
    turnAway: (code, message) => packets(WELCOME, farewellPayload(code, message)),
    enter: async (_wire, gate) =>
      createConversation({
        gate,
        server: world.server(reader),
        arrival,
        ready: { ...READY, capabilities: capabilities.upstream, extended: capabilities.extended },
        account: CONTEXT.account,
        limits: { message: 1 << 20, statement: 1 << 16 },
        ceilings: new Map(),
        key: undefined,
        cancellation: () => ({ speak: () => new Promise((resolve) => cancels.push(resolve)) }),
        afterReset: () => [payload([COM.QUERY], Buffer.from(AFTER_RESET))],
        siblings: { find: () => false, kill() {} },
        leave() {},
      }),
  })
  return { ...door, readings, cancels }
}
