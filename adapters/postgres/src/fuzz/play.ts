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
import { compare, compareCounted, compareStart, PASSED } from './compare.js'
import { createCount } from './counting.js'
import { createSplitter, describeMessage } from './frames.js'
import { type Tampering, tamperWith } from './hostile.js'
import type { Request } from './requests.js'
import { createModelServer } from './server.js'
import { openSession, POISON } from './session.js'
import { type Meaning, SECRET } from './statements.js'
import type { Counted, World } from './world.js'

export interface Scenario {
  readonly masked: boolean
  /** What policy counts for everybody. */
  readonly counted?: Counted | undefined
  /** Answers at the end that are alike however it went before. */
  readonly ending?: number
  readonly requests: readonly Request[]
  /** Sizes of the pieces that a stream may come in; left out, all. */
  readonly paces?: typeof PACES | undefined
  readonly disturbance?: Disturbance | undefined
  /** Changes what the server says; unless it is unasked alone, the order of answers proves nothing then. */
  readonly tampering?: Tampering | undefined
  /** What is said instead; proves as little. */
  readonly instead?: ((reply: Uint8Array) => Uint8Array) | undefined
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

const NOTHING = { onRun() {}, onText() {}, onMessage() {}, onCommit() {} }
const UPSTREAM = 'QPBDECSHdcfX'
/** A paused side may hold what came in one go, and the answers to as much of the other. */
const MOST_WAITING = 1 << 20
/** In how many bytes a stream comes: byte by byte, message by message, in a few packets or in one. */
const PACES: readonly (readonly number[])[] = [[1, 2, 5, 9], [5, 40, 100], [100, 500], [500, 4000], [65_536]]
/** Byte by byte in stretches alone, which cut a message anywhere as well, in a third of the steps. */
export const QUICK: typeof PACES = [[1, 2, 5, 9, 60], ...PACES.slice(1)]

export async function play(world: World, dice: Dice, scenario: Scenario): Promise<Played> {
  const { masked, counted, ending = 0, requests, disturbance, tampering } = scenario
  const tamper = scenario.instead ?? (tampering === undefined ? undefined : tamperWith(dice, tampering))
  const isHostile = tampering === 'hostile' || scenario.instead !== undefined
  const wrong: string[] = []
  const ideal = idealAnswers(masked, requests)
  const breaks = requests.some(({ broken }) => broken) || ideal.over !== undefined
  const slow = dice(3) === 0
  const session = await openSession(world, { masked, counted, slowly: () => slow && dice(3) === 0 })
  const { client, upstream } = session

  let frames = 0
  const permits = new Map<string, number>()
  let seen = 0
  const count = createCount(counted, wrong)
  const server = createModelServer(undefined, {
    onMessage: ({ type, bytes }) => {
      frames += 1
      if (!UPSTREAM.includes(type)) wrong.push(`a message of type ${type} went upstream`)
      if (type === 'D' && bytes.includes(POISON) && bytes[5] !== 0x53)
        wrong.push('a poison that is no statement')
    },
    onText: (text, meanings) => {
      if (meanings?.some(({ forbidden }) => forbidden)) wrong.push(`a forbidden text went upstream: ${text}`)
    },
    onRun: (meaning) => consume(meaning),
    onCommit: isHostile ? () => {} : count.committed,
  })
  const consume = ({ form }: Meaning) => {
    for (; seen < session.decided.length; seen += 1) {
      const { statement, decision } = session.decided[seen] as (typeof session.decided)[number]
      if (decision.effect !== 'permit') continue
      const known = world.form(statement.text) ?? '?'
      permits.set(known, (permits.get(known) ?? 0) + 1)
    }
    // EXECUTE of a SET application_name goes upstream as the SET itself, with the stamp.
    const by = (permits.get(form) ?? 0) === 0 && form.startsWith('set application_name') ? 'execute p' : form
    const left = permits.get(by) ?? 0
    if (left > 0) permits.set(by, left - 1)
    else wrong.push(`ran without a permit: ${form}`)
  }

  const bytes = concatBytes(requests.map((each) => each.bytes))
  let sent = 0
  let replies: Uint8Array = new Uint8Array(0)
  const heard: string[] = []
  const splitter = createSplitter()
  let raw = ''
  const hear = () => {
    for (const part of client.take()) {
      if (masked) raw += Buffer.from(part).toString('latin1')
      try {
        for (const message of splitter.push(part)) {
          frames += 1
          count.heard(message)
          const told = describeMessage(message)
          if (told !== undefined) heard.push(told)
        }
      } catch (fault) {
        wrong.push(String(fault))
      }
    }
  }
  const portions = pick(dice, scenario.paces ?? PACES)
  const slice = (whole: Uint8Array, from: number) => {
    const left = whole.length - from
    return whole.subarray(from, from + Math.min(left, 1 + dice(pick(dice, portions))))
  }

  const steps = {
    client: () => {
      const part = slice(bytes, sent)
      if (client.deliver(part)) sent += part.length
    },
    server: () => {
      for (const part of upstream.take()) server.hear(part)
      const said = server.take()
      if (said.length === 0) return
      const told = concatBytes(said)
      replies = concatBytes([replies, tamper === undefined ? told : tamper(told)])
    },
    reply: () => {
      const part = slice(replies, 0)
      if (upstream.deliver(part)) replies = replies.subarray(part.length)
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
    if (sent < bytes.length && !client.paused && !client.ended) found.push('client')
    if (upstream.waiting > 0) found.push('server')
    if (replies.length > 0 && !upstream.paused && !upstream.ended) found.push('reply')
    if (client.waiting > 0) found.push('hear')
    if (session.readings.length > 0) found.push('read')
    if (session.confirmations.length > 0) found.push('confirm')
    if (session.cancels.length > 0) found.push('cancelled')
    return found
  }
  const run = async (until: number) => {
    for (let step = 0; step < until; step += 1) {
      const can = possible()
      if (can.length === 0) return
      await steps[pick(dice, can)]()
      await settle()
    }
    if (until === Number.POSITIVE_INFINITY) wrong.push('it never ends')
  }

  if (disturbance !== undefined) {
    await run(dice(pick(dice, [10, 30, 200])))
    disturb(session, disturbance)
    await settle()
  }
  await run(100_000)
  const closedItself = client.ended
  const isPlain = disturbance === undefined && !isHostile && !ideal.doubtful
  // Whoever was refused for a limit may be in another transaction than he thinks, and so break the protocol.
  const misled = counted !== undefined && heard.includes(PASSED) && heard.at(-1) === 'E:FATAL:08P01'
  if (isPlain && !breaks && !misled) {
    if (closedItself) wrong.push('the session was ended')
    else if (sent < bytes.length) wrong.push(`stuck: ${bytes.length - sent} bytes were not read`)
    if (counted === undefined) compare(ideal.answers, heard, wrong)
    else compareCounted(ideal.answers, heard, ending, wrong)
  } else if (isPlain && counted === undefined) compareStart(ideal.answers, heard, wrong)
  if (!isHostile && masked && raw.includes(SECRET)) wrong.push('a masked value was shown')
  if (!closedItself && isPlain && scenario.outOfTurn !== undefined) {
    upstream.deliver(scenario.outOfTurn)
    await settle()
    await run(1_000)
    if (!client.ended)
      wrong.push(`said out of turn, and still there: ${Buffer.from(scenario.outOfTurn).toString('hex')}`)
  } else if (!closedItself) {
    if (disturbance === 'drain' && sent === bytes.length && !breaks) wrong.push('drained, and still there')
    pick(dice, [() => client.finish(), () => client.reset(), () => upstream.finish()])()
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
    // A row that cannot be masked ends the session by a fault of its own kind.
    if (isHostile && fault instanceof GatehouseError && fault.code === 'GH_WIRE') continue
    wrong.push(`fault: ${fault instanceof Error ? (fault.stack ?? '') : String(fault)}`)
  }
  if (client.most > MOST_WAITING || upstream.most > MOST_WAITING) wrong.push('more waits than may')
  return { wrong, frames, expected: ideal.answers, heard }
}

function idealAnswers(masked: boolean, requests: readonly Request[]) {
  const server = createModelServer({ masked }, NOTHING)
  for (const { bytes, broken } of requests) if (!broken) server.hear(bytes)
  const splitter = createSplitter()
  const answers = ['R', 'K', 'Z:I']
  for (const part of server.take())
    for (const message of splitter.push(part)) {
      const told = describeMessage(message)
      if (told !== undefined) answers.push(told)
    }
  return { answers, over: server.over, doubtful: server.doubtful }
}
