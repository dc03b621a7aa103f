/** A client that speaks in single packets and keeps every byte that it is sent. */
import { CLIENT } from '../messages/index.js'
import { type Connecting, signIn } from '../wire/raw-client.js'
import { closeStatement, execute, fetchRows, prepare, query, READ_ONLY_CURSOR } from '../wire/requests.js'
import { errorOf, type Reply, rowsOf, statusOf } from '../wire/transcript.js'

export const FORMS = ['text', 'binary', 'cursor'] as const
/** COM_QUERY, or COM_STMT_PREPARE with COM_STMT_EXECUTE and rows in the binary format, at once or fetched from a cursor. */
export type Form = (typeof FORMS)[number]
/** A cursor's rows are those of `binary`; the long run tries it too. */
export const TRIED: readonly Form[] = process.env.GATEHOUSE_LONG === undefined ? ['text', 'binary'] : FORMS

export interface Answer {
  /** Null is SQL's NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** The first ERR; undefined when all went well. */
  readonly error: { readonly code: number; readonly message: string } | undefined
}

export interface Attacker {
  run(text: string, form: Form): Promise<Answer>
  /** A command of one's own making, and what came of it. */
  send(content: Uint8Array): Promise<Answer>
  /** All bytes that came after the sign-in. */
  received(): Buffer
  forget(): void
  readonly closed: boolean
  close(): Promise<void>
}

const LOST: Answer = { rows: [], error: { code: 2013, message: 'the connection closed' } }
const ROWS_AT_ONCE = 1000
const CURSOR_EXISTS = 0x40

export async function connectAttacker(options: Connecting): Promise<Attacker> {
  const client = await signIn({ more: CLIENT.MULTI_STATEMENTS, ...options })
  let chunks: Buffer[] = []
  client.socket.on('data', (chunk: Buffer) => chunks.push(chunk))

  const told = (reply: Reply): Answer => {
    const failed = reply.parts.some(({ kind }) => kind === 'error')
    return { rows: rowsOf(reply), error: failed ? errorOf(reply) : undefined }
  }
  const send = async (content: Uint8Array): Promise<Answer> => {
    if (client.closed) return LOST
    return client.ask(content).then(told, (fault: Error) => {
      if (client.closed) return LOST
      throw fault
    })
  }
  const prepared = async (text: string, flags: number): Promise<Answer> => {
    const made = await client.ask(prepare(text))
    const [first] = made.parts
    if (first?.kind !== 'prepared') return told(made)
    const opened = await client.ask(execute(first.id, { flags }))
    const answers = [told(opened)]
    if (((statusOf(opened) ?? 0) & CURSOR_EXISTS) !== 0)
      answers.push(told(await client.ask(fetchRows(first.id, ROWS_AT_ONCE))))
    client.command(closeStatement(first.id))
    return { rows: answers.flatMap(({ rows }) => rows), error: answers.find(({ error }) => error)?.error }
  }

  return {
    async run(text, form) {
      if (form === 'text') return send(query(text))
      if (client.closed) return LOST
      return prepared(text, form === 'cursor' ? READ_ONLY_CURSOR : 0).catch((fault: Error) => {
        if (client.closed) return LOST
        throw fault
      })
    },
    send,
    received: () => Buffer.concat(chunks),
    forget: () => {
      chunks = []
    },
    get closed() {
      return client.closed
    },
    close: () => client.close(),
  }
}
