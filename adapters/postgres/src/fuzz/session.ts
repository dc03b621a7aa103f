/** One session with everything that could take time in the player's hand. */
import { type Door, openDoor } from '@gatehouse/adapter-contract'
import type { Limits } from '@gatehouse/adapter-kit'
import type { PostgresReader } from '@gatehouse/sql'
import { manifest } from '../manifest.js'
import { turnedResponse } from '../refusing.js'
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
  readonly limits?: Partial<Limits>
  /** Whether a text that is at hand is read as if it were not. */
  readonly slowly: () => boolean
}

export const POISON = 'gatehouse_refused_fuzz'
const PARAMETERS = new Map([
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
])

export async function openSession(world: World, parts: SessionParts): Promise<FuzzSession> {
  const readings: (() => Promise<void>)[] = []
  const cancels: (() => void)[] = []
  const reader: PostgresReader = {
    ...world.reader,
    read(text, types, context) {
      const plan = world.reader.read(text, types, context)
      if (!(plan instanceof Promise) && !parts.slowly()) return plan
      return new Promise((resolve) => readings.push(async () => resolve(await plan)))
    },
  }
  const identity = parts.masked ? identityOf('ann', ['analysts']) : identityOf('adam', ['admins'])
  const door = await openDoor({
    manifest,
    policy: world.policy(parts.counted),
    identity,
    database: 'shop',
    ...(parts.limits === undefined ? {} : { limits: parts.limits }),
    turnAway: turnedResponse,
    enter: async (_wire, gate) =>
      createConversation({
        gate,
        database: world.database(reader),
        context: CONTEXT,
        limits: { message: 1 << 20, statement: 1 << 16 },
        ceilings: new Map(),
        key: undefined,
        poisonName: POISON,
        parameters: PARAMETERS,
        application: undefined,
        login: identity.name,
        upstreamProcessId: 7,
        own: { processId: 8, key: new Uint8Array(4) },
        cancellation: () => ({ speak: () => new Promise((resolve) => cancels.push(resolve)) }),
      }),
  })
  return { ...door, readings, cancels }
}
