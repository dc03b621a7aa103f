/** Whose records fill the spool: each identity has a rate and a part of the room, and is refused alone first (R15). Pure. */
import type { Identity } from '@gatehouse/core'

export interface PerIdentity {
  /** Records per second, kept up; 0 for none. Ten seconds' worth may come at once. */
  readonly rate: number
  /** The part of the spool that the records of one identity may take while they wait for the sink; 1 for all of it. */
  readonly share: number
}

export type Limit = 'rate' | 'share'

/** What one identity has in the spool. */
export interface Account {
  readonly user: string
  /** Bytes that wait for the sink. */
  waiting: number
  /** Bytes promised to outcomes. */
  promised: number
  /** When the rate will have caught up with what was written: milliseconds since the epoch. */
  paced: number
  refused: number
  limit: Limit
  from: number
  /** When its refusals may be told next. */
  tellable: number
  /** Had nothing here for so long that it was dropped: who comes back is opened anew. */
  forgotten: boolean
  entry: Entry | undefined
}

interface Entry {
  readonly account: Account
  readonly lot: Lot
  bytes: number
}

/** Records that came after one another, told apart by account. */
interface Lot {
  last: number
  bytes: number
  readonly entries: Entry[]
}

/** Refusals of one identity, as one. */
export interface Rationed {
  readonly user: string
  readonly limit: Limit
  readonly count: number
  readonly from: number
}

export interface SharesOptions extends PerIdentity {
  readonly maxBytes: number
  /** A sink will acknowledge records: until then they wait. Otherwise nothing waits, and only the rate counts. */
  readonly shipped: boolean
}

export interface Shares {
  accountOf(identity: Identity): Account
  /** Of all whose proof did not hold. */
  readonly strangers: Account
  /**
   * The limit that a new record would break; it is counted. `free`: bytes that the spool has for ordinary records;
   * `reserve`: ROLLBACK and COMMIT, which get a little more of both.
   */
  judge(account: Account, at: number, free: number, reserve: boolean): Limit | undefined
  /** A record of `bytes` was taken as number `sequence`. */
  charge(account: Account, bytes: number, sequence: number, at: number): void
  /** The sink has everything up to here. */
  acknowledged(sequence: number): void
  /** Tells the refusals that are due, of each identity once a minute at most, `all` of them at the end; what is not taken stays. */
  tell(now: number, all: boolean, take: (rationed: Rationed) => boolean): void
}

/** Milliseconds of its rate that an identity may be ahead. */
const BURST = 10_000
const TOLD_EVERY = 60_000
/** Parts of the spool in which what waits is counted. */
const LOTS = 256
/** The part that one identity's ROLLBACK and COMMIT may take beyond its share. */
const RESERVE = 0.01
/** Milliseconds that a clock may go back and forth. */
const JITTER = 1_000
/** From so many accounts on it is looked for those that have nothing here any more. */
const MANY = 10_000

export function createShares({ rate, share, maxBytes, shipped }: SharesOptions): Shares {
  const accounts = new Map<string, Account>()
  const byIdentity = new WeakMap<Identity, Account>()
  const lots: Lot[] = []
  const step = rate > 0 ? 1000 / rate : 0
  /** Invariant: alone one takes `share` of the room; of n who want all each gets as much, and 1/n as much stays free. */
  const appetite = share / (1 - share)
  let latest = Number.NEGATIVE_INFINITY
  let open: Lot = { last: 0, bytes: 0, entries: [] }

  const opened = (user: string): Account => ({
    ...{ user, waiting: 0, promised: 0, paced: 0, refused: 0, limit: 'rate', from: 0, tellable: 0 },
    forgotten: false,
    entry: undefined,
  })
  const strangers = opened('')

  /** A clock that was set back must not keep anybody waiting for the time that it lost. */
  const follow = (at: number) => {
    if (at >= latest) latest = at
    else if (latest - at > JITTER) {
      for (const account of accounts.values()) account.paced -= latest - at
      latest = at
    }
  }

  const broken = (account: Account, at: number, free: number, reserve: boolean): Limit | undefined => {
    if (account.paced - at > BURST * (reserve ? 2 : 1)) return 'rate'
    if (!shipped || share >= 1) return undefined
    const held = account.waiting + account.promised
    return held > appetite * Math.max(0, free) + (reserve ? maxBytes * RESERVE : 0) ? 'share' : undefined
  }

  const settle = (lot: Lot) => {
    for (const entry of lot.entries) {
      entry.account.waiting -= entry.bytes
      if (entry.account.entry === entry) entry.account.entry = undefined
    }
  }

  return {
    strangers,
    accountOf(identity) {
      const known = byIdentity.get(identity)
      if (known !== undefined && !known.forgotten) return known
      const user = `${identity.issuer}|${identity.subject}`
      let account = accounts.get(user)
      if (account === undefined) {
        account = opened(user)
        accounts.set(user, account)
      }
      byIdentity.set(identity, account)
      return account
    },
    judge(account, at, free, reserve) {
      follow(at)
      const limit = broken(account, at, free, reserve)
      if (limit === undefined) return undefined
      if (account.refused === 0) account.from = at
      account.refused += 1
      account.limit = limit
      return limit
    },
    charge(account, bytes, sequence, at) {
      account.paced = Math.max(account.paced, at) + step
      if (!shipped) return
      account.waiting += bytes
      let { entry } = account
      if (entry?.lot !== open) {
        entry = { account, lot: open, bytes: 0 }
        account.entry = entry
        open.entries.push(entry)
      }
      entry.bytes += bytes
      open.last = sequence
      open.bytes += bytes
      if (open.bytes < maxBytes / LOTS) return
      lots.push(open)
      open = { last: 0, bytes: 0, entries: [] }
    },
    acknowledged(sequence) {
      while (lots[0] !== undefined && lots[0].last <= sequence) settle(lots.shift() as Lot)
      if (open.entries.length === 0 || open.last > sequence) return
      settle(open)
      open = { last: 0, bytes: 0, entries: [] }
    },
    tell(now, all, take) {
      for (const account of accounts.values()) {
        const { user, limit, refused: count, from, tellable } = account
        if (count === 0 || (!all && now < tellable) || !take({ user, limit, count, from })) continue
        account.refused = 0
        account.tellable = now + TOLD_EVERY
      }
      if (accounts.size > MANY) forget(now)
    },
  }

  function forget(now: number): void {
    for (const [user, account] of accounts) {
      const { waiting, promised, refused, paced, tellable } = account
      if (waiting > 0 || promised > 0 || refused > 0 || paced > now || tellable > now) continue
      account.forgotten = true
      accounts.delete(user)
    }
  }
}
