/** E: whoever leaves, in the middle of whatever, leaves nothing behind. */
import type { Clause } from '../clause.js'
import type { Client } from '../client.js'
import { insist, same, until, within } from '../insist.js'
import { read } from '../intent.js'
import { lastConnection, parting, perform, quiet, rowsOf, type Theatre } from '../theatre.js'
import type { Troupe } from '../troupe.js'
import type { UpstreamConnection } from '../upstream.js'

const everyone = read('customers', ['id', 'email', 'note'])

/** A statement runs, its reply waits. */
async function underWay(
  troupe: Troupe,
  theatre: Theatre,
): Promise<{ client: Client; upstream: UpstreamConnection }> {
  const client = await theatre.client()
  const upstream = lastConnection(theatre)
  upstream.hold()
  client.send(troupe.speaker.ask(theatre.say(everyone), theatre.forms[0] as never))
  await until(troupe.patience, () => upstream.held > 0, 'the statement upstream')
  return { client, upstream }
}

async function endsAs(troupe: Troupe, theatre: Theatre, count: number, what: string): Promise<void> {
  const { evidence, sessions } = theatre.stage
  await until(troupe.patience, () => evidence.completed.length === count, `the outcome, ${what}`)
  same(evidence.completed.at(-1)?.outcome.status, 'cut', `the outcome, ${what}`)
  await until(troupe.patience, () => sessions.size === 0, `the end of the session, ${what}`)
  same(evidence.signedIn.filter(({ kind }) => kind === 'ended').length, count, `sessions ended, ${what}`)
}

/** Of the flood; what the kernel holds for two connections, and a little for the gateway. */
const MOST = 0.75
const flood = read('orders', ['note'])
const CELL = 16 * 1024

/** A client that asks for much and reads nothing, until the stall can be seen. */
async function stall(
  troupe: Troupe,
  theatre: Theatre,
): Promise<{ client: Client; upstream: UpstreamConnection; replied: () => number }> {
  const cell = 'y'.repeat(CELL)
  // Where a reply cannot hold it all, as many are asked for at once as do.
  const { reply = troupe.flood } = troupe.speaker
  const replies = troupe.flood / reply
  const text = theatre.teach(theatre.say(flood), {
    columns: [{ name: 'note', kind: 'text', relation: 'orders' }],
    rows: Array.from({ length: reply / CELL }, () => [cell]),
  })
  const client = await theatre.client()
  const upstream = lastConnection(theatre)
  const before = upstream.taken
  const replied = () => upstream.taken - before
  client.pause()
  for (let asked = 0; asked < replies; asked += 1)
    client.send(troupe.speaker.ask(text, theatre.forms[0] as never))
  await until(troupe.patience, () => replied() > 0, 'the first rows')
  let still = 0
  let last = -1
  await until(
    troupe.patience,
    () => {
      still = upstream.taken === last ? still + 1 : 0
      last = upstream.taken
      return still > 100 || replied() >= troupe.flood
    },
    'the stall',
  )
  insist(replied() < troupe.flood * MOST, `${replied()} bytes were taken for a reader that reads nothing`)
  return { client, upstream, replied }
}

function resources(): number {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name.startsWith('TCP') || name === 'Timeout' || name === 'Immediate').length
}

