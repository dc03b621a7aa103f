/** What a client may send: commands valid by themselves in any order, and some that are not. */
import { type Dice, pick } from '@gatehouse/adapter-contract'
import { COM, packets, u32 } from '../messages/index.js'
import * as ask from '../wire/requests.js'
import type { Asked } from './hearing.js'
import { PARAMETRISED, PREPARABLE, QUERIED } from './statements.js'

export interface Request {
  readonly says: string
  readonly bytes: Uint8Array
  readonly asked: Asked
  /** Its text holds a comment: what of it is left, the model does not know. */
  readonly vague?: true
  /** No command of this protocol, or a goodbye: nothing after it counts. */
  readonly broken?: true
  /** It is the session's end, for certain. */
  readonly ends?: true
  /** It is sent when everything before it was answered. */
  readonly waits?: true | undefined
  /** It is sent when it was asked for, and left out otherwise. */
  readonly file?: true | undefined
  /** Who it is from here on. */
  readonly becomes?: { readonly masked: boolean }
}

const MANY_ROWS = 'select id from notes'
const FAVOURED = ['begin', 'commit', 'rollback', 'select N', 'select email, N from people']
const IDS = [1, 1, 2, 2, 3, 4, ask.LAST_PREPARED, ask.LAST_PREPARED, 99]

export function asked(says: string, content: Uint8Array): Request {
  const bytes = Buffer.from(content)
  const id = bytes.length < 5 ? 0 : bytes.readUInt32LE(1)
  const vague = /--|#|\/\*/.test(says) ? ({ vague: true } as const) : {}
  return { says, bytes: packets(0, content), asked: { command: bytes[0] ?? -1, following: 1, id }, ...vague }
}

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
    const picked = pick(dice, dice(4) === 0 ? FAVOURED : texts)
    // Many rows take their time: as often as it needs to be tried.
    const chosen = fill(picked === MANY_ROWS && dice(8) > 0 ? 'select id, body from notes' : picked)
    return mutated && dice(6) === 0 ? mutate(dice, chosen) : chosen
  }
  const queried = () => {
    const first = text(QUERIED)
    return dice(7) === 0 ? `${first}; ${text(QUERIED)}${dice(2) === 0 ? `; ${text(QUERIED)}` : ''}` : first
  }
  const id = () => pick(dice, IDS)
  const value = () => pick(dice, [ask.string('abc'), ask.bigint(5), ask.NULL, ask.string('')])
  const next = (): Request => {
    const choice = dice(32)
    if (choice < 11) {
      const query = queried()
      return asked(`Q(${query})`, ask.query(query))
    }
    if (choice < 17) {
      const what = text(dice(2) === 0 ? PARAMETRISED : PREPARABLE)
      return asked(`PREPARE(${what})`, ask.prepare(what))
    }
    const which = id()
    if (choice < 23) {
      const parameters = Array.from({ length: pick(dice, [0, 1, 1, 2]) }, () =>
        dice(6) === 0 ? ask.SENT : value(),
      )
      const [types, flags] = [dice(6) > 0, pick(dice, [0, 0, 0, 1, 1, 8])]
      const says = `EXECUTE(${which}, ${parameters.length}${types ? '' : ' as before'}, ${flags})`
      return asked(says, ask.execute(which, { flags, parameters, types }))
    }
    if (choice < 25) {
      const most = pick(dice, [0, 1, 2, 500])
      return asked(`FETCH(${which}, ${most})`, ask.fetchRows(which, most))
    }
    if (choice === 25) return asked(`CLOSE(${which})`, ask.closeStatement(which))
    if (choice === 26) return asked(`RESET(${which})`, ask.resetStatement(which))
    if (choice === 27) {
      const of = pick(dice, [0, 0, 1, 7])
      return asked(`LONG(${which}, ${of})`, ask.longData(which, of, 'long '))
    }
    return pick(dice, PLAIN)
  }
  const broken = (): Request => {
    const { says, bytes, asked: of } = next()
    const lie = Uint8Array.from(bytes)
    const kind = dice(8)
    const told = (what: string, sent: Uint8Array = lie): Request => ({
      says: `${what} ${says} ${Buffer.from(sent).toString('hex').slice(0, 80)}`,
      bytes: sent,
      asked: of,
      broken: true,
    })
    if (kind === 0) lie[3] = 1 + dice(255)
    else if (kind === 1) return told('too long', ask.header(0xffffff))
    else if (kind === 2) lie.set(ask.header(dice(bytes.length)).subarray(0, 3))
    else if (kind === 3) lie.set(ask.header(bytes.length + dice(300)).subarray(0, 3))
    else if (kind === 4) return told('half', bytes.subarray(0, 1 + dice(bytes.length - 1)))
    else if (kind === 5) return told('quit', packets(0, ask.quit))
    else if (kind === 6) return told('another user', packets(0, ask.command(COM.CHANGE_USER, [65, 0, 0, 0])))
    else for (let times = 1 + dice(3); times > 0; times -= 1) lie[dice(lie.length)] = dice(256)
    return told(`lie ${kind}`)
  }
  return { next, broken }
}

/** Commands that carry no text, among them such as a server has and a gateway does not carry. */
const PLAIN: readonly Request[] = [
  asked('PING', ask.ping),
  asked('STATISTICS', ask.statistics),
  asked('INIT_DB(shop)', ask.initDb('shop')),
  asked('INIT_DB(other)', ask.initDb('mysql')),
  asked('RESET_CONNECTION', ask.resetConnection),
  asked('SET_OPTION(0)', ask.setOption(0)),
  asked('SET_OPTION(1)', ask.setOption(1)),
  asked('SET_OPTION(5)', ask.setOption(5)),
  asked('KILL(99)', ask.processKill(99)),
  asked('FIELD_LIST', ask.fieldList('people')),
  asked('BINLOG_DUMP', ask.command(COM.BINLOG_DUMP, u32(4), [0, 0], u32(1))),
  asked('SLEEP', ask.command(COM.SLEEP)),
  asked('unknown', ask.command(0x30)),
  asked('nothing', new Uint8Array(0)),
]

function mutate(dice: Dice, text: string): string {
  const at = dice(text.length + 1)
  const kind = dice(4)
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1 + dice(4))
  if (kind === 1)
    return `${text.slice(0, at)}${pick(dice, ["'", '"', ';', '-- ', '/*', '/*!', '`', '\\', '#', '\u00e9', '(', ')'])}${text.slice(at)}`
  if (kind === 2) return text.slice(0, at)
  return text.slice(0, at) + text.slice(dice(text.length + 1))
}
