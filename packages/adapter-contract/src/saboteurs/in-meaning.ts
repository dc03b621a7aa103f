/** Saboteurs of reading, refusing, recording and identity. */
import type { Frame } from '@gatehouse/adapter-kit'
import type { Action, Permit, Refusal, Statement } from '@gatehouse/core'
import { around, type Saboteur } from './saboteur.js'
import type { Sabotage } from './toy/adapter.js'
import { CLIENT, frame as frameOf, SERVER } from './toy/frames.js'
import type { Parsed } from './toy/language.js'
import { parts } from './toy/parts.js'

/** Each statement changed after it was read. */
function reread(change: (statement: Statement, source: string) => Statement) {
  return (source: string): Parsed => changed(parts.parse(source), (statement) => change(statement, source))
}

const changed = (parsed: Parsed, change: (statement: Statement) => Statement): Parsed =>
  parsed.kind === 'unreadable' ? parsed : { kind: 'read', statements: parsed.statements.map(change) }

const actionsBut = (statement: Statement, change: (action: Action) => Action): Statement => ({
  ...statement,
  actions: statement.actions.map(change),
})

const reading = (change: (statement: Statement, source: string) => Statement) => (): Sabotage => ({
  parts: { parse: reread(change) },
})

const letterOf = (frame: Frame) => String.fromCharCode(frame.type)
const rewordsRefusals = (change: (refusal: Refusal, source: string) => Refusal): Sabotage => ({
  parts: { refusal: (refusal, state, source) => parts.refusal(change(refusal, source), state, source) },
})

