/** Saboteurs of framing, order and endings. */
import { type Conversation, type Frame, type Outbox, readInt32 } from '@gatehouse/adapter-kit'
import { around, type Saboteur } from './saboteur.js'
import { CLIENT, HEADER, layoutOf, SERVER } from './toy/frames.js'
import { CLIENT_LETTERS, parts, SERVER_LETTERS } from './toy/parts.js'

const clientLayout = (message: number) => layoutOf(CLIENT_LETTERS, message)
const HUGE = 0x7fff_ffff

/** Timers that one of them leaves behind; its test takes them away again. */
export const leftBehind = new Set<NodeJS.Timeout>()

/** Rows that would pass unread are given to `take`; they are counted all the same. */
function readsRows(
  right: Conversation,
  take: (frame: Frame, out: Outbox) => void,
): Pick<Conversation, 'glance' | 'follow'> {
  let unread = false
  return {
    glance(type, length) {
      unread = right.glance(type, length) === 'pass'
      return 'whole'
    },
    follow(frame, out) {
      if (!unread) return right.follow(frame, out)
      take(frame, out)
      return { kind: 'go' }
    },
  }
}

const isRow = ({ type }: Frame) => String.fromCharCode(type) === SERVER.row
const copied = ({ buffer, start, end }: Frame) => Uint8Array.from(buffer.subarray(start, end))

export const onTheWire: readonly Saboteur[] = [
  {
    name: 'takes one byte for a header, of clients',
    breaks: ['F1', 'F3'],
    sabotage: () => ({ parts: { clientLayout: (message) => ({ ...clientLayout(message), header: 1 }) } }),
  },
  {
    name: 'takes one byte for a header, of servers',
    breaks: ['F1'],
    sabotage: () => ({ parts: { upstreamLayout: () => ({ ...parts.upstreamLayout(), header: 1 }) } }),
  },
  {
    name: 'reads to the end of the chunk',
    breaks: ['F2', 'F3', 'O1', 'O2'],
    sabotage: () => ({
      parts: {
        bodyOf: (frame) => {
          const ends = String.fromCharCode(frame.type) === CLIENT.run ? frame.buffer.length : frame.end
          return parts.bodyOf({ ...frame, end: ends })
        },
      },
    }),
  },
  {
    name: 'believes every length',
    breaks: ['F4', 'F5'],
    sabotage: () => ({
      parts: {
        clientLayout: (message) => ({ ...clientLayout(message), ceiling: () => HUGE, gather: () => HUGE }),
      },
    }),
  },
  {
    name: 'has no ceiling for a statement',
    breaks: ['F5'],
    sabotage: () => ({ parts: { tooLong: () => false } }),
  },
  {
    name: 'mends impossible lengths',
    breaks: ['F6'],
    sabotage: () => ({
      parts: {
        clientLayout: (message) => ({
          ...clientLayout(message),
          length: (buffer, at) => Math.max(HEADER, readInt32(buffer, at + 1)),
        }),
      },
    }),
  },
  {
    name: 'throws at what is not ASCII',
    breaks: ['F7'],
    sabotage: () => ({
      parts: {
        parse(source) {
          if (/[^\x20-\x7e\n]/.test(source)) throw new RangeError('not ASCII')
          return parts.parse(source)
        },
      },
    }),
  },
  {
    name: 'passes on what it does not know',
    breaks: ['F7'],
    sabotage: () => ({
      conversation: (right) =>
        around(right, {
          read(frame) {
            const reading = right.read(frame)
            return reading.kind === 'fatal' ? { kind: 'pass' } : reading
          },
        }),
      parts: {
        clientLayout: (message) => layoutOf(CLIENT_LETTERS + SERVER_LETTERS, message),
      },
    }),
  },
  {
    name: 'answers a refusal at once',
    breaks: ['O1'],
    sabotage: () => ({
      conversation: (right) =>
        around(right, {
          refused: (frame, refusal) =>
            right.owed === 0
              ? right.refused(frame, refusal)
              : { upstream: undefined, client: parts.refusal(refusal, 'idle', '') },
        }),
    }),
  },
  {
    name: 'lets a row slip into the next reply',
    breaks: ['F2', 'O1', 'O2'],
    sabotage: () => ({
      conversation: (right) => {
        let slipped: Uint8Array | undefined
        return around(right, {
          ...readsRows(right, (frame, out) => {
            if (slipped !== undefined) out.write(slipped)
            slipped = right.owed > 1 ? copied(frame) : undefined
            if (slipped === undefined) out.pass(frame.buffer, frame.start, frame.end)
          }),
        })
      },
    }),
  },
  {
    name: 'remembers a row by a view of it',
    breaks: ['F2', 'R1', 'O1', 'O2'],
    sabotage: () => ({
      conversation: (right) => {
        let remembered: Uint8Array | undefined
        const recall = (out: Outbox) => {
          if (remembered !== undefined) out.write(remembered)
          remembered = undefined
        }
        const rows = readsRows(right, (frame, out) => {
          recall(out)
          if (right.owed > 1) remembered = frame.buffer.subarray(frame.start, frame.end)
          else out.pass(frame.buffer, frame.start, frame.end)
        })
        return around(right, {
          glance: rows.glance,
          follow(frame, out) {
            if (!isRow(frame)) recall(out)
            return rows.follow(frame, out)
          },
        })
      },
    }),
  },
  {
    name: 'cuts off a server that says something unasked',
    breaks: ['O3'],
    sabotage: () => ({
      conversation: (right) =>
        around(right, {
          follow: (frame, out) =>
            String.fromCharCode(frame.type) === SERVER.notice
              ? { kind: 'cut', bytes: parts.farewell('GH_UPSTREAM', 'unasked') }
              : right.follow(frame, out),
        }),
    }),
  },
  {
    name: 'gives a client whatever the server says',
    breaks: ['O4'],
    sabotage: () => ({
      conversation: (right) =>
        around(right, {
          follow(frame, out) {
            if (right.owed > 0) return right.follow(frame, out)
            out.pass(frame.buffer, frame.start, frame.end)
            return { kind: 'go' }
          },
        }),
    }),
  },
  {
    name: 'says nothing when it ends a session',
    breaks: ['R5', 'A2', 'I1', 'I3', 'E2', 'E4'],
    sabotage: () => ({ parts: { farewell: () => new Uint8Array() } }),
  },
  {
    name: 'forgets what was still open',
    breaks: ['A4', 'E1', 'E2'],
    sabotage: () => ({ conversation: (right) => around(right, { ended: () => [] }) }),
  },
  {
    name: 'records what was cut off as done',
    breaks: ['A4', 'E1', 'E2'],
    sabotage: () => ({ parts: { cut: 'done' } }),
  },
  {
    name: 'hoards the rows of a reply until it is whole',
    breaks: ['E3'],
    sabotage: () => ({
      conversation: (right) => {
        const hoard: Uint8Array[] = []
        const rows = readsRows(right, (frame) => hoard.push(copied(frame)))
        return around(right, {
          glance: rows.glance,
          follow(frame, out) {
            if (!isRow(frame)) for (const row of hoard.splice(0)) out.write(row)
            return rows.follow(frame, out)
          },
        })
      },
    }),
  },
  {
    name: 'thinks that it is always idle',
    breaks: ['E4'],
    sabotage: () => ({ parts: { idle: () => true } }),
  },
  {
    name: 'leaves a timer behind',
    breaks: ['E5'],
    sabotage: () => ({
      conversation: (right) => {
        leftBehind.add(setInterval(() => {}, 60_000))
        return right
      },
    }),
  },
]
