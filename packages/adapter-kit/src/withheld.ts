/** What waits for the word that what ran is what was decided: outcomes, which say of what is never shown that it was not. */
import type { SessionGate } from '@gatehouse/core'
import type { Completion } from './adapter.js'

/** A class: it is looked at for each chunk (docs/performance.md). */
export class Withheld {
  /** Undefined: nothing is waited for. */
  confirming: Promise<boolean> | undefined = undefined
  private due: Completion[] = []
  /** Of bytes that have gone to their lane, and wait there. */
  private readonly waiting = new Set<readonly Completion[]>()

  constructor(private readonly gate: SessionGate) {}

  /** Replies wait for this, too. */
  until(confirming: Promise<boolean> | undefined): void {
    if (confirming === undefined) return
    const before = this.confirming
    const both =
      before === undefined
        ? confirming
        : Promise.all([before, confirming]).then(([one, other]) => one && other)
    this.confirming = both
    void both.then((stands) => {
      if (!stands || this.confirming !== both) return
      this.confirming = undefined
      // Nothing was to be sent with them.
      for (const { permit, outcome } of this.due.splice(0)) this.gate.complete(permit, outcome)
    })
  }

  complete(completion: Completion): void {
    if (this.confirming === undefined) this.gate.complete(completion.permit, completion.outcome)
    else this.due.push(completion)
  }

  /** The outcomes so far, told by the one that is returned: with the bytes that they belong to. */
  release(): (stands: boolean) => void {
    const { due } = this
    this.due = []
    this.waiting.add(due)
    return (stands) => {
      if (!this.waiting.delete(due)) return
      for (const { permit, outcome } of due)
        this.gate.complete(permit, stands ? outcome : { ...outcome, status: 'cut', returned: 0 })
    }
  }

  /** Nothing of it leaves any more. */
  drop(): void {
    this.release()
    for (const due of this.waiting)
      for (const { permit, outcome } of due)
        this.gate.complete(permit, { ...outcome, status: 'cut', returned: 0 })
    this.waiting.clear()
  }
}

export const createWithheld = (gate: SessionGate) => new Withheld(gate)
