/** How long the refusal of a failed sign-in is held back, in bounded memory (R15). */

export interface Backoff {
  /** Notes a failed sign-in; milliseconds to wait before it is answered, 0 to 5,000. */
  failed(source: string, login: string): number
  succeeded(source: string, login: string): void
}

export interface BackoffOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Entries kept of each kind; 10,000. */
  readonly capacity?: number
}

const BASE = 100
const MOST = 5_000
/** Milliseconds in which half of a score is forgiven. */
const HALF_LIFE = 60_000
/** Failures of one login from anywhere before others' attempts are slowed too. */
const LOGIN_GRACE = 5

interface Score {
  readonly value: number
  readonly at: number
}

/**
 * Invariant: only refusals wait. A right proof is never delayed or rejected, and where it succeeded before, the guesses
 * that others make at the same login do not slow its mistakes.
 */
export function createBackoff(options: BackoffOptions): Backoff {
  const { now, capacity = 10_000 } = options
  const sources = new Map<string, Score>()
  const logins = new Map<string, Score>()
  const trusted = new Map<string, true>()

  const raise = (scores: Map<string, Score>, key: string): number => {
    const at = now()
    const old = scores.get(key)
    const value = 1 + (old === undefined ? 0 : old.value * 0.5 ** (Math.max(0, at - old.at) / HALF_LIFE))
    keep(scores, key, { value, at }, capacity)
    return value
  }

  return {
    failed(address, login) {
      const source = network(address)
      const bySource = raise(sources, source)
      const byLogin = raise(logins, cut(login)) - LOGIN_GRACE
      const score = trusted.has(pair(source, login)) ? bySource : Math.max(bySource, byLogin)
      return Math.min(MOST, Math.round(BASE * 2 ** (Math.max(1, score) - 1)))
    },
    succeeded(address, login) {
      // The source's score stays: whoever has one account must not guess at others for free.
      keep(trusted, pair(network(address), login), true, capacity)
    },
  }
}

/** Least recently used goes first. */
function keep<T>(map: Map<string, T>, key: string, value: T, capacity: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= capacity) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/** Who has one IPv6 address has its /64. */
function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1] ?? address
  if (address.startsWith('/') || !address.includes(':')) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

function pair(source: string, login: string): string {
  return `${source} ${cut(login)}`
}

/** A login is the client's text: its key has a ceiling. */
function cut(login: string): string {
  return login.slice(0, 256)
}
