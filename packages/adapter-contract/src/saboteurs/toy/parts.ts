/** The toy adapter's parts. A saboteur takes one out and puts a broken one in. */
import { type Frame, type FrameLayout, type Honours, text } from '@gatehouse/adapter-kit'
import type { Identity, KeyMask, Mask, Outcome, Permission, Refusal, RefusalCode } from '@gatehouse/core'
import { CLIENT, frame, HEADER, layoutOf, SERVER } from './frames.js'
import { type Parsed, parse } from './language.js'

export type State = 'idle' | 'open'

export interface ToyParts {
  readonly honours: Honours
  readonly clientLayout: (message: number) => FrameLayout
  readonly upstreamLayout: () => FrameLayout
  readonly bodyOf: (frame: Frame) => string
  readonly parse: (text: string) => Parsed
  /** What is prepared reads so when it is executed. */
  readonly executed: (parsed: Parsed) => Parsed
  readonly native: (code: RefusalCode) => string
  readonly refusal: (refusal: Refusal, state: State, text: string) => Uint8Array
  readonly farewell: (code: RefusalCode, message: string) => Uint8Array
  readonly tooLong: (bytes: number, ceiling: number) => boolean
  /** Whether obligations can be kept on the reply to so many statements in one text. */
  readonly separable: (statements: number) => boolean
  readonly maskOf: (permission: Permission, column: number) => Mask | undefined
  readonly maskCell: (cell: string | null, mask: Mask | undefined, binary: boolean) => string | null
  /** Values of keys of a masked class, in a cell that is a document. */
  readonly maskKeys: (cell: string | null, keys: readonly KeyMask[]) => string | null
  readonly limitRow: (count: number, limit: number) => boolean
  readonly limitBytes: (bytes: number, limit: number) => boolean
  readonly identity: (identity: Identity) => Identity
  readonly requiresTls: (required: boolean) => boolean
  readonly proves: boolean
  /** What the service account signs in upstream with. */
  readonly secret: (clientSecret: string) => string
  /** What is still open when the connection goes. */
  readonly cut: Outcome['status']
  readonly failed: Outcome['status']
  readonly idle: (owed: number) => boolean
}

export const CLIENT_LETTERS = Object.values(CLIENT).join('')
export const SERVER_LETTERS = Object.values(SERVER).join('')

export const NATIVE: Partial<Record<RefusalCode, string>> = {
  GH_FORBIDDEN: 'no',
  GH_SIGN_IN: 'who',
  GH_AUDIT_UNAVAILABLE: 'unwritten',
  GH_ROW_LIMIT: 'enough',
  GH_ENDED: 'over',
  GH_DRAINING: 'closing',
  GH_UPSTREAM: 'gone',
}

export const native = (code: RefusalCode) => NATIVE[code] ?? 'no'

export const parts: ToyParts = {
  honours: { mask: true, keys: true, rows: true, bytes: true, affected: false },
  clientLayout: (message) => layoutOf(CLIENT_LETTERS, message),
  upstreamLayout: () => layoutOf(SERVER_LETTERS, 1024 * 1024),
  bodyOf: ({ buffer, start, end }) => text(buffer.subarray(start + HEADER, end)),
  parse,
  executed: (parsed) => parsed,
  native,
  refusal: (refusal, state) =>
    frame(
      SERVER.failed,
      native(refusal.code),
      `${refusal.message} ${refusal.rule ?? ''} ${refusal.id}`,
      state,
      refusal.code,
    ),
  farewell: (code, message) => frame(SERVER.failed, native(code), message, 'fatal', code),
  tooLong: (bytes, ceiling) => bytes > ceiling,
  separable: (statements) => statements === 1,
  maskOf: ({ maskAll, masks }, column) => maskAll ?? masks[column],
  maskCell: (cell, mask) => (mask === undefined ? cell : null),
  maskKeys: (cell, keys) => {
    if (keys.length === 0 || cell?.startsWith('{') !== true) return cell
    const masked = new Set(keys.flatMap(({ classes }) => classes))
    return JSON.stringify(JSON.parse(cell), (key, value: unknown) => (masked.has(key) ? null : value))
  },
  limitRow: (count, limit) => count <= limit,
  limitBytes: (bytes, limit) => bytes <= limit,
  identity: (identity) => identity,
  requiresTls: (required) => required,
  proves: true,
  secret: () => 'the account signs in with this',
  cut: 'cut',
  failed: 'failed',
  idle: (owed) => owed === 0,
}
