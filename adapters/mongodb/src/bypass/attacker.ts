/** A client that speaks in single commands, follows its cursors and keeps every byte that it is sent. */
import type { Document, Long } from 'bson'
import { connectRaw, type RawClient, signIn } from '../wire/raw-client.js'

export interface Attacker {
  readonly raw: RawClient
  readonly closed: boolean
  /** The answer and, where it is a cursor's, all the batches that follow. `database` where the command names none. */
  run(command: Document, database?: string): Promise<readonly Document[]>
  /** All bytes that came after the sign-in. */
  received(): Buffer
  forget(): void
  close(): void
}

export interface Entering {
  readonly port: number
  readonly user: string
  readonly password: string
}

/** Batches that one command may have: none of the shop's needs more. */
const MOST_BATCHES = 20

export async function connectAttacker({ port, user, password }: Entering): Promise<Attacker> {
  const raw = await connectRaw({ port })
  await signIn(raw, user, password)
  let chunks: Buffer[] = []
  let closed = false
  raw.socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  void raw.closed().then(() => {
    closed = true
  })
  const ask = async (command: Document, database: string): Promise<Document> =>
    raw.ask({ ...command, $db: command.$db ?? database }).catch((fault: Error) => {
      if (fault.message !== 'closed') throw fault
      return { ok: 0, code: -1, errmsg: 'the connection closed' }
    })
  return {
    raw,
    get closed() {
      return closed
    },
    async run(command, database = 'shop') {
      const answers = [await ask(command, database)]
      for (let left = MOST_BATCHES; left > 0; left--) {
        const cursor = answers.at(-1)?.cursor as Partial<{ id: Long; ns: string }> | undefined
        if (cursor?.id === undefined || cursor.ns === undefined || String(cursor.id) === '0') break
        const [into = database, ...rest] = cursor.ns.split('.')
        answers.push(
          await ask(
            {
              getMore: cursor.id,
              collection: rest.join('.'),
              ...(command.lsid === undefined ? {} : { lsid: command.lsid }),
              $db: into,
            },
            database,
          ),
        )
      }
      return answers
    },
    received: () => Buffer.concat(chunks),
    forget: () => {
      chunks = []
    },
    close: () => raw.close(),
  }
}
