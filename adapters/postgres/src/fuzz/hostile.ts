/** What an upstream may say that it should not, or that it may say at any time. */

import { type Dice, pick } from '@gatehouse/adapter-contract'
import { concatBytes, writeInt32 } from '@gatehouse/adapter-kit'
import { cstring, int32, message, parameterStatus } from '../messages.js'
import * as say from './backend.js'
import { createSplitter } from './frames.js'
import { SECRET } from './statements.js'

const code = (letter: string) => letter.charCodeAt(0)
// A trigger may have put a row into either.
const notice = say.errorOf('00000', `something of ${SECRET}`, 'NOTICE', 'N')
const notification = message(code('A'), int32(7), cstring('channel'), cstring(SECRET))

/** May come between any two messages. */
const UNASKED = [notice, notification, parameterStatus('TimeZone', 'UTC'), parameterStatus('work_mem', '1kB')]

/** Has no place when nothing is owed. */
export const OUT_OF_TURN: readonly Uint8Array[] = [
  say.parseComplete,
  say.bindComplete,
  say.closeComplete,
  say.noData,
  say.emptyQuery,
  say.portalSuspended,
  say.copyDone,
  say.noParameters,
  say.ready('I'),
  say.ready('Q'),
  say.commandComplete('SELECT 1'),
  say.dataRow(['1']),
  say.copyData('1'),
  say.copyResponse('G', 1),
  say.copyResponse('H', 1),
  say.copyResponse('W', 1),
  say.rowDescription([]),
  say.errorOf('XX000', 'for nothing'),
  message(code('R'), int32(0)),
  message(code('R'), int32(10), cstring('SCRAM-SHA-256'), Uint8Array.of(0)),
  message(code('K'), int32(1), int32(2)),
  message(code('V'), int32(-1)),
  message(code('v'), int32(0), int32(0)),
  message(code('?')),
  Uint8Array.of(code('D'), 0, 0, 0, 3),
  Uint8Array.of(code('D'), 0x80, 0, 0, 0),
  Uint8Array.of(code('C'), 0x7f, 0xff, 0xff, 0xff),
  Uint8Array.of(code('S'), 0, 0, 0, 5, 65),
  Uint8Array.of(code('A'), 0, 0, 0, 5, 65),
  message(code('Z')),
]

export type Tampering = 'unasked' | 'hostile'

/** Changes what is said in one go: always in between (`unasked`), or in any way that a broken server might. */
export function tamperWith(dice: Dice, how: Tampering): (reply: Uint8Array) => Uint8Array {
  return (reply) => {
    const parts: Uint8Array[] = createSplitter()
      .push(reply)
      .map(({ bytes }) => Uint8Array.from(bytes))
    const at = dice(parts.length + 1)
    if (how === 'unasked') parts.splice(at, 0, pick(dice, UNASKED))
    else if (dice(3) === 0) breakOne(dice, parts, at)
    return concatBytes(parts)
  }
}

function breakOne(dice: Dice, parts: Uint8Array[], at: number): void {
  const part = parts[at]
  const kind = dice(8)
  if (part === undefined || kind === 0) parts.splice(at, 0, pick(dice, OUT_OF_TURN))
  else if (kind === 1) parts.splice(at, 1)
  else if (kind === 2) parts.splice(at, 0, part)
  else if (kind === 3) parts.splice(at, 2, ...parts.slice(at, at + 2).reverse())
  else if (kind === 4)
    writeInt32(part, 1, pick(dice, [-1, 0, 3, 4, 5, part.length, part.length + 3, 0x7fff_ffff]))
  else if (kind === 5)
    for (let times = 1 + dice(4); times > 0; times -= 1) part[dice(part.length)] = dice(256)
  else if (kind === 6) parts.splice(at, 1, part.subarray(0, dice(part.length)))
  else parts.splice(at, parts.length, say.errorOf('57P01', 'going', pick(dice, ['FATAL', 'PANIC', 'ERROR'])))
}
