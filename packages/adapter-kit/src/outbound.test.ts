import type { AuditSink, SessionGate } from '@gatehouse/core'
import { expect, test } from 'vitest'
import type { Conversation } from './adapter.js'
import { appendText } from './byte-writer.js'
import type { FrameLayout } from './cutter.js'
import type { Lane } from './lane.js'
import { createOutbound, type Outbound } from './outbound.js'

/** A byte of length, then letters. */
const LAYOUT: FrameLayout = {
  header: 1,
  type: () => 0,
  length: (buffer, at) => buffer[at] as number,
  ceiling: () => 255,
  gather: () => 255,
}

interface Reader {
  readonly outbound: Outbound
  /** What the client has, as it reads now: a slow one reads later than it was sent. */
  has(): string
}

/** Answers each frame with its letters in capitals. `quick`: the kernel takes what is sent at once. */
function reading(quick: boolean): Reader {
  const sent: Uint8Array[] = []
  let read = ''
  const has = () => read + sent.map((part) => Buffer.from(part).toString()).join('')
  const client: Pick<Lane, 'send' | 'clear'> = {
    send(batch) {
      sent.push(...batch)
      if (!quick) return
      read = has()
      sent.length = 0
    },
    clear: () => quick,
  }
  const conversation: Pick<Conversation, 'upstreamFrames' | 'glance' | 'follow'> = {
    upstreamFrames: LAYOUT,
    glance: () => 'whole',
    follow({ buffer, start, end }, out) {
      const letters = Buffer.from(buffer.subarray(start + 1, end)).toString()
      appendText(out.writer(), letters.toUpperCase())
      return { kind: 'go' }
    },
  }
  const parts = { conversation, client, gate: {} as SessionGate, sink: {} as AuditSink }
  const events = { onCut: () => expect.unreachable(), onRefuted() {}, onUpstream() {} }
  return { outbound: createOutbound(parts as Parameters<typeof createOutbound>[0], events), has }
}

const frame = (letters: string) => Buffer.concat([Buffer.of(letters.length + 1), Buffer.from(letters)])
const said = (round: number) => `some ${'letters '.repeat(25)}${round}`

test('what a slow client was sent stays as it is, whatever others are sent meanwhile', () => {
  const readers = [true, false, false, true, false].map(reading)
  const asked = readers.map(() => '')
  for (let round = 0; round < 2000; round += 1) {
    const who = (round * 7) % readers.length
    readers[who]?.outbound.push(frame(said(round)))
    asked[who] += said(round).toUpperCase()
  }
  expect(readers.map(({ has }) => has())).toEqual(asked)
})

test('a chunk is given back once it was sent', () => {
  const chunk = Buffer.concat([frame('one'), frame('two')])
  expect(reading(true).outbound.push(chunk)).toBe(true)
  expect(reading(false).outbound.push(chunk)).toBe(false)
})
