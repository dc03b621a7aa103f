/** The audit sink on disk: every record stands here before anything happens, whatever becomes of Kafka. */
import * as nodeFs from 'node:fs'
import { resolve } from 'node:path'
import { type Completed, type Decided, GatehouseError, type SignedIn, type Taking } from '@gatehouse/core'
import { noteRecord, rationedNote, type SpoolNote } from '../ocsf/note-writer.js'
import { OUTCOME_ROOM } from '../ocsf/outcome-part.js'
import { oversized } from '../ocsf/oversized.js'
import { signInRecord, tallyRecord } from '../ocsf/sign-in-writer.js'
import { createStatementWriter } from '../ocsf/statement-writer.js'
import { unknownOutcome } from '../ocsf/unknown-outcome.js'
import { readCursor } from './cursor.js'
import { openChain, openFolder } from './folder.js'
import { type Entry, mostOf } from './form.js'
import { FRAME_HEAD } from './frame.js'
import { createJournal } from './journal.js'
import { lockSpool, type SpoolLock } from './lock.js'
import { createOpenDecisions } from './open-decisions.js'
import { recover } from './recover.js'
import { createRoom } from './room.js'
import { type Account, createShares } from './shares.js'
import { createTallyKeeper } from './sign-in-tally.js'
import type { AuditSpool, AuditSpoolOptions } from './spool-options.js'
import { createSpoolReader } from './spool-reader.js'

/** JSON bytes of one record. */
export const RECORD_LIMIT = 256 * 1024
/** The most that the line before it may take. */
const ENVELOPE = 4096
/** Bytes that may wait for a slow disk. */
const UNSETTLED = 64 * 1024 * 1024
/** An outcome repeats its decision and adds to it; until it comes, two new segments may carry the decision along. */
const PROMISE = 3
/** What a note may take. */
const NOTE_ROOM = 4096
/** The part of the spool that failed sign-ins may take while they wait for the sink. */
const STRANGERS = 1 / 64
const UNLIMITED = { rate: 0, share: 1 }
const TICK = 1000
const LATE_ENDINGS = 10_000

