/** LOAD DATA LOCAL in the model: the server asks for a file, and whatever comes then is the file (manual, "LOCAL INFILE Data"). */
import { payload } from '../messages/index.js'
import type { Packet } from '../speaker/packets.js'
import type { RunningParts } from './parts.js'
import type { Meaning } from './statements.js'

/** First byte of the question. */
export const LOCAL_INFILE = 0xfb
/** A line that no column takes. */
export const UNFIT = 'unfit'

export interface Loading {
  /** A file is on its way: no packet is a command. */
  readonly waits: boolean
  ask(meaning: Meaning): void
  take(packet: Packet): void
}

export function createLoading({ events, standing, telling }: RunningParts): Loading {
  let open: { readonly meaning: Meaning; next: number; content: string } | undefined
  return {
    get waits() {
      return open !== undefined
    },
    ask(meaning) {
      events.onRun(meaning)
      const failed = standing.run(meaning)
      if (failed !== undefined) return void telling.fail(failed)
      const asking = payload([LOCAL_INFILE], Buffer.from(meaning.file ?? ''))
      telling.payloads(asking)
      open = { meaning, next: telling.next, content: '' }
    },
    take({ payload: part, sequence, following }) {
      if (open === undefined) return
      const { meaning, content } = open
      events.onFile(sequence, open.next)
      open.next = following
      if (part.length > 0) {
        open.content = content + part.toString('latin1')
        return
      }
      open = undefined
      telling.begin(following)
      if (content.includes(UNFIT)) return void telling.fail(1366)
      const rows = content.split('\n').length - 1
      standing.change(meaning.form, rows)
      standing.settle()
      telling.ok(0, rows)
    },
  }
}
