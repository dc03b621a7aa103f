/** A reply's body as its viewer may have it: what no plan lists is left out, errors are scrubbed, documents masked. */
import { createByteWriter, type Outbox } from '@gatehouse/adapter-kit'
import { createDocumentWriter, documentValue, elements, type Value } from '../bson/index.js'
import { type ErrorContext, maskDocument } from '../masking/index.js'
import type { ReplyPlan } from '../reading/read-command.js'
import type { Arrived } from '../session/arriving.js'
import type { Owed } from '../session/memory.js'
import type { ConversationParts } from '../session/parts.js'
import { type CursorReply, writeCursor } from './batch.js'
import { BEFORE_BODY } from './envelope.js'
import { hasForm } from './envelope-forms.js'
import { errorContext } from './error-context.js'
import { scrubbed } from './failing.js'
import { maskTreeOf, pathOf } from './shape-masks.js'

/** Of the upstream's own state and whereabouts: in no reply, whatever a plan says. */
const NEVER: ReadonlySet<string> = new Set([
  ...['topologyVersion', '$configServerState', '$configTime', '$topologyTime', '$gleStats', '$replData'],
  ...['$oplogQueryData', 'electionId', 'opTime', 'lastCommittedOpTime', 'host', 'hosts', 'me', 'primary'],
  ...['serverInfo', 'setName'],
])

/** What of a plan every reply asks again. */
export interface Ways {
  readonly places: readonly { readonly path: readonly string[]; readonly each: boolean }[]
  readonly passing: Passes
}

const ways = new WeakMap<ReplyPlan, { first?: Ways; next?: Ways }>()

/** Made once for a plan; `isNext`: of a getMore. */
export function waysOf(plan: ReplyPlan, isNext: boolean): Ways {
  const found = ways.get(plan) ?? {}
  ways.set(plan, found)
  const which = isNext ? 'next' : 'first'
  const made = found[which] ?? {
    places: plan.places.map((place) => ({ path: pathOf(place, isNext), each: place.each })),
    passing: passingFields(plan),
  }
  found[which] = made
  return made
}

/**
 * Which of a reply's fields pass. Invariant: a cursor is one where the plan knows its documents; of any other they would go on unread, batch
 * by batch.
 */
function passingFields({ places, fields }: ReplyPlan): Passes {
  const whole = places.some(({ path }) => path.length === 0)
  const tops = new Set(places.map(({ path: [top] }) => top))
  const masked = new Set(places.filter(({ path }) => path.length === 1).map(({ path: [top] }) => top))
  return (name, value) =>
    !NEVER.has(name) &&
    (name !== 'cursor' || tops.has(name)) &&
    (whole || masked.has(name) || ((tops.has(name) || fields.has(name)) && hasForm(name, value)))
}

type Passes = (name: string, value: Value) => boolean

interface Change {
  readonly fields: Passes
  readonly cursor: CursorReply | undefined
  readonly id: bigint
  readonly keep: number | undefined
}

/** The body as the client may have it: as it came wherever nothing is left out, but for the cursor's id. */
export function rewritten(body: Value, { fields, cursor, id, keep }: Change): Value {
  const { source, start, end } = body
  let strange = keep !== undefined || cursor?.strange === true
  let cursors = 0
  for (const { name, value } of elements(body)) {
    if (name === 'cursor') cursors += 1
    if (!fields(name, value) || cursors > 1) {
      strange = true
      break
    }
  }
  if (!strange) {
    if (cursor !== undefined && cursor.idAt >= 0 && cursor.id !== id)
      new DataView(source.buffer, source.byteOffset + cursor.idAt, 8).setBigInt64(0, id, true)
    return body
  }
  const out = createByteWriter(end - start + 64)
  const writer = createDocumentWriter(out).begin()
  cursors = 0
  for (const { name, value, start: at } of elements(body)) {
    if (name === 'cursor') cursors += 1
    // Of names that stand twice the first counts: what nobody has counted and masked is not shown.
    if (!fields(name, value) || (name === 'cursor' && cursors > 1)) continue
    if (name === 'cursor' && cursor !== undefined) writeCursor(writer, name, cursor, { id, keep })
    else writer.elements(source, at, value.end)
  }
  writer.end()
  return documentValue(out.bytes, 0, out.length)
}

/** Undefined: the viewer sees everything. */
export function contextOf(arrived: Arrived, parts: ConversationParts): ErrorContext | undefined {
  return parts.gate.masked || parts.gate.withholds ? errorContext(arrived, parts) : undefined
}

export function maskedBy(
  body: Value,
  owed: Extract<Owed, { kind: 'statement' }>,
  parts: ConversationParts,
  outbox: Outbox,
): Value {
  const context = contextOf(owed.arrived, parts)
  if (context === undefined) return body
  const safe = scrubbed(body, context)
  const { root } = maskTreeOf(owed.read, owed.permit.permission, parts, owed.cursor !== undefined)
  if (root === undefined) return safe
  const { source, start, end } = safe
  const size = end - start
  const out = outbox.borrow(BEFORE_BODY + size + (size >> 2) + 1024)
  // What stands around it is put there later: half a megabyte is not copied for 21 bytes.
  out.length = BEFORE_BODY
  maskDocument(source, start, end, root, out)
  return documentValue(out.bytes, BEFORE_BODY, out.length)
}
