/** The model's reply in the making: its packets in their order, numbered from where the command ended. */
import { REDACTED } from '@gatehouse/masking'
import { packets } from '../messages/index.js'
import * as say from './backend.js'
import type { Layout } from './layout.js'
import type { Standing } from './standing.js'
import type { Field, Result } from './statements.js'

/** Who asks, when the model plays gateway and server in one; undefined: it is the server alone. */
export interface Viewer {
  readonly masked: boolean
  /** Whether the gateway passes on a text that the model has no meaning for: code that nobody has read. */
  readonly passes?: (text: string) => boolean
  /** False: no file is taken from it. */
  readonly files?: boolean
}

export interface Telling {
  /** `next`: number of the reply's first packet. */
  begin(next: number): void
  /** Number of the packet that comes next. */
  readonly next: number
  /** The packets since then. */
  take(): Uint8Array[]
  payloads(...contents: readonly Uint8Array[]): void
  ok(more?: number, affected?: number, changes?: Uint8Array): void
  /** False, for whoever asks whether the reply goes on. */
  fail(code: number): false
  /** Definitions and all rows; `more`: flags beside those of the session. */
  rows(result: Result, binary: boolean, more: number): void
  fields(fields: readonly Field[]): void
  /** What ends rows. */
  end(more?: number): void
  /** Its rows as the viewer sees them. */
  shown(result: Result): Result['rows']
}

export function createTelling(viewer: Viewer | undefined, standing: Standing, layout: Layout): Telling {
  const masked = viewer?.masked === true
  let reply: Uint8Array[] = []
  let next = 1
  const payloads = (...contents: readonly Uint8Array[]) => {
    for (const content of contents) {
      reply.push(packets(next, content))
      next = (next + 1) & 255
    }
  }
  const end = (more = 0) => payloads(say.end(standing.status | more, layout))
  const shown = (result: Result) =>
    masked
      ? result.rows.map((row) => row.map((cell, index) => (result.masked.includes(index) ? REDACTED : cell)))
      : result.rows
  return {
    begin(first) {
      reply = []
      next = first
    },
    get next() {
      return next
    },
    take: () => reply,
    payloads,
    ok(more = 0, affected = 0, changes) {
      const told = viewer === undefined || layout.tracks ? changes : undefined
      payloads(say.done(standing.status | more, affected, told))
    },
    fail(code) {
      payloads(say.failure(code))
      return false
    },
    rows(result, binary, more) {
      payloads(...say.head(result, standing.status | more, layout))
      payloads(...shown(result).map((row) => say.rowOf(result, row, binary)))
    },
    fields(fields) {
      const told = ({ column, value }: Field) => ({
        column,
        value: masked && value !== undefined ? null : value,
      })
      payloads(...fields.map((field) => say.field(told(field), layout)))
      end()
    },
    end,
    shown,
  }
}
