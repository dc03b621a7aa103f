/** What the server owes for what was sent, entry by entry. */
import type { Held, Limiting } from './limiting.js'
import type { Portal, Prepared, Run } from './memory.js'

/** What the upstream owes, in order (postgres-wire §3.1). `own`: we asked, the client must not see the answer. */
export type Owed =
  | {
      readonly kind: 'parse'
      readonly prepared: Prepared
      previous: Prepared | undefined
      readonly own: boolean
    }
  | {
      readonly kind: 'bind'
      readonly portal: Portal
      previous: Portal | undefined
      readonly own: boolean
    }
  | { readonly kind: 'close'; prepared?: Prepared | undefined; portal?: Portal | undefined }
  | {
      readonly kind: 'describe'
      readonly prepared?: Prepared | undefined
      readonly portal?: Portal | undefined
      readonly own: boolean
      readonly quiet: boolean
    }
  | { readonly kind: 'execute'; readonly portal: Portal; readonly limiting: Limiting | undefined }
  | {
      readonly kind: 'query'
      readonly runs: readonly Run[]
      index: number
      failed: boolean
      readonly error: Uint8Array | undefined
      readonly awaited: boolean
      /** The unnamed statement that it dropped. */
      unnamed: Prepared | undefined
    }
  | { readonly kind: 'sync'; readonly segment: number; readonly awaited: boolean; held: Held | undefined }
  /** A Describe that must fail in place of what was refused; its error becomes `error`. */
  | {
      readonly kind: 'poison'
      readonly error: Uint8Array
      /** A refused Parse drops the unnamed statement as one that fails does. */
      readonly drops: boolean
      unnamed?: Prepared | undefined
    }
