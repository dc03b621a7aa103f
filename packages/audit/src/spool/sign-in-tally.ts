/** Counts failed sign-ins of a source that has had its share of records, so that no attack fills the spool (R15). */
import type { SignedIn } from '@gatehouse/core'
import { plainAddress } from '../ocsf/endpoint.js'
import type { SignInTally } from '../ocsf/sign-in-writer.js'

/** Milliseconds; a source's count is written once per window. */
const WINDOW = 60_000
/** Records of one source, and of all together, per window. */
const PER_SOURCE = 10
const IN_ALL = 600
const SOURCES = 10_000
const MANY = 'many'

interface Counted {
  written: number
  counted: number
  readonly since: number
  from: number
  listener: string
  protocol: string
}

export interface TallyKeeper {
  /** True when the failure deserves its own record, false when it was counted. */
  admits(record: SignedIn): boolean
  /** Removes and returns the tallies whose window has passed; `all` of them at the end. */
  due(now: number, newId: () => string, all?: boolean): SignInTally[]
}

/** An IPv4 address, or the /64 that one IPv6 host can roam in. */
export function sourceOf(address: string): string {
  const plain = plainAddress(address)
  if (!plain.includes(':')) return plain === '' ? 'local' : plain
  const [front = '', back] = (plain.split('%')[0] ?? '').split('::')
  const left = front === '' ? [] : front.split(':')
  const right = back === undefined || back === '' ? [] : back.split(':')
  const gap = back === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(gap).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::`
}

/** A clock that was set back must not make a window longer by the time that it lost. */
const isOver = (since: number, now: number) => Math.abs(now - since) >= WINDOW

/** `scarce` says that the spool's room is needed for statements: then failures are only counted. */
export function createTallyKeeper(scarce: () => boolean): TallyKeeper {
  const sources = new Map<string, Counted>()
  let inAll = 0
  let since = Number.NEGATIVE_INFINITY

  return {
    admits(record) {
      if (isOver(since, record.at)) {
        since = record.at
        inAll = 0
      }
      const own = sourceOf(record.peer.address)
      const source = sources.has(own) || sources.size < SOURCES ? own : MANY
      let counted = sources.get(source)
      if (counted === undefined) {
        counted = { written: 0, counted: 0, since: record.at, from: record.at, listener: '', protocol: '' }
        sources.set(source, counted)
      }
      if (counted.written < PER_SOURCE && inAll < IN_ALL && !scarce()) {
        counted.written += 1
        inAll += 1
        return true
      }
      if (counted.counted === 0) counted.from = record.at
      counted.counted += 1
      counted.listener = record.listener
      counted.protocol = record.protocol
      return false
    },
    due(now, newId, all = false) {
      const tallies: SignInTally[] = []
      for (const [source, { counted, since: opened, from, listener, protocol }] of sources) {
        if (!all && !isOver(opened, now)) continue
        sources.delete(source)
        if (counted === 0) continue
        tallies.push({ id: newId(), source, count: counted, from, to: now, listener, protocol })
        if (tallies.length === IN_ALL) break
      }
      return tallies
    },
  }
}
