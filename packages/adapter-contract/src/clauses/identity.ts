/** I: nobody without a proof, no secret upstream, nobody beyond the end of a credential. */
import type { Clause } from '../clause.js'
import { insist, same, until } from '../insist.js'
import { read } from '../intent.js'
import { parting, perform, quiet, rowsOf } from '../theatre.js'
import { ANN, BOB, EVE, EXPIRY } from '../troupe.js'

const fine = read('customers', ['id', 'note'])

export const identity: readonly Clause[] = [
  {
    number: 'I1',
    title: 'no session without a proof',
    over: 'either',
    async run(troupe) {
      const { speaker } = troupe
      await perform(troupe, {}, async (theatre) => {
        for (const visitor of [
          { ...ANN, password: BOB.password },
          { ...ANN, password: '' },
          { ...ANN, name: 'nobody' },
        ]) {
          const arrival = await theatre.arrive(visitor)
          insist(arrival.kind === 'turned-away', `\`${visitor.name}\` came in without a proof`)
          same(arrival.failure.native, speaker.native('GH_SIGN_IN'), 'the native code')
          insist(
            theatre.stage.evidence.signedIn.some(
              ({ login, kind }) => login === visitor.name && kind === 'refused',
            ),
            'the refused sign-in is not recorded',
          )
        }
        for (const form of theatre.forms) {
          const stranger = await theatre.stranger()
          stranger.send(speaker.ask(theatre.say(fine), form))
          await until(
            troupe.patience,
            () => stranger.closed || stranger.waiting > 0,
            'the end of the connection, or a refusal',
          )
          insist(
            stranger.heard().answers.every(({ failure }) => failure !== undefined),
            'a stranger was answered',
          )
        }
        same(theatre.upstream?.connections.length ?? 0, 0, 'upstream connections')
        same(theatre.stage.evidence.decided.length, 0, 'decisions')
      })
    },
  },
  {
    number: 'I2',
    title: "the client's secret never goes upstream",
    over: 'scripted',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client()
        await client.ask(theatre.say(fine))
        for (const { received } of theatre.upstream?.connections ?? []) {
          const bytes = Buffer.from(received())
          for (const secret of [ANN.password, Buffer.from(ANN.password).toString('base64')])
            insist(!bytes.includes(secret), 'the password went upstream')
        }
      })
    },
  },
  {
    number: 'I3',
    title: 'a credential that ends during the session ends the session',
    over: 'either',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client(EVE)
        const other = await theatre.client(ANN)
        theatre.stage.pass(EXPIRY - 1)
        same((await client.ask(theatre.say(fine))).rows, rowsOf(fine), 'rows before the end')
        theatre.stage.pass(EXPIRY)
        client.send(troupe.speaker.ask(theatre.say(fine), theatre.forms[0] as never))
        await client.whenClosed()
        same(client.waiting, 0, 'answers after the end')
        same(client.heard().farewell?.native, parting(troupe.speaker, 'GH_ENDED'), 'the native code')
        await quiet()
        same(theatre.upstream?.ran.length ?? 1, 1, 'statements that ran')
        same((await other.ask(theatre.say(fine))).rows, rowsOf(fine), 'rows of others')
      })
    },
  },
  {
    number: 'I4',
    title: 'cleartext is refused where TLS is required',
    over: 'either',
    async run(troupe) {
      await perform(troupe, { requireTls: true }, async (theatre) => {
        const arrival = await theatre.arrive(ANN).catch(() => undefined)
        insist(arrival?.kind !== 'in', 'a session in the clear')
        same(theatre.upstream?.connections.length ?? 0, 0, 'upstream connections')
      })
    },
  },
]
