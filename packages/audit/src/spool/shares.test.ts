import type { Identity } from '@gatehouse/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { allOf, type Bench, completed, decidedAs, signedIn, spoolBench, standing } from '../sample-records.js'
import { type Account, createShares, type Rationed, type Shares, type SharesOptions } from './shares.js'

const identity = (subject: string): Identity => ({
  subject,
  name: subject,
  issuer: 'local',
  home: true,
  groups: [],
  claims: {},
  provenBy: 'password',
})
const SIZE = 1_000_000
const RECORD = 500

/** A spool of a million bytes without a disk: what is charged is held until it is acknowledged. */
function played(more: Partial<SharesOptions> = {}) {
  const shares = createShares({ rate: 0, share: 0.5, maxBytes: SIZE, shipped: true, ...more })
  let sequence = 0
  let held = 0
  const sizes: number[] = []
  return {
    shares,
    get free() {
      return SIZE - held
    },
    /** True when it was taken. */
    write(account: Account, at = 0, reserve = false): boolean {
      if (shares.judge(account, at, SIZE - held, reserve) !== undefined) return false
      sequence += 1
      shares.charge(account, RECORD, sequence, at)
      sizes.push(RECORD)
      held += RECORD
      return true
    },
    ship(count: number) {
      for (const size of sizes.splice(0, count)) held -= size
      shares.acknowledged(sequence - sizes.length)
    },
  }
}
const tellAll = (shares: Shares, now: number, all = false): Rationed[] => {
  const told: Rationed[] = []
  shares.tell(now, all, (each) => told.push(each) > 0)
  return told
}
/** Until it is refused. */
const fill = (write: () => boolean) => {
  let count = 0
  while (write()) count += 1
  return count
}

describe('the share', () => {
  test('R15 who floods gets half of the room and no more, whoever else comes is served', () => {
    const spool = played()
    const [flooder, bystander] = [identity('flo'), identity('ben')].map(spool.shares.accountOf)
    if (flooder === undefined || bystander === undefined) throw new Error('no account')
    const most = SIZE / 2 / RECORD
    expect(Math.abs(fill(() => spool.write(flooder)) - most)).toBeLessThanOrEqual(1)
    for (let count = 0; count < 400; count += 1) expect(spool.write(bystander)).toBe(true)
    expect(spool.write(flooder)).toBe(false)
  })

  test('R15 however many flood, in any order, each gets as much, and a part stays free for who does not', () => {
    for (const share of [0.1, 0.5, 0.9])
      for (const flooders of [2, 3, 10]) {
        const spool = played({ share })
        const accounts = Array.from({ length: flooders }, (_, index) =>
          spool.shares.accountOf(identity(`flooder ${index}`)),
        )
        for (let again = 0; again < SIZE / RECORD; again += 1)
          for (const account of again % 2 === 0 ? accounts : [...accounts].reverse()) spool.write(account)
        const [least, most] = [Math.min, Math.max].map((of) => of(...accounts.map(({ waiting }) => waiting)))
        expect((most ?? 0) - (least ?? 0)).toBeLessThanOrEqual(2 * RECORD)
        expect(spool.free).toBeGreaterThan(SIZE / (1 + (share / (1 - share)) * flooders) - flooders * RECORD)
        expect(spool.write(spool.shares.accountOf(identity('bystander')))).toBe(true)
      }
  })

  test('what the sink took counts no more, to the last byte', () => {
    const spool = played()
    const account = spool.shares.accountOf(identity('flo'))
    const first = fill(() => spool.write(account))
    spool.ship(200)
    expect(spool.write(account)).toBe(true)
    fill(() => spool.write(account))
    spool.ship(first * 2)
    expect(account.waiting).toBe(0)
    expect(fill(() => spool.write(account))).toBe(first)
  })

  test('R24 ROLLBACK and COMMIT get a little more, and do not fill the reserve either', () => {
    const spool = played()
    const account = spool.shares.accountOf(identity('flo'))
    fill(() => spool.write(account))
    const more = fill(() => spool.write(account, 0, true))
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThanOrEqual((SIZE * 0.01) / RECORD)
  })

  test('`share: 1` holds nobody back; without a sink nothing waits', () => {
    for (const more of [{ share: 1 }, { shipped: false }]) {
      const spool = played(more)
      const account = spool.shares.accountOf(identity('flo'))
      for (let count = 0; count < (2 * SIZE) / RECORD; count += 1) expect(spool.write(account)).toBe(true)
    }
  })

  test('one person is one account, by issuer and subject, over all sessions', () => {
    const { shares } = played()
    expect(shares.accountOf(identity('flo'))).toBe(shares.accountOf(identity('flo')))
    expect(shares.accountOf({ ...identity('flo'), issuer: 'corp' })).not.toBe(
      shares.accountOf(identity('flo')),
    )
  })
})

