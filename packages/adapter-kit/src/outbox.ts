/** What one chunk becomes on the other side: runs of the chunk itself, and bytes put in their place. */
import type { ByteWriter } from './byte-writer.js'
import { type Loan, lend } from './loans.js'

export interface Outbox {
  /** Forwards a run of the chunk; neighbouring runs are merged, so that an untouched chunk stays one write. */
  pass(buffer: Uint8Array, start: number, end: number): void
  /** Puts bytes in; they must not change afterwards. */
  write(bytes: Uint8Array): void
  /** For many small pieces: append to it; what stands there goes out in its place. */
  writer(): ByteWriter
  /** A writer with room for so many bytes, which serves somebody else once what stands there has left: put in by `write`, and never kept. */
  borrow(size: number): ByteWriter
  /** What is put in stands in this loan. */
  standsIn(loan: Loan): void
  /** Hands over what was gathered, in order, and is empty again. */
  take(): Uint8Array[]
  /** Hands over the loans that it stands in: they are to be given back once it has left. */
  takeLoans(): readonly Loan[] | undefined
  /** Nobody reads any more what was handed over. */
  sent(): void
  readonly empty: boolean
}

/** Room for what a read of 64 KB becomes, and as much again before another is begun. */
const WRITER_SIZE = 128 * 1024
/** One store that nobody has: rows that are written anew need no memory whose release would cost V8 a collection of everything. */
let spare: Buffer | undefined

export function createOutbox(): Outbox {
  return new Gathering()
}

/** A class for the same reason as the ledger's. */
class Gathering implements Outbox {
  private done: Uint8Array[] = []
  private current: Uint8Array | undefined = undefined
  private from = 0
  private to = 0
  private appended: ByteWriter | undefined = undefined
  private written = 0
  private loans: Loan[] | undefined = undefined

  get empty(): boolean {
    const { appended } = this
    return (
      this.current === undefined &&
      this.done.length === 0 &&
      (appended === undefined || appended.length === this.written)
    )
  }

  pass(buffer: Uint8Array, start: number, end: number): void {
    if (start === end) return
    if (this.current === buffer && this.to === start) {
      this.to = end
      return
    }
    this.settle()
    this.current = buffer
    this.from = start
    this.to = end
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.settle()
    this.done.push(bytes)
  }

  writer(): ByteWriter {
    if (this.current !== undefined) this.settle()
    // A region is never written twice: the kernel may not have taken what stands there yet.
    if (this.appended === undefined || this.appended.length > WRITER_SIZE / 2) {
      this.settle()
      this.appended = { bytes: spare ?? Buffer.allocUnsafeSlow(WRITER_SIZE), length: 0 }
      spare = undefined
      this.written = 0
    }
    return this.appended
  }

  borrow(size: number): ByteWriter {
    const loan = lend(size)
    this.standsIn(loan)
    return { bytes: loan.bytes, length: 0 }
  }

  standsIn(loan: Loan): void {
    if (this.loans === undefined) this.loans = [loan]
    else this.loans.push(loan)
  }

  takeLoans(): readonly Loan[] | undefined {
    const { loans } = this
    this.loans = undefined
    return loans
  }

  take(): Uint8Array[] {
    this.settle()
    const taken = this.done
    this.done = []
    return taken
  }

  sent(): void {
    const { appended } = this
    if (appended === undefined || !this.empty) return
    // One that had to grow is let go.
    if (appended.bytes.length === WRITER_SIZE) spare = appended.bytes
    this.appended = undefined
  }

  private settle(): void {
    const { current, appended, from, to } = this
    if (current !== undefined) {
      this.done.push(from === 0 && to === current.length ? current : current.subarray(from, to))
      this.current = undefined
    }
    if (appended !== undefined && appended.length > this.written) {
      this.done.push(appended.bytes.subarray(this.written, appended.length))
      this.written = appended.length
    }
  }
}
