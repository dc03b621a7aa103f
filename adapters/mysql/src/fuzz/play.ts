/** One sequence played: what the client heard, against what a server would have said whose errors the refusals are. */
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
import { COM } from '../messages/index.js'
import { compare, compareCounted, compareStart } from './compare.js'
import { createHearing } from './hearing.js'
import { tamper } from './hostile.js'
import { idealAnswers } from './ideal.js'
import { createJudging } from './judging.js'
import { type Layout, OLD } from './layout.js'
import type { Request } from './requests.js'
import { createModelServer } from './server.js'
import { openSession } from './session.js'
import { SECRET } from './statements.js'
import { type Counted, LIMITS, type World } from './world.js'

export interface Scenario {
  readonly masked: boolean
  /** Left out: the oldest. */
  readonly layout?: Layout
  /** LOAD DATA LOCAL is carried. */
  readonly files?: boolean
  /** What policy counts for everybody. */
  readonly counted?: Counted | undefined
  /** Answers at the end that are alike however it went before. */
  readonly ending?: number
  readonly requests: readonly Request[]
  readonly disturbance?: Disturbance | undefined
  /** The server lies: the order of answers proves nothing then. */
  readonly hostile?: boolean
  /** What is said instead of a reply; proves as little. */
  readonly instead?: ((reply: readonly Uint8Array[]) => Uint8Array) | undefined
  /** Said when nothing is owed: the session must end. */
  readonly outOfTurn?: Uint8Array | undefined
}

export interface Played {
  /** What is wrong; empty when nothing is. */
  readonly wrong: readonly string[]
  readonly frames: number
  readonly expected: readonly string[]
  readonly heard: readonly string[]
}

/** A paused side may hold what came in one go, and the answers to as much of the other. */
const MOST_WAITING = 1 << 20
/** In how many bytes a stream comes: byte by byte, packet by packet, in a few portions or in one. */
const PORTIONS: readonly (readonly number[])[] = [
  [1, 2, 5, 9],
  [5, 40, 100],
  [100, 500],
  [500, 4000],
  [65_536],
]

