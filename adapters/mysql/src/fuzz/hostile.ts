/** What an upstream may say that it should not. */
import { type Dice, pick } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { eofPayload, packets, payload, STATUS, u24 } from '../messages/index.js'
import * as say from './backend.js'
import { LAYOUTS, OLD } from './layout.js'

const { AUTOCOMMIT, MORE_RESULTS, PS_OUT_PARAMS, CURSOR_EXISTS, NO_BACKSLASH_ESCAPES, DB_DROPPED } = STATUS
const FLAGS = [MORE_RESULTS, PS_OUT_PARAMS, CURSOR_EXISTS, NO_BACKSLASH_ESCAPES, DB_DROPPED, 0xffff]

/** A track block whose lengths are no lengths, and such as name what must not change. */
const LYING_TRACKS: readonly Uint8Array[] = [
  payload([0, 200, 1, 65]),
  payload([0, 3, 5, 65, 66]),
  payload([0xfe]),
  payload([1, 0xfe, 255, 255, 255, 255, 255, 255, 255, 255]),
  payload([0, 0xff]),
  payload([77, 2, 1, 1]),
  say.variableChange('session_track_schema', '0'),
  say.variableChange('sql_mode', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'),
  say.variableChange('character_set_client', 'gbk'),
  say.schemaChange('elsewhere'),
]

const SHORT = { ...OLD, short: true }

/** Payloads that have their place somewhere, but hardly here. */
export const ELSEWHERE: readonly Uint8Array[] = [
  say.done(AUTOCOMMIT),
  say.done(AUTOCOMMIT | MORE_RESULTS),
  ...LYING_TRACKS.map((changes) => say.done(AUTOCOMMIT, 0, changes)),
  eofPayload({ warnings: 0, status: AUTOCOMMIT }),
  eofPayload({ warnings: 0, status: AUTOCOMMIT | MORE_RESULTS }),
  eofPayload({ warnings: 0, status: AUTOCOMMIT | PS_OUT_PARAMS }),
  say.failure(1317),
  say.failure(1053),
  payload([0xff, 0xff, 0xff, 1, 0, 0, 0]),
  payload([0xff]),
  payload([0xfb], Buffer.from('/etc/passwd')),
  payload([0xfe]),
  payload([0xfe, 1, 2]),
  payload([0xfe], Buffer.from('mysql_native_password\0')),
  payload([0]),
  payload([1]),
  payload([2]),
  payload([0xfc, 0xff, 0xff]),
  payload([0xfe, 255, 255, 255, 255, 255, 255, 255, 255]),
  payload([0xfd]),
  new Uint8Array(0),
  say.textRow(['5']),
  say.textRow(['5', 'x']),
  payload([0, 0, 0xfd, 255, 255, 255]),
  payload([3, 100, 101, 102]),
  ...say.prepared(3, 1, undefined, AUTOCOMMIT, OLD),
  ...LAYOUTS.flatMap((layout) => [
    say.end(AUTOCOMMIT, layout),
    ...say.prepared(3, 1, undefined, AUTOCOMMIT, layout).slice(1, 2),
  ]),
  say.end(AUTOCOMMIT, SHORT, say.schemaChange('elsewhere')),
  say.end(AUTOCOMMIT | MORE_RESULTS, SHORT),
  say.end(AUTOCOMMIT | CURSOR_EXISTS, SHORT),
  say.end(AUTOCOMMIT, SHORT, say.variableChange('session_track_schema', '0')),
  say.end(AUTOCOMMIT, SHORT, payload([0, 200, 1, 65])),
  payload([0xff, 40, 4], Buffer.from('#4200')),
  payload(say.done(AUTOCOMMIT), [0], Buffer.from('more')),
]

/** Has no place when nothing is owed: whole packets of any number. */
export const OUT_OF_TURN: readonly Uint8Array[] = ELSEWHERE.flatMap((content) => [
  packets(0, content),
  packets(1, content),
])

const LENGTHS = [0, 1, 8, 9, 250, 0xffff, 0xffffff]

/** Changes one reply: its packets and what they hold. */
export function tamper(dice: Dice, reply: readonly Uint8Array[]): Uint8Array {
  if (dice(3) > 0) return concatBytes(reply)
  const parts: Uint8Array[] = reply.map((part) => Uint8Array.from(part))
  const at = dice(parts.length + 1)
  const kind = dice(12)
  const part = parts[at]
  const renumber = () => {
    for (const [index, each] of parts.entries()) if (each.length > 3) each[3] = (index + 1) & 255
  }
  if (part === undefined || kind === 0) {
    parts.splice(at, 0, packets(0, pick(dice, ELSEWHERE)))
    if (dice(4) > 0) renumber()
  } else if (kind === 1) {
    parts.splice(at, 1)
    if (dice(2) === 0) renumber()
  } else if (kind === 2) {
    parts.splice(at, 0, Uint8Array.from(part))
    if (dice(2) === 0) renumber()
  } else if (kind === 3) {
    parts.splice(at, 2, ...parts.slice(at, at + 2).reverse())
    if (dice(2) === 0) renumber()
  } else if (kind === 4) part[3] = dice(256)
  else if (kind === 5) part.set(u24(pick(dice, [...LENGTHS, part.length, part.length - 5])))
  else if (kind === 6) {
    for (let times = 1 + dice(4); times > 0; times -= 1) part[dice(part.length)] = dice(256)
  } else if (kind === 7) {
    // Inside the payload alone: its length and number stand.
    for (let times = 1 + dice(4); times > 0; times -= 1) part[4 + dice(part.length - 4)] = pick(dice, LIES)
  } else if (kind === 8) {
    const shorter = packets(0, part.subarray(4, 4 + dice(Math.max(1, part.length - 4))))
    parts.splice(at, 1, shorter)
    renumber()
  } else if (kind === 9) {
    parts.splice(at, parts.length, packets(at + 1, say.failure(pick(dice, [1317, 1053, 1927, 4031, 1213]))))
  } else if (kind === 10) {
    parts.splice(at, 1, packets(at + 1, pick(dice, ELSEWHERE)))
  } else if (isEof(part)) {
    const status = (part[7] as number) | ((part[8] as number) << 8) | pick(dice, FLAGS)
    part[7] = status & 255
    part[8] = status >>> 8
  }
  return concatBytes(parts)
}

const LIES = [0, 1, 0xfb, 0xfc, 0xfd, 0xfe, 0xff, 0x7f]
/** Or what stands in its place: status and flags have the same place in both. */
const isEof = (part: Uint8Array) => (part.length === 9 || part.length === 11) && part[4] === 0xfe
