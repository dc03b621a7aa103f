/** A growing buffer that replies are rewritten into, and how to append to it. */

/** `length` bytes of `bytes` are written; whoever needs room replaces `bytes` by a larger copy. */
export interface ByteWriter {
  bytes: Buffer
  length: number
}

const FIRST = 64 * 1024
const KEPT = 1024 * 1024

/** Below this a loop beats a call into native code. */
const SMALL_COPY = 48

export function createByteWriter(capacity = FIRST): ByteWriter {
  return { bytes: Buffer.allocUnsafeSlow(capacity), length: 0 }
}

/** Makes room for `count` more bytes. */
export function reserve(out: ByteWriter, count: number): void {
  const needed = out.length + count
  if (needed <= out.bytes.length) return
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, out.bytes.length * 2))
  out.bytes.copy(grown, 0, 0, out.length)
  out.bytes = grown
}

export function append(out: ByteWriter, source: Uint8Array, start: number, end: number): void {
  const count = end - start
  reserve(out, count)
  const { bytes, length } = out
  if (count < SMALL_COPY) {
    for (let at = 0; at < count; at++) bytes[length + at] = source[start + at] as number
  } else {
    bytes.set(source.subarray(start, end), length)
  }
  out.length = length + count
}

export function appendText(out: ByteWriter, text: string): void {
  reserve(out, text.length * 3)
  const { bytes, length } = out
  const count = text.length < SMALL_COPY ? text.length : 0
  let at = 0
  for (let code: number; at < count; at++) {
    code = text.charCodeAt(at)
    if (code > 0x7f) break
    bytes[length + at] = code
  }
  out.length = length + (at > 0 && at === text.length ? at : bytes.write(text, length, 'utf8'))
}

export function appendByte(out: ByteWriter, byte: number): void {
  reserve(out, 1)
  out.bytes[out.length++] = byte
}

/** `source[start … end)` is replaced by `text`. */
export interface ByteEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Appends `source[start … end)` with these places, which are in order and apart, replaced. */
export function appendEdited(
  out: ByteWriter,
  source: Uint8Array,
  start: number,
  end: number,
  edits: readonly ByteEdit[],
): void {
  let copied = start
  for (const edit of edits) {
    append(out, source, copied, edit.start)
    appendText(out, edit.text)
    copied = edit.end
  }
  append(out, source, copied, end)
}

/** What is written, copied out, and the writer empty again; a buffer that grew beyond the usual is let go. */
export function take(out: ByteWriter): Buffer {
  const taken = Buffer.allocUnsafe(out.length)
  out.bytes.copy(taken, 0, 0, out.length)
  out.length = 0
  if (out.bytes.length > KEPT) out.bytes = Buffer.allocUnsafeSlow(FIRST)
  return taken
}
