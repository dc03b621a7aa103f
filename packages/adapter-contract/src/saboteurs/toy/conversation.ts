/** One client's talk in the toy protocol: what is owed in order, refusals in their places, rows masked and counted. */
import {
  type Completion,
  type Conversation,
  concatBytes,
  createLedger,
  type Forwarding,
  type Frame,
  type Outbox,
  type Reading,
  type Step,
  text,
} from '@gatehouse/adapter-kit'
import type { Limit, Outcome, Permit, Refusal, SessionGate, Statement } from '@gatehouse/core'
import {
  binaryCells,
  CLIENT,
  framed,
  frame as frameOf,
  HEADER,
  readBinaryCells,
  readTextCells,
  SERVER,
  TAB,
  textCells,
} from './frames.js'
import type { Parsed } from './language.js'
import type { State, ToyParts } from './parts.js'

/** What the upstream owes, or, with a refusal, what we owe in its place. */
interface Owed {
  readonly permits: readonly Permit[]
  readonly refused: { readonly refusal: Refusal; readonly text: string } | undefined
  /** Rows that the client was sent. */
  rows: number
  bytes: number
  /** The limit that was reached. */
  full: Limit | undefined
  /** No permit obliges to anything: rows pass as they come. */
  readonly unread: boolean
}

const UNREADABLE: Statement = {
  command: '',
  actions: [],
  outputs: [],
  collects: false,
  text: 'unreadable',
  bytes: 0,
}

const masks = ({ permission }: Permit) =>
  permission.maskAll !== undefined || permission.masks.some((mask) => mask !== undefined)
const masksKeys = ({ permission }: Permit) => permission.keys?.some(({ length }) => length > 0) ?? false
const LIMITS = ['rows', 'bytes', 'affected'] as const
const obliges = (permit: Permit) =>
  masks(permit) || masksKeys(permit) || LIMITS.some((each) => permit.permission[each] !== undefined)

export interface ToySession {
  readonly gate: SessionGate
  readonly limits: { readonly statement: number; readonly message: number }
  readonly parts: ToyParts
}