export const ending: readonly Clause[] = [
  {
    number: 'E1',
    title: 'a client that vanishes in the middle of a reply',
    over: 'scripted',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const ways = [
          ['by a reset', (client: Client) => client.reset()],
          ['by leaving', (client: Client) => client.leave()],
        ] as const
        for (const [index, [what, vanish]] of ways.entries()) {
          const { client, upstream } = await underWay(troupe, theatre)
          upstream.release(Math.floor(upstream.held / 2))
          await until(troupe.patience, () => upstream.unsent === 0, 'half a reply')
          await quiet()
          vanish(client)
          await endsAs(troupe, theatre, index + 1, what)
          await until(troupe.patience, () => upstream.closed, 'the end of the upstream connection')
        }
      })
    },
  },
  {
    number: 'E2',
    title: 'an upstream that vanishes in the middle of a reply',
    over: 'scripted',
    async run(troupe) {
      const { speaker } = troupe
      await perform(troupe, {}, async (theatre) => {
        const silent = await underWay(troupe, theatre)
        silent.upstream.destroy()
        await silent.client.whenClosed()
        same(
          silent.client.heard().farewell?.native,
          speaker.native('GH_UPSTREAM'),
          'before a reply, the code',
        )
        await endsAs(troupe, theatre, 1, 'before a reply')

        const { held } = (await underWay(troupe, theatre)).upstream
        for (let cut = 1; cut < held; cut += Math.max(1, Math.floor(held / 12))) {
          const { client, upstream } = await underWay(troupe, theatre)
          upstream.release(cut)
          await until(troupe.patience, () => upstream.unsent === 0, 'part of a reply')
          upstream.destroy()
          await client.whenClosed()
          const { answers, malformed } = client.heard()
          same(malformed, undefined, `what the client heard after ${cut} bytes`)
          insist(
            answers.every(({ failure }) => failure !== undefined),
            `half a reply of ${cut} bytes was given as whole`,
          )
        }
        for (const running of theatre.stage.sessions) running.end('GH_ENDED', 'over')
        const { evidence, sessions } = theatre.stage
        await until(troupe.patience, () => sessions.size === 0, 'the end of the sessions')
        same(evidence.completed.length, evidence.decided.length, 'outcomes')
        // A statement may be whole although its exchange is not.
        for (const { outcome } of evidence.completed)
          insist(/^(cut|done)$/.test(outcome.status), `what was cut off counts as ${outcome.status}`)
        same(evidence.completed[1]?.outcome.status, 'cut', 'the outcome of what gave one byte')

        const idle = await theatre.client()
        lastConnection(theatre).destroy()
        await idle.whenClosed()
        same(idle.heard().farewell?.native, parting(speaker, 'GH_UPSTREAM'), 'when idle, the code')
      })
    },
  },
  {
    number: 'E3',
    title: 'a reader that reads nothing holds bounded memory',
    over: 'scripted',
    async run(troupe) {
      const patient = { ...troupe, patience: troupe.patience * 5 }
      await perform(patient, {}, async (theatre) => {
        const { client, upstream, replied } = await stall(patient, theatre)
        const other = await theatre.client()
        same((await other.ask(theatre.say(everyone))).rows, rowsOf(everyone), 'rows of others meanwhile')
        client.resume()
        const all = () => upstream.unsent === 0 && replied() >= patient.flood
        await until(patient.patience, all, 'the rest of the rows')
        await until(patient.patience, () => client.size === replied(), 'every byte, and not one more')

        const doomed = await stall(patient, theatre)
        for (const running of theatre.stage.sessions) running.end('GH_ENDED', 'told to')
        await until(patient.patience, () => theatre.stage.sessions.size === 0, 'the end while blocked')
        await until(patient.patience, () => doomed.upstream.closed, 'the end of its upstream connection')
      })
    },
  },
  {
    number: 'E4',
    title: 'a drain lets the running exchange finish',
    over: 'scripted',
    async run(troupe) {
      const drained = parting(troupe.speaker, 'GH_DRAINING')
      await perform(troupe, {}, async (theatre) => {
        const idle = await theatre.client()
        const { client, upstream } = await underWay(troupe, theatre)
        theatre.stage.drain()
        await idle.whenClosed()
        same(idle.heard().farewell?.native, drained, 'the code, when idle')
        await quiet()
        insist(!client.closed, 'a drain cut off what was running')
        upstream.release()
        same((await client.next()).rows, rowsOf(everyone), 'rows of what was running')
        await client.whenClosed()
        same(client.heard().farewell?.native, drained, 'the code, when done')
        const outcome = theatre.stage.evidence.completed.at(-1)?.outcome.status
        same(outcome, 'done', 'the outcome of what was running')
      })
    },
  },
  {
    number: 'E5',
    title: 'no listener, timer or socket is left',
    over: 'either',
    async run(troupe) {
      const play = async () => {
        await perform(troupe, { ownAdapter: true }, async (theatre) => {
          const clients = [await theatre.client(), await theatre.client(), await theatre.client()]
          for (const client of clients) await client.ask(theatre.say(everyone))
          clients[0]?.reset()
          clients[1]?.leave()
          await theatre.stranger()
          await within(troupe.patience * 2, theatre.stage.close(), 'the end of every session')
          same(theatre.stage.sessions.size, 0, 'sessions')
        })
      }
      await play()
      const before = resources()
      for (let round = 0; round < 3; round += 1) await play()
      // The looking itself holds a timer.
      await until(troupe.patience, () => resources() <= before + 1, 'the end of every socket and timer')
    },
  },
]