export const inMeaning: readonly Saboteur[] = [
  {
    name: 'forgets the fields',
    breaks: ['N1', 'N2', 'N3'],
    sabotage: reading((statement) => actionsBut(statement, (action) => ({ ...action, fields: [] }))),
  },
  {
    name: 'calls everything filtered',
    breaks: ['N1', 'N3'],
    sabotage: reading((statement) => actionsBut(statement, (action) => ({ ...action, unfiltered: false }))),
  },
  {
    name: 'forgets the joined relation',
    breaks: ['N2', 'R1'],
    sabotage: reading((statement) => ({ ...statement, actions: statement.actions.slice(0, 1) })),
  },
  {
    name: 'reads the first of several statements',
    breaks: ['N3', 'A3', 'B2'],
    sabotage: () => ({
      parts: {
        parse(source) {
          const parsed = parts.parse(source)
          return parsed.kind === 'unreadable'
            ? parsed
            : { ...parsed, statements: parsed.statements.slice(0, 1) }
        },
      },
    }),
  },
  {
    name: 'minds the case of letters',
    breaks: ['N4'],
    sabotage: () => ({
      parts: {
        parse: (source) => (/^[A-Z]/.test(source) ? { kind: 'unreadable' } : parts.parse(source)),
      },
    }),
  },
  {
    name: 'takes dynamic text for harmless',
    breaks: ['N5'],
    sabotage: reading((statement) => ({
      ...statement,
      actions: statement.actions.filter(({ verb }) => verb !== 'opaque'),
    })),
  },
  {
    name: 'passes what it cannot read',
    breaks: ['N5', 'R5'],
    sabotage: () => ({
      parts: {
        parse(source) {
          const parsed = parts.parse(source)
          return parsed.kind === 'unreadable' && source !== '' ? parts.parse('begin') : parsed
        },
      },
    }),
  },
  {
    name: 'reads what was prepared less closely',
    breaks: ['N6'],
    sabotage: () => ({
      parts: {
        executed: (parsed) =>
          changed(parsed, (statement) =>
            actionsBut(statement, (action) => ({ ...action, unfiltered: false })),
          ),
      },
    }),
  },
  {
    name: 'records literals',
    breaks: ['N7'],
    sabotage: reading((statement, source) => ({ ...statement, text: source })),
  },
  {
    name: 'prepares upstream what was refused',
    breaks: ['R1'],
    sabotage: () => ({
      conversation: (right) => {
        let source = ''
        return around(right, {
          read(frame) {
            source = parts.bodyOf(frame)
            return right.read(frame)
          },
          refused: (frame, refusal) => ({
            ...right.refused(frame, refusal),
            upstream: frameOf(CLIENT.prepare, 'later', source),
          }),
        })
      },
    }),
  },
  {
    name: 'has a code of its own for what is forbidden',
    breaks: ['R2'],
    sabotage: () => ({
      parts: {
        refusal: (refusal, state) =>
          frameOf(
            SERVER.failed,
            refusal.code === 'GH_FORBIDDEN' ? 'sorry' : parts.native(refusal.code),
            `${refusal.message} ${refusal.rule ?? ''} ${refusal.id}`,
            state,
            refusal.code,
          ),
      },
    }),
  },
  {
    name: 'sulks for one statement after a refusal',
    breaks: ['R3'],
    sabotage: () => ({
      conversation: (right) => {
        let last: Refusal | undefined
        return around(right, {
          refused(frame, refusal) {
            last = letterOf(frame) === CLIENT.execute ? refusal : undefined
            return right.refused(frame, refusal)
          },
          read(frame) {
            const again = letterOf(frame) === CLIENT.runBinary ? last : undefined
            last = undefined
            if (again === undefined) return right.read(frame)
            return { kind: 'settle', forwarding: right.refused(frame, again) }
          },
        })
      },
    }),
  },
  {
    name: 'takes the end of a transaction for nothing',
    breaks: ['R6'],
    sabotage: reading((statement) =>
      /^(commit|rollback)$/.test(statement.command) ? { ...statement, actions: [] } : statement,
    ),
  },
  {
    name: 'rolls back the transaction in which it refuses',
    breaks: ['R4', 'R7'],
    sabotage: () => ({
      conversation: (right) => {
        let inside = false
        let told: Uint8Array | undefined
        return around(right, {
          read(frame) {
            const source = parts.bodyOf(frame)
            if (/^(begin|commit|rollback)$/.test(source)) inside = source === 'begin'
            return right.read(frame)
          },
          refused(frame, refusal) {
            const { client, ...forwarding } = right.refused(frame, refusal)
            if (!inside || client === undefined) return { ...forwarding, ...(client && { client }) }
            told = client
            return { ...forwarding, upstream: frameOf(CLIENT.run, 'rollback') }
          },
          follow(frame, out) {
            if (told === undefined) return right.follow(frame, out)
            out.write(told)
            told = undefined
            return { kind: 'go' }
          },
        })
      },
    }),
  },
  {
    name: 'commits before its client does',
    breaks: ['E6'],
    sabotage: () => ({
      conversation: (right) => {
        let inside = false
        let written = false
        return around(right, {
          read(frame) {
            const source = parts.bodyOf(frame)
            if (/^(begin|commit|rollback)$/.test(source)) inside = source === 'begin'
            written = inside && source.includes('lost')
            return right.read(frame)
          },
          follow(frame, out) {
            const step = right.follow(frame, out)
            if (!written || step.kind !== 'go' || right.owed > 0) return step
            written = false
            return { ...step, upstream: frameOf(CLIENT.run, 'commit') }
          },
        })
      },
    }),
  },
  {
    name: 'says that no transaction is open',
    breaks: ['R4'],
    sabotage: () => ({
      parts: { refusal: (refusal, _state, source) => parts.refusal(refusal, 'idle', source) },
    }),
  },
  {
    name: 'quotes the statement in its refusal',
    breaks: ['R5'],
    sabotage: () =>
      rewordsRefusals((refusal, source) => ({ ...refusal, message: `${refusal.message}: ${source}` })),
  },
  {
    name: 'runs ahead of the gate with what looks harmless',
    breaks: ['A1'],
    sabotage: () => ({
      conversation: (right) => {
        let ahead = false
        return around(right, {
          read(frame) {
            if (ahead || !/^read customers \(note,/.test(parts.bodyOf(frame))) return right.read(frame)
            ahead = true
            const nudge = frame.buffer.slice(frame.start, frame.end)
            return { kind: 'wait', ready: Promise.resolve(), nudge }
          },
          admitted(frame, permits) {
            const forwarding = right.admitted(frame, permits)
            if (!ahead) return forwarding
            ahead = false
            return { ...forwarding, upstream: undefined }
          },
        })
      },
    }),
  },
  {
    name: 'takes a full sink lightly',
    breaks: ['A2'],
    sabotage: () => ({
      conversation: (right) =>
        around(right, {
          refused: (frame, refusal) =>
            refusal.code === 'GH_AUDIT_UNAVAILABLE' ? { upstream: 'frame' } : right.refused(frame, refusal),
        }),
    }),
  },
  {
    name: 'records failures as done',
    breaks: ['A3'],
    sabotage: () => ({ parts: { failed: 'done' } }),
  },
  {
    name: 'decides late what was prepared before',
    breaks: ['A1'],
    sabotage: () => ({
      conversation: (right) => {
        let known = false
        return around(right, {
          read(frame) {
            const answer = right.read(frame)
            if (letterOf(frame) === CLIENT.prepare) known = false
            if (letterOf(frame) !== CLIENT.execute || answer.kind !== 'ask') return answer
            const again = known
            known = true
            return again ? { ...answer, judge: 'foresee' } : answer
          },
        })
      },
    }),
  },
  {
    name: 'decides once what is prepared once',
    breaks: ['A1', 'A3', 'A5'],
    sabotage: () => ({
      conversation: (right) => {
        let known: readonly Permit[] | undefined
        return around(right, {
          read(frame) {
            const answer = right.read(frame)
            if (letterOf(frame) === CLIENT.prepare) known = undefined
            if (letterOf(frame) !== CLIENT.execute || known === undefined) return answer
            return { kind: 'settle', forwarding: right.admitted(frame, known) }
          },
          admitted(frame, permits) {
            known = permits
            return right.admitted(frame, permits)
          },
        })
      },
    }),
  },
  {
    name: 'lets anybody in',
    breaks: ['I1', 'R5'],
    sabotage: () => ({ parts: { proves: false } }),
  },
  {
    name: "signs in upstream with the client's password",
    breaks: ['I2'],
    sabotage: () => ({ parts: { secret: (given) => given } }),
  },
  {
    name: 'forgets when a credential ends',
    breaks: ['I3'],
    sabotage: () => ({ parts: { identity: ({ expiresAt: _, ...identity }) => identity } }),
  },
  {
    name: 'signs in without TLS where it is required',
    breaks: ['I4'],
    sabotage: () => ({ parts: { requiresTls: () => false } }),
  },
]
