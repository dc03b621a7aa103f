/** One session with everything that could take time in the player's hand. */
import { type Door, openDoor } from '@gatehouse/adapter-contract'
import type { MysqlReader } from '@gatehouse/sql'
import type { Arrival } from '../greeting/arrival.js'
import type { Ready } from '../login/login.js'
import { manifest } from '../manifest.js'
import { CLIENT, COM, packets, payload, STATUS } from '../messages/index.js'
import { farewellPayload } from '../refusing.js'
import { createConversation } from '../session/conversation.js'
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
  /** Whether a text that is at hand is read as if it were not. */
  readonly slowly: () => boolean
}

const CAPABILITIES =
  CLIENT.PROTOCOL_41 |
  CLIENT.SECURE_CONNECTION |
  CLIENT.TRANSACTIONS |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH
/** What the gateway sets again behind COM_RESET_CONNECTION. */
export const AFTER_RESET = 'SET NAMES utf8mb4'
/** Number of the packet that ends the sign-in. */
export const WELCOME = 2

const READY: Ready = {
  capabilities: CAPABILITIES | CLIENT.SESSION_TRACK,
  extended: 0,
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
  const arrival: Arrival = {
    login: identity.name,
    identity,
    database: CONTEXT.database,
    application: undefined,
    attributes: new Map(),
    capabilities: CAPABILITIES,
    extended: 0,
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
        ready: READY,
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
