/** What a gateway holds while it runs; a reload changes some of it. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import type { House } from './house.js'
import type { Listener } from './listener.js'
import type { ListenerState } from './listener-state.js'
import type { Log } from './log.js'
import type { Standing } from './standing.js'
import type { StopElsewhere } from './stopping.js'
import type { Shared } from './workers/shared.js'

export interface GatewaySources {
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
  /** Left out: this process is the whole gateway. */
  readonly shared?: Shared
}

/** One listener with what stands behind it. */
export interface OpenedListener {
  state: ListenerState
  listener: Listener
  /** Adapters that a reload replaced and that sessions still use. */
  readonly retired: Set<OpenAdapter>
}

/** What a reload changes. */
export interface Running {
  standing: Standing
  readonly listeners: Map<string, OpenedListener>
  readonly house: House
  readonly sources: GatewaySources
  readonly stopElsewhere: StopElsewhere
  readonly shared: Shared
  /** What each adapter stands before. */
  readonly marks: WeakMap<OpenAdapter, string>
  readonly signInSecret: Uint8Array
  readonly siteSecret: Uint8Array
}
