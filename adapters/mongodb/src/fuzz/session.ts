/** One session with everything that could take time in the player's hand. */
import { type Door, openDoor } from '@gatehouse/adapter-contract'
import { serialize } from 'bson'
import type { Arrival } from '../greeting/arrival.js'
import { writeReply } from '../greeting/dialogue.js'
import { manifest } from '../manifest.js'
import { failureDocument, turnedFailure } from '../refusing.js'
import { createConversation } from '../session/conversation.js'
import { type FuzzHouse, identityOf, openHouse, policyFor } from './world.js'

export interface FuzzSession extends Door, Pick<FuzzHouse, 'foreign' | 'refreshed'> {
  readonly refreshing: () => boolean
  readonly openCursors: () => number
  /** Cancel requests under way. */
  readonly cancels: (() => void)[]
}

export interface SessionParts {
  readonly masked: boolean
  readonly counted: boolean
  /** zlib was agreed. */
  readonly compresses: boolean
}

/** The message that the welcome answers. */
export const SIGN_IN = 0x7000_0000

export async function openSession({ masked, counted, compresses }: SessionParts): Promise<FuzzSession> {
  const cancels: (() => void)[] = []
  const own = openHouse()
  const { house } = own
  const identity = identityOf(masked)
  const turnAway: Arrival['turnAway'] = (turned) =>
    writeReply(SIGN_IN, failureDocument(turnedFailure(turned)))
  const arrival: Arrival = {
    login: identity.name,
    identity,
    database: 'shop',
    metadata: undefined,
    compression: compresses ? ['zlib'] : [],
    connectionId: 1,
    balanced: false,
    renewable: false,
    welcome: writeReply(SIGN_IN, serialize({ done: true, ok: 1 })),
    turnAway,
  }
  const door = await openDoor({
    manifest,
    policy: policyFor(counted),
    identity,
    database: 'shop',
    turnAway,
    enter: async (_wire, gate) =>
      createConversation({
        gate,
        house,
        arrival,
        requestId: 0,
        limits: house.site.limits,
        stamp: 'gh:fuzz',
        sessionId: (id) => house.sessionId('', id),
        cancellation: () => ({ speak: () => new Promise((resolve) => cancels.push(resolve)) }),
      }),
  })
  return {
    ...door,
    cancels,
    foreign: own.foreign,
    refreshed: own.refreshed,
    refreshing: () => own.refreshing,
    openCursors: () => house.cursors.size,
  }
}
