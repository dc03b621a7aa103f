/** What the client hears, held against what it asked: whose answer it is, and what stands in it. */
import { type Document, deserialize } from 'bson'
import type { Request } from './requests.js'
import { SIGN_IN } from './session.js'
import { ROWS } from './world.js'

export interface Hearing {
  readonly heard: readonly string[]
  ask(request: Request): void
  push(bytes: Uint8Array): void
  cursors(): readonly bigint[]
  /** Nothing more will come: whatever wants an answer must have it. */
  complete(): void
}

export interface HearingParts {
  /** Of the upstream: what documents hold proves something. */
  readonly honest: boolean
  readonly counted: boolean
  readonly wrong: string[]
}

interface Told {
  readonly marker: number
  documents: number
}

export function createHearing({ honest, counted, wrong }: HearingParts): Hearing {
  const heard: string[] = []
  const waiting: Request[] = []
  const cursors = new Map<bigint, Told>()
  let welcomed = false
  let broken = false
  let kept = Buffer.alloc(0)

  const judgeBatch = ({ marker, cursor }: Request, body: Document) => {
    const batch: Document[] = body.cursor?.firstBatch ?? body.cursor?.nextBatch
    if (batch === undefined) return
    const of = marker ?? cursors.get(cursor ?? 0n)?.marker
    for (const { n } of batch)
      if (of !== undefined && n !== of) wrong.push(`a document of ${n} in the answer to ${of}`)
    const id = BigInt(String(body.cursor.id))
    const before = (cursor === undefined ? undefined : cursors.get(cursor)) ?? {
      marker: of ?? 0,
      documents: 0,
    }
    before.documents += batch.length
    if (counted && before.documents > ROWS) wrong.push(`${before.documents} documents over the limit`)
    if (cursor !== undefined && id !== 0n && id !== cursor) wrong.push('a cursor that changes its id')
    if (id === 0n && cursor !== undefined) cursors.delete(cursor)
    else if (id !== 0n && of !== undefined) cursors.set(id, before)
  }

  const take = (frame: Buffer) => {
    const responseTo = frame.readInt32LE(8)
    const opCode = frame.readInt32LE(12)
    const legacy = opCode === 1
    if (opCode !== 2013 && !legacy) wrong.push(`opcode ${opCode} was said`)
    if (!legacy && frame.readInt32LE(16) !== 0) wrong.push(`flags ${frame.readInt32LE(16)} were said`)
    if (!welcomed) {
      welcomed = true
      if (responseTo !== SIGN_IN) wrong.push('no welcome')
      return
    }
    const request = waiting.shift()
    if (request === undefined || (request.requestId !== responseTo && request.broken !== true)) {
      if (!broken) wrong.push(`an answer to ${responseTo}, not to ${request?.requestId ?? 'anything'}`)
      return
    }
    let body: Document
    try {
      body = deserialize(frame.subarray(legacy ? 36 : 21), { promoteLongs: false })
    } catch (fault) {
      // Bytes of a lying document that nobody has to look at pass as they came.
      if (honest) wrong.push(`an answer that is no document: ${fault}`)
      return
    }
    const ok = Number(body.ok)
    heard.push(ok === 1 ? 'ok' : String(body.code))
    if (!honest) {
      const id = body.cursor?.id
      if (id !== undefined && request.marker !== undefined && typeof id?.toBigInt === 'function')
        cursors.set(id.toBigInt(), { marker: request.marker, documents: 0 })
      return
    }
    if (request.refused === true && ok === 1) wrong.push(`not refused: ${request.says}`)
    if (ok === 1) judgeBatch(request, body)
  }

  return {
    heard,
    ask(request) {
      if (request.broken === true) broken = true
      if (request.wants !== 'nothing') waiting.push(request)
    },
    push(bytes) {
      kept = Buffer.concat([kept, bytes])
      while (kept.length >= 4 && kept.length >= kept.readInt32LE(0)) {
        const size = kept.readInt32LE(0)
        if (size < 16) {
          wrong.push(`a message of ${size} bytes was said`)
          kept = Buffer.alloc(0)
          return
        }
        const frame = kept.subarray(0, size)
        kept = kept.subarray(size)
        take(frame)
      }
    },
    cursors: () => [...cursors.keys()],
    complete() {
      for (const { says } of waiting) wrong.push(`never answered: ${says}`)
      if (kept.length > 0) wrong.push('half an answer')
    },
  }
}
