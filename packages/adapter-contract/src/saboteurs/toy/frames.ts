/** The toy protocol's frames: a letter, an Int32 length that counts itself and the letter, then text. */
import { concatBytes, type FrameLayout, readInt32, text, utf8, writeInt32 } from '@gatehouse/adapter-kit'

/** What a client sends: sign in, run, run with binary cells, prepare, execute what was prepared, leave. */
export const CLIENT = {
  signIn: 'U',
  run: 'R',
  runBinary: 'B',
  prepare: 'P',
  execute: 'E',
  leave: 'X',
} as const
/** What a server sends: welcome, row, binary row, prepared, done, failed, a notice. */
export const SERVER = {
  welcome: 'W',
  row: 'D',
  binaryRow: 'd',
  prepared: 'p',
  done: 'Z',
  failed: '!',
  notice: 'n',
} as const

export const HEADER = 5
/** Between the fields of a frame's text. */
export const TAB = '\t'

export function frame(letter: string, ...fields: readonly string[]): Uint8Array {
  return framed(letter, utf8(fields.join(TAB)))
}

export function framed(letter: string, body: Uint8Array): Uint8Array {
  return concatBytes([declared(letter, HEADER + body.length), body])
}

/** A header that says what it likes. */
export function declared(letter: string, length: number): Uint8Array {
  const header = new Uint8Array(HEADER)
  header[0] = letter.charCodeAt(0)
  writeInt32(header, 1, length)
  return header
}

/** Cells as Int32 length and bytes; -1 for nothing. */
export function binaryCells(cells: readonly (string | null)[]): Uint8Array {
  return concatBytes(
    cells.flatMap((cell) => {
      const bytes = utf8(cell ?? '')
      const size = new Uint8Array(4)
      writeInt32(size, 0, cell === null ? -1 : bytes.length)
      return [size, bytes]
    }),
  )
}

export function readBinaryCells(body: Uint8Array): readonly (string | null)[] {
  const cells: (string | null)[] = []
  for (let at = 0; at + 4 <= body.length; ) {
    const size = readInt32(body, at)
    at += 4
    cells.push(size < 0 ? null : text(body.subarray(at, at + size)))
    at += Math.max(0, size)
  }
  return cells
}

const NOTHING = '\\N'
export const textCells = (cells: readonly (string | null)[]) => cells.map((cell) => cell ?? NOTHING)
export const readTextCells = (body: string): readonly (string | null)[] =>
  body.split(TAB).map((cell) => (cell === NOTHING ? null : cell))

export function layoutOf(letters: string, message: number): FrameLayout {
  const known = new Set([...letters].map((letter) => letter.charCodeAt(0)))
  return {
    header: HEADER,
    type: (buffer, at) => buffer[at] as number,
    length: (buffer, at) => readInt32(buffer, at + 1),
    // A letter that nobody knows has no length that could be believed.
    ceiling: (type) => (known.has(type) ? message : HEADER),
    gather: () => message,
  }
}

/** Whole frames, and how many bytes they are. */
export function cutFrames(bytes: Uint8Array): {
  readonly frames: readonly { readonly letter: string; readonly body: Uint8Array }[]
  readonly size: number
} {
  const frames: { letter: string; body: Uint8Array }[] = []
  let at = 0
  while (at + HEADER <= bytes.length) {
    const length = readInt32(bytes, at + 1)
    if (length < HEADER || at + length > bytes.length) break
    frames.push({
      letter: String.fromCharCode(bytes[at] as number),
      body: bytes.subarray(at + HEADER, at + length),
    })
    at += length
  }
  return { frames, size: at }
}
