/** Reads a spool from outside, also while its process writes: what `gatehouse audit tail` shows. */
import * as nodeFs from 'node:fs'
import { open } from 'node:fs/promises'
import { GatehouseError } from '@gatehouse/core'
import { readEnvelope } from '../spool/envelope.js'
import { readChain, segmentsOf } from '../spool/folder.js'
import { readFrame } from '../spool/frame.js'
import { createDefinitions } from '../spool/piece.js'
import { segmentFirst, segmentName } from '../spool/segment.js'

export interface TailedRecord {
  readonly sequence: number
  /** The record as it was written: JSON in printable ASCII, one line. */
  readonly json: string
  readonly record: unknown
}

export interface ReadSpoolOptions {
  /** Waits for more at the end instead of ending. */
  readonly follow?: boolean
  /** The first sequence number of interest, or `end` for what comes from now on. */
  readonly from?: number | 'end'
  readonly signal?: AbortSignal
}

const CHUNK = 1024 * 1024
const PAUSE = 200

function firstsIn(folder: string): number[] {
  const names = nodeFs.existsSync(folder) ? nodeFs.readdirSync(folder) : []
  return names.flatMap((name) => segmentFirst(name) ?? []).sort((a, b) => a - b)
}

/** The segment in which `sequence` stands or will: the last that begins at or before it, else the first after. */
function segmentFor(firsts: readonly number[], sequence: number): number | undefined {
  return firsts.findLast((first) => first <= sequence) ?? firsts[0]
}

function paused(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

function damaged(folder: string, segment: number | undefined, offset: number): GatehouseError {
  return new GatehouseError(
    'GH_SPOOL',
    `\`${folder}/${segmentName(segment ?? 0)}\` is damaged at offset ${offset}`,
  )
}

async function chunkAt(path: string, offset: number): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    // Retention took it meanwhile; the next listing shows what is left.
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return Buffer.alloc(0)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, offset)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Yields records in order. An unfinished frame at the very end is waited for, or ends the reading; a frame that does not
 * hold elsewhere throws GH_SPOOL. `dir` is the spool's folder.
 */
export async function* readSpool(dir: string, options: ReadSpoolOptions = {}): AsyncGenerator<TailedRecord> {
  const chain = readChain(nodeFs, dir)
  if (chain === undefined) throw new GatehouseError('GH_SPOOL', `\`${dir}\` holds no spool`)
  const folder = segmentsOf(dir, chain)
  const { signal } = options
  let show = options.from !== 'end'
  let wanted = typeof options.from === 'number' ? options.from : 0
  let segment: number | undefined
  let offset = 0
  let definitions = createDefinitions()
  for (;;) {
    if (signal?.aborted) return
    const firsts = firstsIn(folder)
    if (segment === undefined || !firsts.includes(segment)) {
      segment = segmentFor(firsts, show ? wanted : Number.MAX_SAFE_INTEGER)
      offset = 0
      definitions = createDefinitions()
    }
    const later = segment === undefined ? undefined : firsts.find((first) => first > (segment ?? 0))
    const chunk =
      segment === undefined ? Buffer.alloc(0) : await chunkAt(`${folder}/${segmentName(segment)}`, offset)
    let end = 0
    let frame = readFrame(chunk, 0)
    for (; frame.kind === 'frame'; frame = readFrame(chunk, end)) {
      end = frame.end
      if (definitions.take(frame.body)) continue
      const body = definitions.expand(frame.body)
      if (body === undefined) throw damaged(folder, segment, offset + end)
      const envelope = readEnvelope(body)
      if (envelope?.kind !== 'R' || envelope.sequence < wanted) continue
      wanted = envelope.sequence + 1
      if (!show) continue
      const json = body.toString('latin1', envelope.start)
      yield { sequence: envelope.sequence, json, record: JSON.parse(json) as unknown }
    }
    offset += end
    if (frame.kind === 'bad' && (later !== undefined || !options.follow)) {
      throw damaged(folder, segment, offset)
    }
    if (end > 0) continue
    if (later !== undefined) {
      segment = later
      offset = 0
      definitions = createDefinitions()
      continue
    }
    show = true
    if (!options.follow) return
    await paused(signal)
  }
}
