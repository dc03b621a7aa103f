/** Reads records back in order, no further than what is sure. */
import { open } from 'node:fs/promises'
import { GatehouseError } from '@gatehouse/core'
import type { Cursor } from './cursor.js'
import { type Envelope, readEnvelope } from './envelope.js'
import { readFrame } from './frame.js'
import { createDefinitions, type Definitions } from './piece.js'
import { HEAD, segmentName } from './segment.js'

export interface SpoolRecord extends Envelope {
  /** The record's JSON in printable ASCII. */
  readonly json: Buffer
}

export interface SpoolBatch {
  readonly records: readonly SpoolRecord[]
  /** Where to go on once all of them are acknowledged. */
  readonly cursor: Cursor
}

export interface SpoolReader {
  /** At most so many records and, but for a first one that is larger, JSON bytes; empty when there is nothing new. */
  next(records: number, bytes: number): Promise<SpoolBatch>
  /** Goes back, or on, to here. */
  seek(cursor: Cursor): void
}

/** A segment as far as it may be read. */
export interface Readable {
  readonly first: number
  readonly last: number
  readonly size: number
}

const CHUNK = 1024 * 1024

/** `segments` gives the present ones, oldest first. */
export function createSpoolReader(
  folder: string,
  segments: () => readonly Readable[],
  from: Cursor | undefined,
): SpoolReader {
  let at: Cursor = from ?? { sequence: 0, segment: 0, offset: 0 }
  /** What the segment being read defines up to `offset`. */
  let known = { segment: 0, offset: 0, definitions: createDefinitions() }

  /** Reading may begin in the middle of a segment: what stands before is looked through for definitions. */
  async function learn(segment: Readable, offset: number): Promise<Definitions> {
    if (known.segment !== segment.first)
      known = { segment: segment.first, offset: 0, definitions: createDefinitions() }
    while (known.offset < offset) {
      const chunk = await window(segment, known.offset)
      let end = 0
      for (let frame = readFrame(chunk, 0); frame.kind !== 'short'; frame = readFrame(chunk, end)) {
        if (frame.kind === 'bad') throw damage(segment, known.offset + end)
        known.definitions.take(frame.body)
        end = frame.end
        if (known.offset + end >= offset) break
      }
      if (end === 0) throw damage(segment, known.offset)
      known.offset += end
    }
    return known.definitions
  }

  async function window(segment: Readable, offset: number): Promise<Buffer> {
    const file = await open(`${folder}/${segmentName(segment.first)}`, 'r')
    try {
      const wanted = Math.min(CHUNK, segment.size - offset)
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  }

  async function next(most: number, bytes: number): Promise<SpoolBatch> {
    const records: SpoolRecord[] = []
    let cursor = at
    let room = bytes
    for (;;) {
      const segment = segments().find(({ last }) => last > cursor.sequence)
      if (segment === undefined) break
      if (segment.first !== cursor.segment) cursor = { ...cursor, segment: segment.first, offset: 0 }
      const definitions = await learn(segment, cursor.offset)
      const chunk = await window(segment, cursor.offset)
      let end = 0
      let enough = false
      while (!enough) {
        const frame = readFrame(chunk, end)
        if (frame.kind === 'short') break
        if (frame.kind === 'bad') throw damage(segment, cursor.offset)
        const defines = definitions.take(frame.body)
        const body = defines ? undefined : definitions.expand(frame.body)
        const envelope = body === undefined ? undefined : readEnvelope(body)
        if (envelope === undefined && !defines && frame.body[0] !== HEAD) throw damage(segment, cursor.offset)
        let { sequence } = cursor
        if (body !== undefined && envelope?.kind === 'R' && envelope.sequence > sequence) {
          const json = body.subarray(envelope.start)
          enough = records.length > 0 && json.length > room
          if (enough) break
          records.push({ ...envelope, json })
          room -= json.length
          enough = records.length >= most || room <= 0
          sequence = envelope.sequence
        }
        cursor = { segment: segment.first, offset: cursor.offset + frame.end - end, sequence }
        end = frame.end
        known.offset = Math.max(known.offset, cursor.offset)
      }
      if (enough) break
      if (end === 0) throw damage(segment, cursor.offset)
    }
    at = cursor
    return { records, cursor }
  }

  function damage({ first }: Readable, offset: number): GatehouseError {
    return new GatehouseError(
      'GH_SPOOL',
      `\`${folder}/${segmentName(first)}\` is damaged at offset ${offset}`,
    )
  }

  return {
    next,
    seek(cursor) {
      at = cursor
    },
  }
}
