/** What one chunk becomes on the other side: runs of the chunk itself, and bytes put in their place. */

export interface Outbox {
  /** Forwards a run of the chunk; neighbouring runs are merged, so that an untouched chunk stays one write. */
  pass(buffer: Uint8Array, start: number, end: number): void
  /** Puts bytes in; they must not change afterwards. */
  write(bytes: Uint8Array): void
  /** Hands over what was gathered, in order, and is empty again. */
  take(): Uint8Array[]
  readonly empty: boolean
}

export function createOutbox(): Outbox {
  let done: Uint8Array[] = []
  let current: Uint8Array | undefined
  let from = 0
  let to = 0

  const settle = () => {
    if (current === undefined) return
    done.push(from === 0 && to === current.length ? current : current.subarray(from, to))
    current = undefined
  }

  return {
    pass(buffer, start, end) {
      if (start === end) return
      if (current === buffer && to === start) {
        to = end
        return
      }
      settle()
      current = buffer
      from = start
      to = end
    },
    write(bytes) {
      if (bytes.length === 0) return
      settle()
      done.push(bytes)
    },
    take() {
      settle()
      const taken = done
      done = []
      return taken
    },
    get empty() {
      return current === undefined && done.length === 0
    },
  }
}
