/** One session's door as an object: a class, as getters of an object literal make it a dictionary (docs/performance.md). */
import type { SessionGate } from './admission.js'

export interface Door extends Omit<SessionGate, 'masked' | 'withholds' | 'discerns'> {
  /** Asked each time: a new policy binds open sessions. */
  readonly isMasked: () => boolean
  readonly isWithholding: () => boolean
  readonly isDiscerning: () => boolean
}

export function createSessionGate(door: Door): SessionGate {
  return new OpenDoor(door)
}

class OpenDoor implements SessionGate {
  readonly session: SessionGate['session']
  readonly standing: SessionGate['standing']
  readonly admit: SessionGate['admit']
  readonly foresee: SessionGate['foresee']
  readonly mayPermit: SessionGate['mayPermit']
  readonly wouldPermit: SessionGate['wouldPermit']
  readonly standsFor: SessionGate['standsFor']
  readonly refuse: SessionGate['refuse']
  readonly complete: SessionGate['complete']
  private readonly isMasked: () => boolean
  private readonly isWithholding: () => boolean
  private readonly isDiscerning: () => boolean

  constructor(door: Door) {
    this.session = door.session
    this.standing = door.standing
    this.admit = door.admit
    this.foresee = door.foresee
    this.mayPermit = door.mayPermit
    this.wouldPermit = door.wouldPermit
    this.standsFor = door.standsFor
    this.refuse = door.refuse
    this.complete = door.complete
    this.isMasked = door.isMasked
    this.isWithholding = door.isWithholding
    this.isDiscerning = door.isDiscerning
  }

  get masked(): boolean {
    return this.isMasked()
  }

  get withholds(): boolean {
    return this.isWithholding()
  }
  get discerns(): boolean {
    return this.isDiscerning()
  }
}
