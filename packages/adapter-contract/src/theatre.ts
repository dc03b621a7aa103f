/** One performance: a stage over one upstream, with clients that sign in; closed again whatever happens. */
import type { Policy, RefusalCode } from '@gatehouse/core'
import { type Arrival, type Client, type ClientOptions, signIn, visit } from './client.js'
import { type Dribble, startDribble } from './dribble.js'
import { insist } from './insist.js'
import { type Intent, type Result, read, resultOf } from './intent.js'
import { overwriting } from './overwriting.js'
import * as policies from './policies.js'
import type { Answer, Form, Play, Speaker, TransactionState, Visitor } from './speaker.js'
import { createStage, type Stage } from './stage.js'
import { ANN, BOB, EVE, EXPIRY, LIMITS, type Troupe } from './troupe.js'
import { type ScriptedUpstream, startUpstream, type UpstreamConnection } from './upstream.js'

export interface TheatreOptions {
  readonly policy?: Policy
  readonly requireTls?: boolean
  /** Bytes per delivery, on both sides of the gateway; before a real server on the client's alone. */
  readonly portion?: () => number
  /** Opens and closes an adapter, also where one is lent. */
  readonly ownAdapter?: boolean
}

export interface Theatre {
  readonly stage: Stage
  /** Left out with a real server. */
  readonly upstream: ScriptedUpstream | undefined
  /** The intent written down; a scripted upstream knows what to answer. */
  say(intent: Intent): string
  /** Any text, and what a scripted upstream answers. */
  teach(text: string, play: Play): string
  /** Signed in. */
  client(visitor?: Visitor): Promise<Client>
  arrive(visitor: Visitor): Promise<Arrival>
  /** Connected, not signed in. */
  stranger(): Promise<Client>
  readonly forms: readonly Form[]
}

/** Clauses that script the upstream ask for it here. */
export function scripted(theatre: Theatre): ScriptedUpstream {
  if (theatre.upstream === undefined) throw new TypeError('this clause needs a scripted upstream')
  return theatre.upstream
}

/** The upstream's side of the newest session. */
export function lastConnection(theatre: Theatre): UpstreamConnection {
  const found = scripted(theatre).connections.at(-1)
  insist(found !== undefined, 'the gateway did not connect upstream')
  return found
}

/**
 * Fifty turns of the loop. All ends are in this process, so that whatever was going to be sent at once has been sent
 * and received by then; use it after something that proves the gateway has come as far as that.
 */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

export async function perform(
  troupe: Troupe,
  options: TheatreOptions,
  act: (theatre: Theatre) => Promise<void>,
): Promise<void> {
  const { speaker, patience } = troupe
  const closing: (() => Promise<void>)[] = []
  const dribble = async (port: number): Promise<number> => {
    if (options.portion === undefined) return port
    const proxy: Dribble = await startDribble(port, options.portion)
    closing.push(proxy.close)
    return proxy.port
  }
  try {
    const upstream = troupe.real === undefined ? await startUpstream(speaker) : undefined
    if (upstream !== undefined) closing.push(upstream.close)
    const host = troupe.real?.host ?? '127.0.0.1'
    const lent = options.ownAdapter === true ? undefined : troupe.lent
    const place = {
      host,
      // A real server has a catalog to be read, which is no part of any session: only the client's side trickles.
      port: upstream === undefined ? (troupe.real?.port ?? 0) : await dribble(upstream.port),
      limits: LIMITS,
    }
    const adapter = await (lent === undefined ? troupe.open(place) : lent.borrow(place))
    if (lent === undefined) closing.push(adapter.close)
    const stage = await createStage({
      adapter: overwriting(adapter),
      policy: options.policy ?? policies.open(),
      users: [ANN, BOB, { ...EVE, expiresAt: EXPIRY }],
      limits: LIMITS,
      ...(options.requireTls === undefined ? {} : { requireTls: options.requireTls }),
    })
    closing.push(stage.close)
    const clients: Client[] = []
    closing.push(async () => {
      for (const client of clients) client.leave()
    })
    const where: ClientOptions = { speaker, patience, port: await dribble(stage.port) }
    await act({
      stage,
      upstream,
      forms: speaker.forms,
      say(intent) {
        const text = speaker.say(intent)
        upstream?.plays.set(text, resultOf(intent))
        return text
      },
      teach(text, play) {
        upstream?.plays.set(text, play)
        return text
      },
      arrive: (visitor) => signIn(where, visitor),
      async client(visitor = ANN) {
        const arrival = await signIn(where, visitor)
        if (arrival.kind === 'turned-away') insist(false, `the sign-in failed: ${arrival.failure.text}`)
        clients.push(arrival.client)
        upstream?.connections.at(-1)?.entered()
        return arrival.client
      },
      async stranger() {
        const client = await visit(where)
        clients.push(client)
        return client
      },
    })
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

/** What the client is told of its transaction: by this answer or, where the protocol says nothing with it, by the next one. */
export async function stateAfter(
  theatre: Theatre,
  client: Client,
  answer: Answer,
): Promise<TransactionState | undefined> {
  return answer.state ?? (await client.ask(theatre.say(read('customers', ['id'], 2)))).state
}

/** The code that ends a connection on which no answer is waited for; undefined where nothing is said then. */
export function parting(speaker: Speaker, code: RefusalCode): string | undefined {
  return speaker.endsSilently === true ? undefined : speaker.native(code)
}

/** Rows as the world has them. */
export function rowsOf(intent: Intent): Result['rows'] {
  return resultOf(intent).rows
}
