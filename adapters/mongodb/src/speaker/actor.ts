/** A scripted MongoDB server: hello, SCRAM-SHA-256, commands in OP_MSG; what does not fit into one reply is fetched by getMore. */
import { randomBytes } from 'node:crypto'
import type { Actor, Scene } from '@gatehouse/adapter-contract'
import { createScramServer, deriveScramKeys, type ScramServer } from '@gatehouse/adapter-kit'
import { Binary, type Document, Int32, serialize } from 'bson'
import { cutMessage, isSilent, type Message, message } from './messages.js'
import { createOpenCursors } from './open-cursors.js'
import { cursorReply, failed, OK, resultOf } from './results.js'
import { textOfArrived } from './texts.js'
import { createTransactions } from './transactions.js'

/** The account that the actor lets in. */
export const ACCOUNT = { user: 'gatehouse', password: 'the account signs in with this' }

const ITERATIONS = 4096
const salt = randomBytes(16)
const keys = await deriveScramKeys(ACCOUNT.password, salt, ITERATIONS)
const stranger = await deriveScramKeys(randomBytes(24).toString('base64'), salt, ITERATIONS)

/** What whoever stands between sends by itself: no text of anybody's. */
const OWN = new Set(['ping', 'endSessions', 'killSessions', 'killOp'])

/** What is running, asked of the server as a whole. */
const isCurrentOp = ({ aggregate, pipeline }: Document) =>
  aggregate === 1 && pipeline?.[0]?.$currentOp !== undefined

export function createActor(scene: Scene): Actor {
  let rest: Buffer = Buffer.alloc(0)
  let scram: ScramServer | undefined
  let signedIn = false
  let over = false
  let replies = 0
  const cursors = createOpenCursors()
  const transactions = createTransactions()

  const prove = (command: Document): Document => {
    if (command.saslStart !== undefined)
      scram = createScramServer({
        mechanism: command.mechanism,
        nonce: randomBytes(24).toString('base64'),
        verifier: (user) => ({ salt, iterations: ITERATIONS, keys: user === ACCOUNT.user ? keys : stranger }),
      })
    const turn = scram?.step((command.payload as Binary).buffer)
    if (turn === undefined || turn.done?.ok === false) {
      over = true
      return failed(18, 'AuthenticationFailed', 'Authentication failed.')
    }
    signedIn = turn.done?.ok === true
    const payload = new Binary(turn.send ?? new Uint8Array())
    return { conversationId: new Int32(1), done: signedIn, payload, ...OK }
  }
  const answer = (command: Document): Document => {
    if (command.hello !== undefined)
      return {
        isWritablePrimary: true,
        msg: 'isdbgrid',
        maxBsonObjectSize: new Int32(16_777_216),
        maxMessageSizeBytes: new Int32(48_000_000),
        maxWriteBatchSize: new Int32(100_000),
        minWireVersion: new Int32(0),
        maxWireVersion: new Int32(21),
        ...OK,
      }
    if (command.saslStart !== undefined || command.saslContinue !== undefined) return prove(command)
    if (!signedIn) return failed(13, 'Unauthorized', 'a command that requires authentication')
    if (OWN.has(Object.keys(command)[0] ?? '')) return OK
    const isOver = transactions.arrive(command)
    if (isOver !== undefined) return isOver
    if (command.getMore !== undefined) return cursors.more(command.getMore, command.batchSize)
    if (command.killCursors !== undefined) return cursors.kill(command.cursors)
    if (isCurrentOp(command)) return cursorReply('admin.$cmd.aggregate', [])
    const text = textOfArrived(command)
    const play = scene.play(text)
    scene.ran(text)
    if (play.failure !== undefined) transactions.fail(command)
    return cursors.first(resultOf(command, play), command.batchSize ?? command.cursor?.batchSize)
  }
  const take = (arrived: Message): Uint8Array => {
    const body = serialize(answer(arrived.document))
    if (isSilent(arrived)) return new Uint8Array()
    replies += 1
    return message({ requestId: replies, responseTo: arrived.requestId, body })
  }

  return {
    push(chunk) {
      const out: Uint8Array[] = []
      rest = Buffer.concat([rest, chunk])
      for (let next = cutMessage(rest, 0); next !== undefined && !over; next = cutMessage(rest, 0)) {
        rest = rest.subarray(next.end)
        out.push(take(next))
      }
      return Buffer.concat(out)
    },
    get signedIn() {
      return signedIn
    },
    get state() {
      return transactions.state
    },
    get over() {
      return over
    },
  }
}
