/** One session with everything that could take time in the player's hand. */
import { type Door, openDoor } from '@gatehouse/adapter-contract'
import { type Guest, type Hall, scrambleHash } from '@gatehouse/adapter-kit'
import type { MysqlReader } from '@gatehouse/sql'
import type { Arrival } from '../greeting/arrival.js'
import { greetAgain } from '../greeting/change-user.js'
import type { Ready } from '../login/login.js'
import { manifest } from '../manifest.js'
import { COM, packets, payload, STATUS } from '../messages/index.js'
import { turnedPayload } from '../refusing.js'
import { createConversation } from '../session/conversation.js'
import { NONCE, passwordOf } from './another-user.js'
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
  /** LOAD DATA LOCAL is carried. */
  readonly files: boolean
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
  const identity = identityAs(parts.masked)
  const capabilities = capabilitiesOf(parts.layout, parts.files)
  const server = world.server(reader, parts.files)
  const first: Arrival = {
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
  const guestOf = (arrival: Arrival): Guest => ({
    login: arrival.login,
    database: 'shop',
    identity: arrival.identity,
    application: undefined,
    account: CONTEXT.account,
    upstream: server.target(),
    turnAway: (turned) => packets(arrival.sequence, turnedPayload(turned)),
    enter: async (_wire, gate) =>
      createConversation({
        gate,
        server,
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
    again: async (client, hall, packet) => {
      const next = await greetAgain(client, hall, { server }, arrival, packet)
      return next === undefined ? { kind: 'settled' } : { kind: 'guest', guest: guestOf(next) }
    },
  })
  const door = await openDoor({
    manifest,
    policy: world.policy(parts.counted),
    hall: HALL,
    ...guestOf(first),
  })
  return Object.defineProperties({ readings, cancels } as unknown as FuzzSession, {
    ...Object.getOwnPropertyDescriptors(door),
    readings: { value: readings },
    cancels: { value: cancels },
  })
}

const identityAs = (masked: boolean) =>
  masked ? identityOf('ann', ['analysts']) : identityOf('adam', ['admins'])

/** Whoever changes into somebody proves it by the password alone. */
const HALL: Partial<Hall> = {
  auth: ['password'],
  scrambleVerifier: (login, plugin) => ({ hash: scrambleHash(plugin, passwordOf(login)) }),
  prove: async ({ login }) =>
    login === 'ann' || login === 'adam'
      ? { kind: 'proven', identity: identityAs(login === 'ann') }
      : { kind: 'refused', reason: 'unknown user' },
  random: (size) => new Uint8Array(size).fill(NONCE),
}