export async function play(world: World, dice: Dice, scenario: Scenario): Promise<Played> {
  const {
    masked,
    layout = OLD,
    files = false,
    counted,
    ending = 0,
    requests,
    disturbance,
    hostile = false,
    instead,
  } = scenario
  const lies = hostile || instead !== undefined
  const wrong: string[] = []
  const ideal = await idealAnswers(world, masked, layout, requests, files)
  const breaks = requests.some(({ broken }) => broken)
  /** Who it is in each session of the connection. */
  const viewers = [
    masked,
    ...requests.flatMap(({ becomes }) => (becomes === undefined ? [] : [becomes.masked])),
  ]
  // What is broken may be read as a change of user.
  const changes = breaks || requests.some(({ asked: { command } }) => command === COM.CHANGE_USER)
  let viewer = 0
  const slow = dice(3) === 0
  const session = await openSession(world, {
    masked,
    counted,
    layout,
    files,
    slowly: () => slow && dice(3) === 0,
  })
  const { client, upstreams } = session

  let frames = 0
  const eventsOf = createJudging({
    ...{ world, session, counted, lies, wrong },
    onFrame: () => {
      frames += 1
    },
  })
  const servers: ReturnType<typeof createModelServer>[] = []

  const bytes = concatBytes(requests.map((each) => each.bytes))
  const broken = bytes.length - (requests.at(-1)?.bytes.length ?? 0)
  let sent = 0
  let asked = 0
  /** Where the first request ends that is not whole yet. */
  let whole = requests[0]?.bytes.length ?? 0
  let replies: Uint8Array = new Uint8Array(0)
  const hearing = createHearing(!lies, layout, () => {
    if (counted === 'rows' && hearing.result.rows > LIMITS.rows) wrong.push('rows over the limit')
    if (counted === 'bytes' && hearing.result.bytes > LIMITS.bytes) wrong.push('bytes over the limit')
  })
  const { heard } = hearing
  let raw = ''
  let deaf = false
  const hear = () => {
    for (const part of client.take()) {
      if (viewers[viewer]) raw += Buffer.from(part).toString('latin1')
      if (deaf) continue
      try {
        hearing.push(part)
      } catch (fault) {
        // Behind what breaks the protocol nobody knows what was asked.
        deaf = true
        if (!(breaks && sent > broken)) wrong.push(String(fault))
      }
    }
    frames += 1
  }
  hearing.ask({ command: COM.PING, following: 2, id: 0 })
  const portions = pick(dice, PORTIONS)
  const ask = () => {
    const request = requests[asked]
    if (request?.becomes !== undefined) viewer += 1
    asked += 1
    whole += requests[asked]?.bytes.length ?? Number.POSITIVE_INFINITY
  }
  /** How far the client may go on without an answer. */
  const allowed = () => {
    // A file that nobody wants is not sent.
    while (requests[asked]?.file && hearing.waiting === 0 && !hearing.wantsFile && sent < whole) {
      sent = whole
      ask()
    }
    if (asked === requests.length) return bytes.length
    let end = whole - (requests[asked]?.bytes.length ?? 0)
    for (let at = asked; at < requests.length; at += 1) {
      if (requests[at]?.waits === true && (at > asked || hearing.waiting > 0)) break
      end += requests[at]?.bytes.length ?? 0
    }
    return end
  }
  const slice = (of: Uint8Array, from: number) => {
    const left = of.length - from
    return of.subarray(from, from + Math.min(left, 1 + dice(pick(dice, portions))))
  }

  const steps = {
    client: () => {
      const part = slice(bytes.subarray(0, allowed()), sent)
      const due: Request[] = []
      const until = sent + part.length
      for (let at = asked, end = whole; end <= until && at < requests.length; at += 1) {
        due.push(requests[at] as Request)
        end += requests[at + 1]?.bytes.length ?? Number.POSITIVE_INFINITY
      }
      if (!client.deliver(part)) return
      sent = until
      for (const request of due) {
        hearing.ask(request.asked)
        ask()
      }
    },
    server: () => {
      for (const [index, upstream] of upstreams.entries()) {
        servers[index] ??= createModelServer(undefined, eventsOf(viewers[index]), layout)
        for (const part of upstream.take()) servers[index]?.hear(part)
        for (const reply of servers[index]?.take() ?? []) {
          const told = instead?.(reply) ?? (hostile ? tamper(dice, reply) : concatBytes(reply))
          if (upstream === session.upstream) replies = concatBytes([replies, told])
        }
      }
    },
    reply: () => {
      const part = slice(replies, 0)
      if (session.upstream.deliver(part)) replies = replies.subarray(part.length)
    },
    left: () => {
      for (const upstream of upstreams) {
        upstream.finish()
        upstream.close()
      }
    },
    hear,
    read: async () => {
      await session.readings.shift()?.()
    },
    confirm: () => {
      for (let times = 1 + dice(session.confirmations.length); times > 0; times -= 1)
        session.confirmations.shift()?.()
    },
    cancelled: () => session.cancels.shift()?.(),
  } as const
  const possible = (): (keyof typeof steps)[] => {
    const found: (keyof typeof steps)[] = []
    const { upstream } = session
    if (sent < allowed() && !client.paused && !client.ended) found.push('client')
    if (upstreams.some(({ waiting }) => waiting > 0)) found.push('server')
    if (replies.length > 0 && !upstream.paused && !upstream.ended) found.push('reply')
    // A session ends when its server has gone, too: the next one begins then.
    if (changes && upstream.ended && !upstream.closed && upstream.waiting === 0) found.push('left')
    if (client.waiting > 0) found.push('hear')
    if (session.readings.length > 0) found.push('read')
    if (session.confirmations.length > 0) found.push('confirm')
    if (session.cancels.length > 0) found.push('cancelled')
    return found
  }
  const run = async (until: number) => {
    for (let step = 0; step < until; step += 1) {
      let can = possible()
      // Between two sessions of a connection more has to come about.
      for (let turn = 0; can.length === 0 && changes && turn < 20; turn += 1) {
        await settle()
        can = possible()
      }
      if (can.length === 0) return
      await steps[pick(dice, can)]()
      await settle()
    }
    if (until === ENDLESS) wrong.push('it never ends')
  }

  if (disturbance !== undefined) {
    await run(dice(pick(dice, [10, 30, 200])))
    // A socket of the next session is nobody's yet within the turn in which it was dialled: none can fail in it.
    for (let turn = 0; changes && turn < 20; turn += 1) await settle()
    disturb(session, disturbance)
    await settle()
  }
  await run(ENDLESS)
  const closedItself = client.ended
  const isPlain = disturbance === undefined && !lies && !requests.some(({ vague }) => vague)
  if (isPlain && !breaks) {
    if (closedItself) wrong.push('the session was ended')
    else if (sent < bytes.length) wrong.push(`stuck: ${bytes.length - sent} bytes were not read`)
    if (counted === undefined) compare(ideal.answers, heard, wrong)
    else compareCounted(ideal.answers, heard, ending, wrong)
  } else if (isPlain && counted === undefined) compareStart(ideal.answers, heard, wrong)
  if (isPlain && !closedItself && requests.some(({ ends }) => ends)) wrong.push('broken, and still there')
  if (!lies && raw.includes(SECRET)) wrong.push('a masked value was shown')
  if (!closedItself && isPlain && scenario.outOfTurn !== undefined) {
    session.upstream.deliver(scenario.outOfTurn)
    await settle()
    await run(1_000)
    if (!client.ended)
      wrong.push(`said out of turn, and still there: ${Buffer.from(scenario.outOfTurn).toString('hex')}`)
  } else if (!closedItself) {
    if (disturbance === 'drain' && sent === bytes.length && !breaks) wrong.push('drained, and still there')
    pick(dice, [() => client.finish(), () => client.reset(), () => session.upstream.finish()])()
  }
  const serve = async () => {
    while (session.readings.length > 0) await session.readings.shift()?.()
    for (const cancelled of session.cancels.splice(0)) cancelled()
    steps.server()
  }
  await leaveBy(session, serve, wrong)
  hear()
  judgeRecords(session, wrong)
  for (const fault of session.faults) {
    // What cannot be read ends the session by a fault of its own kind.
    if (lies && fault instanceof GatehouseError && fault.code === 'GH_WIRE') continue
    // Nor can it go on when somebody leaves amid a sign-in.
    if (changes && fault instanceof GatehouseError && fault.code === 'GH_WIRE' && LEAVING.test(fault.message))
      continue
    wrong.push(`fault: ${fault instanceof Error ? (fault.stack ?? '') : String(fault)}`)
  }
  if (upstreams.length > viewers.length) wrong.push('a session for whom nobody proved')
  if ([client, ...upstreams].some(({ most }) => most > MOST_WAITING)) wrong.push('more waits than may')
  return { wrong, frames, expected: ideal.answers, heard }
}

/** What a conversation says of a peer that is there no more. */
const LEAVING = /^(?:the peer closed the connection|reset)$/

/** Steps after which a sequence hangs in a circle. */
const ENDLESS = 100_000
