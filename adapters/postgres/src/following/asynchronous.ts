/** What the server says unasked: notifications and settings (§3.6). */
import { type Frame, type Outbox, type Step, text, writeInt32 } from '@gatehouse/adapter-kit'
import { splitSearchPath } from '@gatehouse/sql'
import { isUtf8 } from '../greeting/settings.js'
import { isStamped, unstamped } from '../login/stamp.js'
import { parameterStatus, readCstring } from '../messages.js'
import { reportPath } from '../session/names.js'
import { cut, type FollowingParts, GO } from './steps.js'

/** libpq drops a connection over a longer one, and no setting that a client needs is. */
const STATUS_CEILING = 30_000

/** A payload is data (R20): a trigger may have put a row into it. Withheld from viewers with masks. */
export function passNotification(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  if (parts.memory.gate.masked) return GO
  const view = new DataView(frame.buffer.buffer, frame.buffer.byteOffset)
  if (view.getInt32(frame.start + 5) !== parts.processIds.upstream) {
    out.pass(frame.buffer, frame.start, frame.end)
    return GO
  }
  // The client knows its own backend by the process id that the gateway gave it.
  const own = frame.buffer.slice(frame.start, frame.end)
  writeInt32(own, 5, parts.processIds.own)
  out.write(own)
  return GO
}

export function passParameterStatus(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const name = readCstring(frame.buffer, frame.start + 5, frame.end)
  const value = name === undefined ? undefined : readCstring(frame.buffer, name.next, frame.end)
  if (name === undefined || value === undefined) return cut('a malformed ParameterStatus')
  const setting = text(name.bytes)
  const now = text(value.bytes)
  // Invariant: these two decide how a text is read; by whatever way they changed, the session is over.
  if (setting === 'standard_conforming_strings' && now !== 'on')
    return cut('standard_conforming_strings was turned off')
  if (setting === 'client_encoding' && !isUtf8(now)) return cut('client_encoding was changed')
  // A routine changed it: what the database's own views show would name somebody else (R13).
  if (setting === 'application_name' && !isStamped(memory.gate.session.identity, now))
    return cut('application_name, which carries the identity, was changed')
  if (setting === 'search_path') reportPath(memory, splitSearchPath(now) ?? 'unknown')
  if (frame.end - frame.start > STATUS_CEILING) return GO
  const shown = parts.shown.get(setting)
  if (shown === undefined) {
    out.pass(frame.buffer, frame.start, frame.end)
    return GO
  }
  const own = setting === 'application_name' ? unstamped(memory.gate.session.identity, now) : shown()
  if (own !== undefined) out.write(parameterStatus(setting, own))
  return GO
}