export function createConversation({ limits, parts }: Omit<ToySession, 'gate'>): Conversation {
  const ledger = createLedger<Owed>()
  const prepared = new Map<string, string>()
  let state: State = 'idle'
  let exchange = 0
  let asked = { text: '', upstream: 'frame' as Forwarding['upstream'] }

  const ask = (source: string, parsed: Parsed, upstream: Forwarding['upstream']): Reading => {
    exchange += 1
    asked = { text: source, upstream }
    if (parts.tooLong(source.length, limits.statement))
      return refuse('GH_TOO_LARGE', 'the statement is too long')
    if (parsed.kind === 'unreadable') return refuse('GH_UNREADABLE', 'the statement is not understood')
    return {
      kind: 'ask',
      asks: parsed.statements.map((statement) => ({ statement })),
      judge: 'admit',
      exchange,
    }
  }
  const refuse = (code: 'GH_TOO_LARGE' | 'GH_UNREADABLE', why: string): Reading => ({
    kind: 'unreadable',
    statement: UNREADABLE,
    exchange,
    code,
    why,
  })

  const read = (frame: Frame): Reading => {
    const body = parts.bodyOf(frame)
    switch (String.fromCharCode(frame.type)) {
      case CLIENT.run:
      case CLIENT.runBinary:
        return ask(body, parts.parse(body), 'frame')
      case CLIENT.prepare: {
        // Kept here and sent when it is executed: until then nobody has decided.
        const [name = '', source = ''] = body.split(TAB)
        prepared.set(name, source)
        return { kind: 'drop' }
      }
      case CLIENT.execute: {
        const source = prepared.get(body) ?? ''
        const preparing = frameOf(CLIENT.prepare, body, source)
        const whole = concatBytes([preparing, frame.buffer.slice(frame.start, frame.end)])
        return ask(source, parts.executed(parts.parse(source)), whole)
      }
      case CLIENT.leave:
        return { kind: 'goodbye' }
      default:
        return { kind: 'fatal', bytes: parts.farewell('GH_PROTOCOL', 'a frame that is not of this protocol') }
    }
  }

  /** An obligation that this protocol, or this text, leaves no way to keep. */
  const unkept = (permits: readonly Permit[]): Permit | undefined =>
    permits.find((permit) => {
      const able =
        (!masks(permit) || parts.honours.mask) &&
        (!masksKeys(permit) || parts.honours.keys) &&
        LIMITS.every((each) => permit.permission[each] === undefined || parts.honours[each])
      return obliges(permit) && !(able && parts.separable(permits.length))
    })

  const refused = (refusal: Refusal): Forwarding => {
    const { text: source } = asked
    if (ledger.size === 0) return { upstream: undefined, client: parts.refusal(refusal, state, source) }
    ledger.push({
      permits: [],
      refused: { refusal, text: source },
      rows: 0,
      bytes: 0,
      full: undefined,
      unread: false,
    })
    return { upstream: undefined }
  }

  const admitted = (permits: readonly Permit[]): Forwarding => {
    const permit = unkept(permits)
    if (permit === undefined) {
      const unread = !permits.some(obliges)
      ledger.push({ permits, refused: undefined, rows: 0, bytes: 0, full: undefined, unread })
      return { upstream: asked.upstream }
    }
    const message = 'an obligation cannot be kept here'
    const outcome: Outcome = { status: 'refused', returned: 0, affected: 0, refusal: 'GH_UNMASKABLE' }
    return {
      ...refused({ code: 'GH_UNMASKABLE', message, id: permit.decided.id }),
      completions: permits.map((one) => ({ permit: one, outcome })),
    }
  }

  const completions = (owed: Owed, outcome: Outcome): readonly Completion[] =>
    owed.permits.map((permit) => ({ permit, outcome }))

  /** Refusals whose turn has come. */
  const settle = (out: Outbox) => {
    for (let head = ledger.head; head?.refused !== undefined; head = ledger.head) {
      out.write(parts.refusal(head.refused.refusal, state, head.refused.text))
      ledger.pop()
    }
  }

  const followRow = (owed: Owed, frame: Frame, binary: boolean, out: Outbox): Step => {
    const permission = owed.permits[0]?.permission
    const { rows, bytes } = permission ?? {}
    const size = frame.end - frame.start
    if (rows !== undefined && !parts.limitRow(owed.rows + 1, rows.limit)) owed.full ??= rows
    if (bytes !== undefined && !parts.limitBytes(owed.bytes + size, bytes.limit)) owed.full ??= bytes
    if (owed.full !== undefined) return { kind: 'go' }
    owed.rows += 1
    owed.bytes += size
    const body = frame.buffer.subarray(frame.start + HEADER, frame.end)
    const cells = (binary ? readBinaryCells(body) : readTextCells(text(body))).map((cell, index) =>
      parts.maskKeys(
        parts.maskCell(cell, permission === undefined ? undefined : parts.maskOf(permission, index), binary),
        permission?.keys?.[index] ?? [],
      ),
    )
    out.write(
      binary ? framed(SERVER.binaryRow, binaryCells(cells)) : frameOf(SERVER.row, ...textCells(cells)),
    )
    return { kind: 'go' }
  }

  const cut = (why: string): Step => ({ kind: 'cut', bytes: parts.farewell('GH_UPSTREAM', why) })

  const follow = (frame: Frame, out: Outbox): Step => {
    const letter = String.fromCharCode(frame.type)
    const { buffer, start, end } = frame
    if (letter === SERVER.notice) {
      out.pass(buffer, start, end)
      return { kind: 'go' }
    }
    const owed = ledger.head
    if (owed === undefined || owed.refused !== undefined) return cut('the server speaks out of turn')
    if (letter === SERVER.row || letter === SERVER.binaryRow)
      return followRow(owed, frame, letter === SERVER.binaryRow, out)
    if (letter !== SERVER.done && letter !== SERVER.failed)
      return cut('the server says what has no place here')
    ledger.pop()
    const said = text(buffer.subarray(start + HEADER, end)).split(TAB)
    state = said[letter === SERVER.done ? 0 : 2] === 'open' ? 'open' : 'idle'
    const status = letter === SERVER.done ? 'done' : parts.failed
    let outcome: Outcome = { status, returned: owed.rows, affected: 0 }
    const [permit] = owed.permits
    if (owed.full !== undefined && permit !== undefined) {
      outcome = { ...outcome, status: 'failed', refusal: 'GH_ROW_LIMIT' }
      const refusal = {
        code: 'GH_ROW_LIMIT',
        message: 'a limit is reached',
        id: permit.decided.id,
        rule: owed.full.rule,
      } as const
      out.write(parts.refusal(refusal, state, ''))
    } else out.pass(buffer, start, end)
    settle(out)
    return { kind: 'go', completions: completions(owed, outcome) }
  }

  return {
    clientFrames: parts.clientLayout(limits.message),
    upstreamFrames: parts.upstreamLayout(),
    welcome: frameOf(SERVER.welcome, 'shop'),
    read,
    admitted: (_frame, permits) => admitted(permits),
    refused: (_frame, refusal) => refused(refusal),
    glance: (type) => {
      const owed = ledger.head
      const letter = String.fromCharCode(type)
      if (owed === undefined || !owed.unread || (letter !== SERVER.row && letter !== SERVER.binaryRow))
        return 'whole'
      owed.rows += 1
      return 'pass'
    },
    follow,
    get idle() {
      return parts.idle(ledger.size)
    },
    get owed() {
      return ledger.size
    },
    farewell: parts.farewell,
    cancellation: () => undefined,
    ended: () => {
      const open: Completion[] = []
      for (let owed = ledger.pop(); owed !== undefined; owed = ledger.pop())
        open.push(...completions(owed, { status: parts.cut, returned: owed.rows, affected: 0 }))
      return open
    },
  }
}
