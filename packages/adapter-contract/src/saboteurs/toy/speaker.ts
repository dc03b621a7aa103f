/** The toy protocol as the suite speaks it: a client's side, and a server's. */
import { concatBytes, readInt32, text, type Wire } from '@gatehouse/adapter-kit'
import { REFUSAL_CODES, type RefusalCode } from '@gatehouse/core'
import type { Intent } from '../../intent.js'
import type { Actor, Answer, Failure, Form, Heard, Scene, Speaker, Talk } from '../../speaker.js'
import {
  binaryCells,
  CLIENT,
  cutFrames,
  declared,
  frame,
  framed,
  HEADER,
  readBinaryCells,
  readTextCells,
  SERVER,
  TAB,
  textCells,
} from './frames.js'
import { native } from './parts.js'

const forms = [
  { name: 'text', prepared: false, binary: false },
  { name: 'binary', prepared: false, binary: true },
  { name: 'prepared', prepared: true, binary: false },
] as const satisfies readonly Form[]

const VERBS = { read: 'read', insert: 'add', update: 'set', delete: 'erase' } as const

function say({ verb, relation, fields, id, other, value = 'value' }: Intent): string {
  const list = fields.length === 0 ? '' : ` (${fields.join(', ')})`
  const stored = verb === 'insert' || verb === 'update' ? ` '${value}'` : ''
  const brought = other === undefined ? '' : ` ${other.way} ${other.relation}`
  const bound = id === undefined ? '' : ` where id = ${id}`
  return `${VERBS[verb]} ${relation}${list}${stored}${brought}${bound}`
}

function failureOf(fields: readonly string[]): Failure {
  const [code = '', message = '', state = '', own] = fields
  const ours = REFUSAL_CODES.find((name) => name === own)
  return {
    native: code,
    text: fields.join(' '),
    fatal: state === 'fatal',
    ...(ours === undefined ? {} : { code: ours satisfies RefusalCode }),
    ...(message === '' ? {} : {}),
  }
}

function hear({ received }: Talk): Heard {
  const { frames, size } = cutFrames(received)
  const answers: Answer[] = []
  const unasked: string[] = []
  let rows: (readonly (string | null)[])[] = []
  let farewell: Failure | undefined
  let malformed: string | undefined
  for (const { letter, body } of frames) {
    const fields = text(body).split(TAB)
    if (farewell !== undefined) malformed ??= 'something after the farewell'
    if (letter === SERVER.row) rows.push(readTextCells(text(body)))
    else if (letter === SERVER.binaryRow) rows.push(readBinaryCells(body))
    else if (letter === SERVER.notice) unasked.push(fields[0] ?? '')
    else if (letter === SERVER.done) {
      answers.push({ rows, state: fields[0] === 'open' ? 'open' : 'idle' })
      rows = []
    } else if (letter === SERVER.failed) {
      const failure = failureOf(fields)
      if (failure.fatal) farewell = failure
      else answers.push({ rows, failure, state: fields[2] === 'open' ? 'open' : 'idle' })
      rows = []
    } else malformed ??= `a frame \`${letter}\``
  }
  return {
    answers,
    unasked,
    rest: received.length - size,
    ...(farewell === undefined ? {} : { farewell }),
    ...(malformed === undefined ? {} : { malformed }),
  }
}

async function signIn(wire: Wire, visitor: Parameters<Speaker['signIn']>[1]): Promise<Failure | undefined> {
  wire.write(frame(CLIENT.signIn, visitor.name, visitor.password, visitor.database))
  const header = await wire.read(HEADER)
  const body = await wire.read(readInt32(header, 1) - HEADER)
  return header[0] === SERVER.welcome.charCodeAt(0) ? undefined : failureOf(text(body).split(TAB))
}

function createActor(scene: Scene): Actor {
  let rest: Uint8Array = new Uint8Array()
  let signedIn = false
  let over = false
  let state: 'idle' | 'open' = 'idle'
  const prepared = new Map<string, string>()

  const run = (source: string, binary: boolean): readonly Uint8Array[] => {
    scene.ran(source)
    if (source === 'begin') state = 'open'
    if (source === 'commit' || source === 'rollback') state = 'idle'
    const { rows, failure } = scene.play(source)
    const cells = rows.map((row) =>
      binary ? framed(SERVER.binaryRow, binaryCells(row)) : frame(SERVER.row, ...textCells(row)),
    )
    return [
      ...cells,
      failure === undefined
        ? frame(SERVER.done, state, String(rows.length))
        : frame(SERVER.failed, 'wrong', failure, state),
    ]
  }
  const answer = (letter: string, body: string): readonly Uint8Array[] => {
    const [name = '', source = ''] = body.split(TAB)
    if (letter === CLIENT.signIn) {
      signedIn = true
      return [frame(SERVER.welcome, 'shop')]
    }
    if (letter === CLIENT.prepare) prepared.set(name, source)
    else if (letter === CLIENT.leave) over = true
    else if (letter === CLIENT.execute) return run(prepared.get(name) ?? '', false)
    else return run(body, letter === CLIENT.runBinary)
    return []
  }
  return {
    push(chunk) {
      const bytes = concatBytes([rest, chunk])
      const { frames, size } = cutFrames(bytes)
      rest = bytes.slice(size)
      return concatBytes(frames.flatMap(({ letter, body }) => answer(letter, text(body))))
    },
    get signedIn() {
      return signedIn
    },
    get state() {
      return state
    },
    get over() {
      return over
    },
  }
}

export const toySpeaker: Speaker = {
  header: HEADER,
  forms,
  ways: ['with', 'inside'],
  transactions: { begin: 'begin', commit: 'commit', rollback: 'rollback', errorLeaves: 'open' },
  resource: (relation) => ['shop', relation],
  say,
  ask: (source, form) =>
    form.prepared
      ? concatBytes([frame(CLIENT.prepare, 'one', source), frame(CLIENT.execute, 'one')])
      : frame(form.binary ? CLIENT.runBinary : CLIENT.run, source),
  repeat: () => frame(CLIENT.execute, 'one'),
  several: (texts) => texts.join('; '),
  disguise: (source) => [
    source.replace(/^\w+/, (verb) => verb.toUpperCase()),
    source.replaceAll(' ', ' {a note}\n '),
    source.replace(/^(\w+) (\w+)/, '$1 "$2"'),
  ],
  opaque: ['eval whatever', 'EVAL "customers"'],
  unreadable: ['?', 'dance', 'read'],
  document: () => 'read customers (note) where id = 77',
  wrapped: (relation, field) => [
    `eval ${relation} ${field}`,
    `read ${relation} (id); read ${relation} (${field})`,
  ],
  declare: (length) => declared(CLIENT.run, length),
  impossible: [0, 1, HEADER - 2, -1, -0x8000_0000].map((length) => declared(CLIENT.run, length)),
  garble: (random) => {
    const letters = [...Object.values(CLIENT), ...Object.values(SERVER), '\0']
    const body = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256))
    return framed(letters[Math.floor(random() * letters.length)] as string, body)
  },
  unasked: [{ bytes: frame(SERVER.notice, 'by the way'), says: 'by the way' }],
  outOfTurn: [frame(SERVER.row, 'x'), frame(SERVER.done, 'idle', '0'), frame(SERVER.welcome, 'shop')],
  native,
  signIn,
  hear,
  createActor,
}
