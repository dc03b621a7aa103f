/** One sequence played: what went upstream, what the client heard, and what the records say of it. */
import {
  type Dice,
  type Disturbance,
  disturb,
  judgeRecords,
  leaveBy,
  pick,
  settle,
} from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { encode } from '../wire/replies.js'
import { createHearing } from './hearing.js'
import { tamper } from './hostile.js'
import { createPermits } from './permits.js'
import { createGenerator, type Request } from './requests.js'
import { type Answer, createModelServer } from './server.js'
import { openSession } from './session.js'
import { SECRET } from './world.js'

export interface Scenario {
  readonly masked: boolean
  /** Rows are limited. */
  readonly counted: boolean
  readonly compresses: boolean
  /** Commands before the last. */
  readonly length: number
  /** What the last one is. */
  readonly last: 'known' | 'ending' | 'broken'
  readonly hostile: boolean
  readonly disturbance: Disturbance | undefined
  /** Said when nothing is owed: the session must end. */
  readonly outOfTurn: Uint8Array | undefined
  /** Requests in their place, for what was found. */
  readonly requests?: readonly Request[]
  /** Said instead of a reply. */
  readonly instead?: (answer: Answer) => Uint8Array
}

export interface Played {
  /** What is wrong; empty when nothing is. */
  readonly wrong: readonly string[]
  readonly frames: number
  readonly asked: readonly string[]
  readonly heard: readonly string[]
}

/** A paused side may hold what came in one go, and the answers to as much of the other. */
const MOST_WAITING = 1 << 20
/** Steps after which a sequence hangs in a circle. */
const ENDLESS = 100_000
/** In how many bytes a stream comes: byte by byte, a few portions or in one. */
const PORTIONS: readonly (readonly number[])[] = [[1, 2, 5, 9], [5, 40, 100], [100, 500], [65_536]]

export async function play(dice: Dice, scenario: Scenario): Promise<Played> {
  const { masked, counted, last, hostile, disturbance, outOfTurn } = scenario
  const lies = hostile || scenario.instead !== undefined
  const wrong: string[] = []
  const asked: string[] = []
  const session = await openSession(scenario)
  const { client, upstream, foreign } = session
  const permits = createPermits(session, asked, wrong)
  const server = createModelServer((ran) => permits.use(ran, counted), wrong)
  const hearing = createHearing({ honest: !lies, counted, wrong })
  const known = () => ({ cursors: hearing.cursors(), foreign, compresses: scenario.compresses })
  const generator = createGenerator(dice, known)

  let frames = 0
  let left = scenario.requests?.length ?? scenario.length + 1
  let bytes: Uint8Array = new Uint8Array(0)
  let replies: Uint8Array = new Uint8Array(0)
  let renamed = false
  const raw: Uint8Array[] = []
  const nextRequest = (): Request => {
    const given = scenario.requests?.[scenario.requests.length - left]
    if (given !== undefined) return given
    if (left > 1) return generator.next()
    return last === 'known' ? generator.last() : last === 'ending' ? generator.ending() : generator.broken()
  }
  const ask = () => {
    const request = nextRequest()
    left -= 1
    frames += 1
    asked.push(request.says)
    hearing.ask(request)
    bytes = concatBytes([bytes, request.bytes])
  }
  const portions = pick(dice, PORTIONS)
  const slice = (of: Uint8Array) => of.subarray(0, 1 + dice(pick(dice, portions)))

  const steps = {
    ask,
    client: () => {
      const part = slice(bytes)
      if (client.deliver(part)) bytes = bytes.subarray(part.length)
    },
    server: () => {
      for (const part of upstream.take()) server.hear(part)
      for (const answer of server.take()) {
        const lie = hostile ? tamper(dice, answer) : undefined
        renamed ||= lie?.renamed ?? false
        const { document, requestId } = answer
        const told = scenario.instead?.(answer) ?? lie?.bytes ?? encode(document, requestId)
        replies = concatBytes([replies, told])
        frames += 1
      }
    },
    reply: () => {
      const part = slice(replies)
      // Its answer may set the next command free before this returns.
      if (lies || part.length === replies.length) server.arrived()
      if (upstream.deliver(part)) replies = replies.subarray(part.length)
    },
    hear: () => {
      for (const part of client.take()) {
        raw.push(part)
        hearing.push(part)
      }
    },
    refreshed: () => session.refreshed(),
    confirm: () => {
      for (let times = 1 + dice(session.confirmations.length); times > 0; times -= 1)
        session.confirmations.shift()?.()
    },
    cancelled: () => session.cancels.shift()?.(),
  } as const
  const possible = (): (keyof typeof steps)[] => {
    const found: (keyof typeof steps)[] = []
    if (left > 0 && bytes.length < 4096 && !client.ended) found.push('ask')
    if (bytes.length > 0 && !client.paused && !client.ended) found.push('client')
    if (upstream.waiting > 0) found.push('server')
    if (replies.length > 0 && !upstream.paused && !upstream.ended) found.push('reply')
    if (client.waiting > 0) found.push('hear')
    if (session.refreshing()) found.push('refreshed')
    if (session.confirmations.length > 0) found.push('confirm')
    if (session.cancels.length > 0) found.push('cancelled')
    return found
  }
  const run = async (until: number) => {
    for (let step = 0; step < until; step += 1) {
      const can = possible()
      if (can.length === 0) return
      steps[pick(dice, can)]()
      await settle()
    }
    if (until === ENDLESS) wrong.push('it never ends')
  }

  if (disturbance !== undefined) {
    await run(dice(pick(dice, [10, 30, 200])))
    disturb(session, disturbance)
    await settle()
  }
  await run(ENDLESS)
  const closedItself = client.ended
  if (disturbance === undefined && !lies && last !== 'broken') {
    if (closedItself !== (last === 'ending'))
      wrong.push(closedItself ? 'the session was ended' : 'still there')
    else if (last === 'known' && bytes.length > 0) wrong.push(`stuck: ${bytes.length} bytes were not read`)
    if (last === 'known') hearing.complete()
  }
  if (!closedItself && outOfTurn !== undefined) {
    upstream.deliver(outOfTurn)
    await settle()
    await run(1_000)
    if (!client.ended)
      wrong.push(`said out of turn, and still there: ${Buffer.from(outOfTurn).toString('hex')}`)
  } else if (!closedItself)
    pick(dice, [() => client.finish(), () => client.reset(), () => upstream.finish()])()
  const serve = () => {
    session.refreshed()
    for (const cancelled of session.cancels.splice(0)) cancelled()
    steps.server()
  }
  await leaveBy(session, serve, wrong)
  steps.hear()
  judgeRecords(session, wrong)
  if (masked && !renamed && Buffer.concat(raw).includes(SECRET)) wrong.push('a masked value was shown')
  for (const fault of session.faults) {
    // What cannot be read ends the session by a fault of its own kind.
    if (lies && fault instanceof GatehouseError && fault.code === 'GH_WIRE') continue
    wrong.push(`fault: ${fault instanceof Error ? (fault.stack ?? '') : String(fault)}`)
  }
  if (client.most > MOST_WAITING || upstream.most > MOST_WAITING) wrong.push('more waits than may')
  if (session.openCursors() > asked.length + 1) wrong.push('more cursors than commands')
  return { wrong, frames, asked, heard: hearing.heard }
}