describe('the rate', () => {
  const paced = () => {
    const spool = played({ rate: 10, shipped: false })
    return { ...spool, account: spool.shares.accountOf(identity('flo')) }
  }

  test('R15 ten seconds’ worth may come at once, then as much as the rate; others have their own', () => {
    const { shares, write, account } = paced()
    expect(fill(() => write(account, 1_000))).toBe(101)
    expect(write(shares.accountOf(identity('ben')), 1_000)).toBe(true)
    expect(fill(() => write(account, 2_000))).toBe(10)
    expect(fill(() => write(account, 60_000))).toBe(101)
  })

  test('a clock that is set back keeps nobody waiting for the time that it lost', () => {
    const { write, account } = paced()
    fill(() => write(account, 9_000_000))
    expect(write(account, 9_001_000)).toBe(true)
    expect(fill(() => write(account, 1_000))).toBeLessThan(20)
    expect(fill(() => write(account, 2_000))).toBe(10)
  })
})

describe('what is told', () => {
  test('R15 refusals of one identity are one count, at once and then once a minute', () => {
    const spool = played()
    const account = spool.shares.accountOf(identity('flo'))
    fill(() => spool.write(account, 50))
    for (let at = 51; at < 1_000; at += 1) spool.write(account, at)
    expect(tellAll(spool.shares, 1_000)).toEqual([
      { user: 'local|flo', limit: 'share', count: 950, from: 50 },
    ])
    spool.write(account, 2_000)
    expect(tellAll(spool.shares, 60_999)).toEqual([])
    expect(tellAll(spool.shares, 61_000)).toMatchObject([{ count: 1, from: 2_000 }])
    spool.write(account, 62_000)
    expect(tellAll(spool.shares, 62_000, true)).toMatchObject([{ count: 1 }])
    expect(tellAll(spool.shares, 999_999)).toEqual([])
  })

  test('what could not be written is told later', () => {
    const spool = played()
    const account = spool.shares.accountOf(identity('flo'))
    fill(() => spool.write(account))
    spool.shares.tell(5_000, false, () => false)
    expect(tellAll(spool.shares, 5_001)).toMatchObject([{ count: 1 }])
  })
})

describe('in the spool', () => {
  let bench: Bench
  beforeEach(() => {
    bench = spoolBench()
  })
  afterEach(() => bench.clear())

  const as = (who: Identity, id: string) => {
    const record = decidedAs(id)
    return { ...record, session: { ...record.session, id: `session of ${who.subject}`, identity: who } }
  }

  test('R15 who floods it is refused alone; the record says how often; what the sink took makes room', async () => {
    const options = { shipped: true, maxBytes: 4 * 1024 * 1024, perIdentity: { rate: 0, share: 0.5 } }
    const spool = bench.open(options)
    const [flo, ben] = [identity('flo'), identity('ben')]
    let number = 0
    const ask = (who: Identity, reserve = false) => {
      number += 1
      const record = as(who, `statement ${number}`)
      const taking = spool.decided(record, reserve)
      if (taking === 'taken') spool.completed(completed(record))
      return taking
    }
    let mine = 0
    for (; ask(flo) === 'taken'; mine += 1) expect(mine).toBeLessThan(100_000)
    expect(ask(flo)).toBe('spent')
    expect(ask(ben)).toBe('taken')
    expect(spool.signedIn({ ...signedIn, session: as(flo, '').session })).toBe('spent')
    expect(spool.signedIn({ ...signedIn, session: as(ben, '').session })).toBe('taken')
    const { bytes, maxBytes, sequence } = spool.stats()
    expect(bytes).toBeLessThan(maxBytes * 0.6)
    expect(await standing(spool)).toBe('written')
    const { records, cursor } = await spool.reader().next(sequence, 2 ** 30)
    expect(records).toHaveLength(sequence)
    spool.acknowledge(cursor)
    expect(ask(flo)).toBe('taken')
    spool.close()
    const again = bench.open(options)
    const notes = (await allOf(again)).filter(({ unmapped }) => unmapped.gatehouse.phase === 'spool')
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({
      severity_id: 3,
      unmapped: { gatehouse: { spool: { event: 'rationed', user: 'local|flo', limit: 'share', count: 3 } } },
    })
  })

  test('R15 failed sign-ins have a segment’s worth of their own: then they are only counted, and so are their counts', async () => {
    const spool = bench.open({ shipped: true, maxBytes: 4 * 1024 * 1024 })
    const before = spool.stats().bytes
    const { session: _, ...stranger } = signedIn
    for (let at = 0; at < 60; at += 1)
      for (let source = 0; source < 600; source += 1)
        spool.signedIn({
          ...stranger,
          id: `${at}-${source}`,
          at: at * 60_000,
          kind: 'refused',
          peer: { address: `10.0.${source >> 8}.${source & 255}`, port: 1 },
          refusal: 'GH_SIGN_IN',
        })
    expect(spool.stats().bytes - before).toBeLessThan((4 * 1024 * 1024) / 50)
  })
})
