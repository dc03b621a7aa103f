/** OP_MSG. */
import { GatehouseError } from '@gatehouse/core'
import type { Value } from '../bson/index.js'

export interface OpMsg {
  readonly requestId: number
  readonly responseTo: number
  readonly flags: number
  /** The document of the section of kind 0, validated. */
  readonly body: Value
  /** Sections of kind 1 by identifier, validated. */
  readonly sequences: ReadonlyMap<string, readonly Value[]>
}

export interface MessageCeilings {
  /** Levels of nesting in the body; a sequence's documents stand one deeper than their own. */
  readonly depth: number
  /** Elements of all documents together. */
  readonly elements: number
  /** Documents of all sequences together. */
  readonly documents: number
}

/** `frame`: one whole message. Throws WireFault with what the server would say. */
export function readOpMsg(_frame: Uint8Array, _ceilings: MessageCeilings): OpMsg {
  throw new GatehouseError('GH_INVARIANT', 'not yet')
}

/** Without checksum. */
export function writeOpMsg(_message: OpMsg): Buffer {
  throw new GatehouseError('GH_INVARIANT', 'not yet')
}
