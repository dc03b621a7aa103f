/** How following a frame ends: steps, and the outcomes that come with them. */
import type { Completion, Step } from '@gatehouse/adapter-kit'
import { farewellResponse } from '../refusing.js'
import { end, type Memory, type Portal, wake } from '../session/memory.js'
import type { Judge } from './shape.js'

export interface FollowingParts {
  readonly memory: Memory
  readonly judge: Judge
  /** The session defined something that is committed now. */
  readonly onDefined: () => void
  /** What the client is told of settings that the gateway keeps for itself. */
  readonly shown: ReadonlyMap<string, () => string | undefined>
  readonly processIds: { readonly upstream: number; readonly own: number }
}

export const GO: Step = { kind: 'go' }

export function cut(why: string): Step {
  return { kind: 'cut', bytes: farewellResponse('GH_UPSTREAM', why) }
}

export function settled(memory: Memory, completions?: readonly Completion[]): Step {
  wake(memory)
  const forgotten = memory.forgotten
  if (forgotten.length > 0) {
    memory.forgotten = []
    return { kind: 'go', completions: [...forgotten, ...(completions ?? [])] }
  }
  return completions === undefined || completions.length === 0 ? GO : { kind: 'go', completions }
}

export function withUpstream(step: Step, upstream: Uint8Array | undefined): Step {
  return step.kind === 'go' && upstream !== undefined ? { ...step, upstream } : step
}

const NONE: readonly Completion[] = []

/** A portal that makes room for another, or is closed: what it ran, or never ran. */
export function abandon(memory: Memory, portal: Portal | undefined): readonly Completion[] {
  if (portal === undefined || !end(memory, portal.run)) return NONE
  const { run } = portal
  const status = run.started ? 'done' : 'unexecuted'
  return [{ permit: run.permit, outcome: { status, returned: run.returned, affected: 0 } }]
}
