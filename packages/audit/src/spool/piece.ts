/** What many records repeat (a session's, a plan's, a decision's part) stands once in a segment; records refer to it. */

export interface Piece {
  /** Printable ASCII. */
  readonly text: string
  /** Names it, in this process, for good. */
  readonly number: number
  /** What stands for it in a frame, a character for each byte. */
  readonly reference: string
  /** The last segment that defines it, and the last batch that refers to it; the batch keeps both. */
  segment: number
  batch: number
}

/** Consecutive pieces of printable ASCII (but for the line end after the envelope): joined in the spool's buffer. */
export type Body = readonly (string | Piece)[]

/** A reference: this byte, which no record holds, and the piece's number, u32 big endian. */
export const REFERENCE = 0x02
export const REFERENCE_SIZE = 5
/** A definition's body: this byte, the number, the text. */
export const DEFINITION = 0x50

export function createPieces(): (text: string) => Piece {
  let last = 0
  return (text) => {
    last += 1
    const bytes = Buffer.from([REFERENCE, 0, 0, 0, 0])
    bytes.writeUInt32BE(last, 1)
    return { text, number: last, reference: bytes.toString('latin1'), segment: -1, batch: -1 }
  }
}

export function textOf(piece: string | Piece): string {
  return typeof piece === 'string' ? piece : piece.text
}

export interface Definitions {
  /** Remembers a definition; false when the body is none. */
  take(body: Buffer): boolean
  /** The body with every reference resolved; undefined when one leads nowhere. */
  expand(body: Buffer): Buffer | undefined
}

/** One segment's definitions, as far as it was read. */
export function createDefinitions(): Definitions {
  const texts = new Map<number, Buffer>()
  return {
    take(body) {
      if (body[0] !== DEFINITION || body.length < REFERENCE_SIZE) return false
      texts.set(body.readUInt32BE(1), Buffer.from(body.subarray(REFERENCE_SIZE)))
      return true
    },
    expand(body) {
      let at = body.indexOf(REFERENCE)
      if (at < 0) return body
      const parts: Buffer[] = []
      let from = 0
      for (; at >= 0; at = body.indexOf(REFERENCE, from)) {
        const text = body.length - at < REFERENCE_SIZE ? undefined : texts.get(body.readUInt32BE(at + 1))
        if (text === undefined) return undefined
        parts.push(body.subarray(from, at), text)
        from = at + REFERENCE_SIZE
      }
      return Buffer.concat([...parts, body.subarray(from)])
    },
  }
}
