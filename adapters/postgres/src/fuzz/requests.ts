/** What a client may send: messages valid by themselves in any order, and some that are not. */

import { type Dice, pick } from '@gatehouse/adapter-contract'
import { concatBytes, writeInt32 } from '@gatehouse/adapter-kit'
import * as ask from '../wire/requests.js'
import { BY_QUERY, TEXTS } from './statements.js'

export interface Request {
  readonly says: string
  readonly bytes: Uint8Array
  /** No message of this protocol: nothing after it counts. */
  readonly broken?: true
}

export const STATEMENTS = ['', 'a', 'b', 'p']
export const PORTALS = ['', 'a', 'k']
const PREPARED = TEXTS.filter((text) => !BY_QUERY.has(text))
/** Openings of transactions and copies, more often than their share. */
const FAVOURED = [
  'begin',
  'begin',
  'commit',
  'rollback',
  'copy notes from stdin',
  'select N',
  'select email, N from people',
]

export interface Generator {
  next(): Request
  broken(): Request
}

export function createGenerator(dice: Dice, mutated: boolean): Generator {
  let n = 0
  const fill = (text: string) => {
    n = (n % 97) + 1
    return text.replace(/\bN\b/, String(n))
  }
  const text = (texts: readonly string[]) => {
    if (dice(12) === 0) return pick(dice, ['', ';', 'selec', 'select 1 from', 'select 1; select 2'])
    const chosen = fill(pick(dice, dice(4) === 0 ? FAVOURED : texts))
    return mutated && dice(6) === 0 && !chosen.includes('application_name') ? mutate(dice, chosen) : chosen
  }
  const queried = () => {
    const first = text(TEXTS)
    return dice(8) === 0 ? `${first}; ${text(TEXTS)}${dice(2) === 0 ? `; ${text(TEXTS)}` : ''}` : first
  }
  const name = () => pick(dice, STATEMENTS)
  const portal = () => pick(dice, PORTALS)
  const say = (says: string, bytes: Uint8Array): Request => ({ says, bytes })
  const parse = (to: string, what: string) => say(`P(${to}: ${what})`, ask.P(to, what))
  const bind = (to: string, from: string) => {
    const formats = pick(dice, [[], [], [], [0], [0, 0], [0, 0, 0]])
    const values = dice(20) === 0 ? ['7'] : []
    return say(
      `B(${to} ← ${from} ${values} ${formats})`,
      ask.B({ portal: to, statement: from, formats, values }),
    )
  }
  const execute = (of: string) => {
    const most = pick(dice, [0, 0, 0, 1, 2, -1])
    return say(`E(${of}, ${most})`, ask.E(of, most))
  }
  const together = (...parts: readonly Request[]) =>
    say(parts.map(({ says }) => says).join(' '), concatBytes(parts.map(({ bytes }) => bytes)))
  const sync = say('S', ask.S)
  const data = () => {
    const lines = pick(dice, ['7\n', '7\n8\n', 'x\n', ''])
    return say(`d(${JSON.stringify(lines)})`, ask.d(lines))
  }
  const done = () => (dice(3) === 0 ? say('f', ask.f('no')) : say('c', ask.c))
  const next = (): Request => {
    const choice = dice(40)
    if (choice < 8) {
      const query = queried()
      return say(`Q(${query})`, ask.Q(query))
    }
    if (choice < 12) return parse(name(), text(PREPARED))
    if (choice < 16) return bind(portal(), name())
    if (choice < 20) return execute(portal())
    if (choice < 26) {
      const [to, from] = [portal(), name()]
      return together(parse(from, text(PREPARED)), bind(to, from), execute(to))
    }
    if (choice < 31) return sync
    if (choice === 31) return say('H', ask.H)
    if (choice === 32)
      return together(say('Q(copy notes from stdin)', ask.Q('copy notes from stdin')), data(), done())
    if (choice === 33) return data()
    if (choice === 34) return done()
    if (choice === 35) return say('F', concatBytes([ask.header('F', 14), new Uint8Array(10)]))
    const [statement, of] = [name(), portal()]
    if (choice === 36) return say(`DS(${statement})`, ask.DS(statement))
    if (choice === 37) return say(`DP(${of})`, ask.DP(of))
    if (choice === 38) return say(`CS(${statement})`, ask.CS(statement))
    return say(`CP(${of})`, ask.CP(of))
  }
  const broken = (): Request => {
    const { says, bytes } = next()
    const lie = Uint8Array.from(bytes)
    const kind = dice(7)
    if (kind === 0) return { ...say('unknown type', ask.header('?', 4)), broken: true }
    if (kind === 1)
      return { ...say('SASL', concatBytes([ask.header('p', 8), new Uint8Array(4)])), broken: true }
    if (kind === 2) writeInt32(lie, 1, pick(dice, [-1, 0, 3, -2_147_483_648]))
    else if (kind === 3) writeInt32(lie, 1, pick(dice, [0x7fff_ffff, 0x4000_0000]))
    else if (kind === 4) writeInt32(lie, 1, 4 + dice(bytes.length))
    else if (kind === 5)
      return { ...say(`half ${says}`, bytes.subarray(0, 1 + dice(bytes.length - 1))), broken: true }
    else for (let times = 1 + dice(3); times > 0; times -= 1) lie[dice(lie.length)] = dice(256)
    return { ...say(`lie ${kind} ${says} ${Buffer.from(lie).toString('hex')}`, lie), broken: true }
  }
  return { next, broken }
}

function mutate(dice: Dice, text: string): string {
  const at = dice(text.length + 1)
  const kind = dice(4)
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1 + dice(4))
  if (kind === 1)
    return `${text.slice(0, at)}${pick(dice, ["'", '"', ';', '--', '/*', '$$', '\u00e9', '(', ')'])}${text.slice(at)}`
  if (kind === 2) return text.slice(0, at)
  return text.slice(0, at) + text.slice(dice(text.length + 1))
}