/** Throws GH_SPOOL when the folder is open to others, in use, damaged, or of another instance. */
export function createAuditSpool(options: AuditSpoolOptions): AuditSpool {
  const { instance, now, newId, files = nodeFs } = options
  const dir = resolve(options.dir)
  let lock: SpoolLock | undefined
  try {
    openFolder(files, dir)
    lock = lockSpool(files, dir, newId())
    return openSpool(lock)
  } catch (error) {
    lock?.release()
    if (error instanceof GatehouseError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new GatehouseError('GH_SPOOL', `the audit spool \`${dir}\` cannot be opened: ${why}`, {
      cause: error,
    })
  }

  function openSpool(lock: SpoolLock): AuditSpool {
    const { chain, segments } = openChain(files, dir, instance, newId)
    const before = recover(files, segments, now() - options.retain)
    const cursor = readCursor(files, dir)
    const origin = { instance, chain, version: options.version }
    const writer = createStatementWriter(origin)
    const open = createOpenDecisions()
    const inherited = before.open
    const lateEndings: SignedIn[] = []
    let failedSince: number | undefined
    /** The folder is another's, or gone. */
    let away = false

    const journal = createJournal({
      files,
      folder: segments,
      chain,
      durability: options.durability,
      segmentBytes: segmentBytes(options.maxBytes),
      next: Math.max(before.next, (cursor?.sequence ?? 0) + 1),
      previous: before.closed.at(-1),
      now,
      carried: () => [
        ...Array.from(inherited.values(), (body) => [body]),
        ...Array.from(open.all(), ({ decided, sequence }) => writer.decision(decided, sequence)),
      ],
      onClosed: (segment) => room.add(segment),
      onFailed(error) {
        failedSince ??= now()
        options.onNote?.({
          kind: 'failed',
          message: `the audit spool cannot be written: ${error.message}`,
          facts: {},
        })
      },
    })
    const room = createRoom({
      files,
      folder: segments,
      journal,
      closed: before.closed,
      owed: open.owed,
      maxBytes: options.maxBytes,
      retain: options.retain,
      shipped: options.shipped ? (cursor?.sequence ?? 0) : Number.POSITIVE_INFINITY,
      now,
      note,
    })
    const { perIdentity = UNLIMITED, maxBytes, shipped } = options
    const shares = createShares({ ...perIdentity, maxBytes, shipped })
    const { strangers } = shares
    const tally = createTallyKeeper(() =>
      shipped
        ? strangers.waiting > maxBytes * STRANGERS || room.free() < maxBytes / 2
        : room.used() > maxBytes / 2,
    )

    function note(happened: SpoolNote): void {
      journal.take([noteRecord(happened, newId(), now(), journal.next(), origin)])
      options.onNote?.(happened)
    }

    function put(entry: Entry, account: Account, at: number): void {
      const sequence = journal.next()
      shares.charge(account, journal.take(entry), sequence, at)
    }

    /** `write` is called again when making room took a sequence number. */
    function take(
      write: (sequence: number) => Entry,
      account: Account,
      at: number,
      promised: number,
      reserve: boolean,
    ): Taking {
      if (journal.failure() !== undefined || journal.unsettled() > UNSETTLED) return 'full'
      const sequence = journal.next()
      const body = write(sequence)
      const bytes = mostOf(body)
      if (bytes > RECORD_LIMIT + ENVELOPE) return 'full'
      if (!room.fits(FRAME_HEAD + bytes + promised, reserve)) return 'full'
      put(journal.next() === sequence ? body : write(journal.next()), account, at)
      return 'taken'
    }

    function completed(record: Completed): Taking {
      const { id } = record.decided
      if (journal.failure() !== undefined) {
        open.tell(id, record)
        return 'full'
      }
      const due = open.take(id)
      if (due === undefined) return 'full'
      const account = shares.accountOf(due.decided.session.identity)
      account.promised -= due.room
      put(writer.outcome(record, journal.next()), account, record.at)
      return 'taken'
    }

    function decided(record: Decided, reserve: boolean): Taking {
      if (open.has(record.id) || journal.failure() !== undefined) return 'full'
      const account = shares.accountOf(record.session.identity)
      if (shares.judge(account, record.at, room.free(), reserve) !== undefined) return 'spent'
      let sequence = journal.next()
      let body = writer.decision(record, sequence)
      const bytes = mostOf(body)
      if (bytes + OUTCOME_ROOM > RECORD_LIMIT) return tooLarge(record, account, bytes)
      if (journal.unsettled() > UNSETTLED) return 'full'
      const promised = PROMISE * (FRAME_HEAD + bytes + OUTCOME_ROOM)
      if (!room.fits(FRAME_HEAD + bytes + promised, reserve)) return 'full'
      if (journal.next() !== sequence) {
        // Making room took a sequence number.
        sequence = journal.next()
        body = writer.decision(record, sequence)
      }
      put(body, account, record.at)
      open.add({ decided: record, sequence, room: promised, told: undefined })
      account.promised += promised
      return 'taken'
    }

    /** The statement is refused; that it was asked is recorded without what did not fit (R26). */
    function tooLarge(record: Decided, account: Account, bytes: number): Taking {
      const instead = oversized(record, bytes)
      const decision = (next: number) => writer.decision(instead.decided, next)
      const taking = take(decision, account, record.at, 2 * OUTCOME_ROOM, false)
      if (taking === 'taken') put(writer.outcome(instead, journal.next()), account, record.at)
      return 'full'
    }

    function signedIn(record: SignedIn): Taking {
      if (record.kind === 'refused' && !tally.admits(record)) return 'taken'
      const ending = record.kind === 'ended'
      const known = record.kind === 'refused' ? undefined : record.session
      const account = known === undefined ? strangers : shares.accountOf(known.identity)
      if (record.kind === 'signed-in' && shares.judge(account, record.at, room.free(), false) !== undefined)
        return 'spent'
      const taking = take((next) => [signInRecord(record, next, origin)], account, record.at, 0, ending)
      if (taking === 'full' && ending && lateEndings.length < LATE_ENDINGS) lateEndings.push(record)
      return taking
    }

    function writeTallies(all: boolean): number {
      if (!all && strangers.waiting > maxBytes * STRANGERS) return 0
      const tallies = tally.due(now(), newId, all)
      for (const due of tallies) take((next) => [tallyRecord(due, next, origin)], strangers, due.to, 0, true)
      return tallies.length
    }

    function writeRationed(all: boolean): void {
      shares.tell(now(), all, (rationed) => {
        if (journal.failure() !== undefined || !room.fits(NOTE_ROOM, true)) return false
        note(rationedNote(rationed, now()))
        return true
      })
    }

    function afterFailure(): void {
      const since = failedSince ?? now()
      failedSince = undefined
      note({
        kind: 'failed',
        message: 'the audit spool could not be written for a while',
        facts: { from: since, to: now() },
      })
      for (const { told } of [...open.all()]) if (told !== undefined) completed(told)
    }

    function tick(): void {
      const lost = away ? undefined : lock.lost()
      if (lost !== undefined) {
        away = true
        journal.close(lost)
        options.onNote?.({ kind: 'failed', message: `the audit spool cannot be written: ${lost}`, facts: {} })
      }
      if (journal.failure() !== undefined) {
        if (!journal.heal()) return
        afterFailure()
      }
      for (const ending of lateEndings.splice(0)) signedIn(ending)
      journal.settle()
      writeTallies(false)
      writeRationed(false)
      room.retain()
    }

    for (const happened of before.notes) note(happened)
    for (const body of inherited.values()) journal.take([unknownOutcome(body, now(), journal.next())])
    journal.afterOutcomes((result) => {
      if (result === 'written') inherited.clear()
    })
    const ticking = setInterval(tick, TICK)
    ticking.unref()

    return {
      dir,
      chain,
      cursor,
      decided,
      completed,
      signedIn,
      afterDecisions: journal.afterDecisions,
      afterOutcomes: journal.afterOutcomes,
      reader: (from) => createSpoolReader(segments, room.readable, from),
      acknowledge(cursor) {
        room.acknowledge(cursor)
        shares.acknowledged(cursor.sequence)
      },
      stats: () => ({
        bytes: room.used(),
        maxBytes: options.maxBytes,
        sequence: journal.next() - 1,
        open: open.size(),
        unshipped: room.unshipped(),
        ...failing(journal.failure()),
      }),
      close() {
        clearInterval(ticking)
        while (journal.failure() === undefined && writeTallies(true) > 0) {}
        writeRationed(true)
        journal.close('the audit spool is closed')
        lock.release()
      },
    }
  }
}

function failing(failure: Error | undefined): { readonly failure?: string } {
  return failure === undefined ? {} : { failure: failure.message }
}

/** Sixteen segments and more: dropping one frees a small part. */
function segmentBytes(maxBytes: number): number {
  return Math.max(64 * 1024, Math.min(64 * 1024 * 1024, Math.floor(maxBytes / 16)))
}
