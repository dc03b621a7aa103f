/** What the adapter hands to reading, and what it gets back. */
import type { RefusalCode, Statement } from '@gatehouse/core'
import type { ListedDocument, Value } from '../bson/index.js'
import type { Catalog } from '../catalog/catalog.js'

/** One OP_MSG as received. */
export interface Command {
  /** The first key of the body, as the client wrote it. */
  readonly name: string
  /** `$db`. */
  readonly database: string
  readonly body: Value
  /** Documents of the kind-1 sections, by identifier. */
  readonly sequences: ReadonlyMap<string, readonly ListedDocument[]>
}

export interface ReadingContext {
  readonly catalog: Catalog
}

export interface Reader {
  /** Never throws: what is not understood is `unreadable`. */
  read(command: Command, context: ReadingContext): ReadCommand
}

export type ReadCommand =
  | ReadStatement
  /** The gateway answers by itself: hello, buildInfo, connectionStatus … `name` is the table's. */
  | { readonly kind: 'own'; readonly statement: Statement; readonly name: string }
  /** By the cursor's stored plan; `statement` has no actions and serves when the cursor is not known. */
  | {
      readonly kind: 'cursor'
      readonly statement: Statement
      readonly name: 'getMore' | 'killCursors' | 'releaseMemory'
      readonly collection: string
      readonly cursors: readonly bigint[]
    }
  | Unreadable

export interface ReadStatement {
  readonly kind: 'statement'
  readonly statement: Statement
  /** The table's name of the command: `findAndModify`, never `findandmodify`. */
  readonly name: string
  readonly reply: ReplyPlan
  readonly writes: boolean
  /** Sessions that it names; each id is to be mapped before it goes upstream. */
  readonly sessions?: true
}

export interface Unreadable {
  readonly kind: 'unreadable'
  readonly statement: Statement
  readonly code: RefusalCode
  readonly why: string
  /** What a server would say; left out: 13 Unauthorized. */
  readonly native?: { readonly code: number; readonly codeName: string }
}

/** Where data stands in the reply, and what each place may hold. */
export interface ReplyPlan {
  readonly places: readonly ReplyPlace[]
  /** Top-level fields that may pass beside those of the places; every other one is left out. */
  readonly fields: ReadonlySet<string>
  /** Entries of the reply's list that the viewer may not know of are left out. */
  readonly filtered?: 'databases' | 'collections'
}

export interface ReplyPlace {
  readonly path: readonly string[]
  /** The shape is of each element of an array there, not of the value itself. */
  readonly each: boolean
  readonly shape: Shape
}

/**
 * What stands at one place of a document; arrays are transparent. `output`: an index of Statement.outputs, whose mask
 * covers the value and all beneath it. `children`: what is known beneath it, which is to be looked at when the value itself
 * stays. `origins`: names beneath it that are no child are names beneath these places, to be judged when met. Neither child nor
 * origin nor `free`: nothing may stand there, and what does is masked as strictly as anything.
 */
export interface Shape {
  readonly output?: number
  readonly children?: ReadonlyMap<string, Shape>
  readonly origins?: readonly Origin[]
  /** Nothing beneath it comes from a stored field. */
  readonly free?: true
  /** Made of its children alone: what is no document, and not null, is not what the command asks for. */
  readonly documents?: true
  /** Names beneath it are dotted paths from here: `updatedFields` of a change event. */
  readonly dotted?: true
  /** Texts in it are dotted paths from here: `removedFields`. */
  readonly named?: true
}

export interface Origin {
  /** Database and collection. */
  readonly resource: readonly string[]
  /** Empty: the document itself. */
  readonly path: readonly string[]
  readonly how: 'copied' | 'computed'
}
