/** Writes documents element by element into a byte writer; lengths are filled in when a document ends. */
import { append, appendByte, appendText, type ByteWriter, reserve } from '@gatehouse/adapter-kit'
import { bsonFault, putInt32 } from './bytes.js'
import { TYPE } from './types.js'
import type { Value } from './value.js'

/** A name must not hold a NUL: throws `GH_WIRE`. The outermost document and what is inside arrays have names too. */
export interface DocumentWriter {
  /** Without a name: the outermost document. */
  begin(name?: string): DocumentWriter
  beginArray(name: string): DocumentWriter
  /** Of the document or array that was begun last. */
  end(): DocumentWriter
  string(name: string, text: string): DocumentWriter
  int32(name: string, value: number): DocumentWriter
  int64(name: string, value: bigint): DocumentWriter
  double(name: string, value: number): DocumentWriter
  boolean(name: string, value: boolean): DocumentWriter
  null(name: string): DocumentWriter
  /** Milliseconds since 1970, UTC. */
  date(name: string, value: bigint): DocumentWriter
  binary(name: string, subtype: number, bytes: Uint8Array): DocumentWriter
  /** Any value as it came, under this name. */
  raw(name: string, value: Value): DocumentWriter
  /** Whole elements as they came: type, name and value of each. */
  elements(source: Uint8Array, start: number, end: number): DocumentWriter
}

export function createDocumentWriter(out: ByteWriter): DocumentWriter {
  return new Writer(out)
}

class Writer implements DocumentWriter {
  private readonly out: ByteWriter
  private readonly open: number[] = []

  constructor(out: ByteWriter) {
    this.out = out
  }

  begin(name?: string): DocumentWriter {
    if (name !== undefined) this.head(TYPE.DOCUMENT, name)
    return this.enter()
  }

  beginArray(name: string): DocumentWriter {
    this.head(TYPE.ARRAY, name)
    return this.enter()
  }

  end(): DocumentWriter {
    const start = this.open.pop()
    if (start === undefined) throw bsonFault('the end of a document that was not begun')
    appendByte(this.out, 0)
    putInt32(this.out.bytes, start, this.out.length - start)
    return this
  }

  string(name: string, text: string): DocumentWriter {
    this.head(TYPE.STRING, name)
    const at = this.room(4)
    appendText(this.out, text)
    appendByte(this.out, 0)
    putInt32(this.out.bytes, at, this.out.length - at - 4)
    return this
  }

  int32(name: string, value: number): DocumentWriter {
    this.head(TYPE.INT32, name)
    const at = this.room(4)
    putInt32(this.out.bytes, at, value)
    return this
  }

  int64(name: string, value: bigint): DocumentWriter {
    return this.wide(TYPE.INT64, name, value)
  }

  date(name: string, value: bigint): DocumentWriter {
    return this.wide(TYPE.DATE, name, value)
  }

  double(name: string, value: number): DocumentWriter {
    this.head(TYPE.DOUBLE, name)
    const at = this.room(8)
    this.out.bytes.writeDoubleLE(value, at)
    return this
  }

  boolean(name: string, value: boolean): DocumentWriter {
    this.head(TYPE.BOOLEAN, name)
    appendByte(this.out, value ? 1 : 0)
    return this
  }

  null(name: string): DocumentWriter {
    this.head(TYPE.NULL, name)
    return this
  }

  binary(name: string, subtype: number, bytes: Uint8Array): DocumentWriter {
    const old = subtype === 2
    this.head(TYPE.BINARY, name)
    const at = this.room(old ? 9 : 5)
    putInt32(this.out.bytes, at, bytes.length + (old ? 4 : 0))
    this.out.bytes[at + 4] = subtype
    if (old) putInt32(this.out.bytes, at + 5, bytes.length)
    append(this.out, bytes, 0, bytes.length)
    return this
  }

  raw(name: string, value: Value): DocumentWriter {
    this.head(value.type, name)
    append(this.out, value.source, value.start, value.end)
    return this
  }

  elements(source: Uint8Array, start: number, end: number): DocumentWriter {
    append(this.out, source, start, end)
    return this
  }

  private wide(type: number, name: string, value: bigint): DocumentWriter {
    this.head(type, name)
    const at = this.room(8)
    this.out.bytes.writeBigInt64LE(value, at)
    return this
  }

  private head(type: number, name: string): void {
    if (name.includes('\0')) throw bsonFault('a NUL inside a name')
    appendByte(this.out, type)
    appendText(this.out, name)
    appendByte(this.out, 0)
  }

  private enter(): DocumentWriter {
    this.open.push(this.room(4))
    return this
  }

  /** Where `count` bytes to be filled in begin. */
  private room(count: number): number {
    reserve(this.out, count)
    const at = this.out.length
    this.out.length += count
    return at
  }
}
