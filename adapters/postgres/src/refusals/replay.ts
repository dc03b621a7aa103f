/** One session of a corpus said three times at once: twice directly, and through the gateway; what differs is told. */
import type { Evidence } from '@gatehouse/adapter-contract'
import type { Certainty } from '@gatehouse/core'
import type { RawClient } from '../wire/raw-client.js'
import { B, DP, DS, E, P, Q, S } from '../wire/requests.js'
import { cellsOf, describeMessages, fieldsOf, type Message } from '../wire/transcript.js'
import type { Said } from './corpus.js'

export const FORMS = ['simple', 'text', 'binary'] as const
export type Form = (typeof FORMS)[number]

export interface Heard {
  readonly said: Said
  readonly form: Form
  readonly certainty: Certainty
  readonly why: string | undefined
  /** SQLSTATEs, directly and through the gateway. */
  readonly direct: string | undefined
  readonly through: string | undefined
  /** What the gateway said when it refused. */
  readonly refusal: string | undefined
  /** Columns that the decision masks. */
  readonly masked: number
  /** Undefined: byte for byte the same, the masked columns apart. */
  readonly difference: string | undefined
}

export interface Lines {
  /** One to measure by, and one to know what differs by itself: process ids, the time, transaction ids. */
  readonly direct: readonly [RawClient, RawClient]
  readonly through: RawClient
  readonly evidence: Evidence
  /** Types that have no binary form. */
  readonly textual: ReadonlySet<number>
  /** By the name in double braces. */
  readonly oids: ReadonlyMap<string, string>
}

export async function replay(said: Said, form: Form, lines: Lines): Promise<Heard> {
  const fill = (text: string) =>
    text.replace(/\{\{([a-z]+:[^{}]*)\}\}/g, (_, name: string) => lines.oids.get(name) ?? '0')
  const text = fill(said.text)
  const values = said.values.map((value) => (value === null ? null : fill(value)))
  const before = lines.evidence.decided.length
  const clients = [...lines.direct, lines.through]
  const as = isSeveral(text) ? 'simple' : form
  const answers = await Promise.all(clients.map((client) => ask(client, text, values, as, lines.textual)))
  const [one, other, through] = answers as [Message[], Message[], Message[]]
  const decided = lines.evidence.decided.slice(before)
  const actions = decided.flatMap(({ statement }) => statement.actions)
  const worst = (['opaque', 'at-most'] as const).find((each) => actions.some((it) => it.certainty === each))
  return {
    said,
    form: as,
    certainty: worst ?? 'exact',
    why: actions.find(({ certainty }) => certainty === worst)?.why,
    direct: errorOf(one)?.get('C'),
    through: errorOf(through)?.get('C'),
    refusal: refusalOf(through),
    masked: [...maskedIn(decided)].length,
    difference: differenceOf(one, other, through, maskedIn(decided)),
  }
}

/** Positions of the columns that come back masked. */
function maskedIn(decided: Evidence['decided']): ReadonlySet<number> {
  const masked = new Set<number>()
  for (const { decision } of decided)
    if (decision.effect === 'permit')
      for (const [at, mask] of decision.masks.entries()) if (mask ?? decision.maskAll) masked.add(at)
  return masked
}

async function ask(
  client: RawClient,
  text: string,
  values: readonly (string | null)[],
  form: Form,
  textual: ReadonlySet<number>,
): Promise<Message[]> {
  if (form === 'simple') {
    client.send(Q(inlined(text, values)))
    return [...(await client.until('Z'))]
  }
  client.send(P('', text), DS(), S)
  const described = await client.until('Z')
  if (errorOf(described)) return [...described]
  const row = described.find(({ type }) => type === 'T')
  const formats = form === 'text' || !row ? [] : typesOf(row).map((type) => (textual.has(type) ? 0 : 1))
  client.send(B({ values, formats }), DP(), E(), S)
  return [...described, ...(await client.until('Z'))]
}

/** Several commands fit into the simple protocol alone. */
function isSeveral(text: string): boolean {
  const bare = text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|--.*|\/\*[\s\S]*?\*\//g, '')
  return /;\s*\S/.test(bare)
}

/** In the simple protocol a driver writes its parameters into the text. */
function inlined(text: string, values: readonly (string | null)[]): string {
  return values.reduceRight<string>((before, value, at) => {
    const literal = value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`
    return before.replaceAll(new RegExp(`\\$${at + 1}(?!\\d)`, 'g'), () => literal)
  }, text)
}

/** The types that a RowDescription names. */
function typesOf({ body }: Message): readonly number[] {
  const types: number[] = []
  for (let at = 2; at < body.length; ) {
    at = body.indexOf(0, at) + 1
    types.push(body.readUInt32BE(at + 6))
    at += 18
  }
  return types
}

function errorOf(messages: readonly Message[]): ReadonlyMap<string, string> | undefined {
  const found = messages.find(({ type }) => type === 'E')
  return found && fieldsOf(found)
}

function refusalOf(messages: readonly Message[]): string | undefined {
  const error = errorOf(messages)
  const detail = error?.get('D') ?? ''
  return detail.includes('gatehouse:') ? `${error?.get('M')} (${detail.split('\n')[0]})` : undefined
}

/** Beside the answers: a change of a setting, which the server may tell late. */
const ASIDE = new Set(['S'])

function differenceOf(
  one: Message[],
  other: Message[],
  through: Message[],
  masked: ReadonlySet<number>,
): string | undefined {
  const plain = (all: readonly Message[]) => all.filter(({ type }) => !ASIDE.has(type))
  const [a, b, t] = [plain(one), plain(other), plain(through)]
  if (describeMessages(a) !== describeMessages(b)) return shapeOf(a) === shapeOf(t) ? undefined : told(a, t)
  if (describeMessages(a) !== describeMessages(t)) return told(a, t)
  for (const [at, message] of a.entries()) {
    const found = differs(message, b[at] as Message, t[at] as Message, masked)
    if (found !== undefined) return found
  }
  return undefined
}

/** Rows left out: their number changes by itself. */
function shapeOf(messages: readonly Message[]): string {
  return messages
    .map(({ type }) => type)
    .filter((type) => type !== 'D')
    .join('')
}

function told(direct: readonly Message[], through: readonly Message[]): string {
  return `directly: ${shorten(describeMessages(direct))} through: ${shorten(describeMessages(through))}`
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}

function differs(
  one: Message,
  other: Message,
  through: Message,
  masked: ReadonlySet<number>,
): string | undefined {
  if (one.type === 'D' || (one.type === 'd' && masked.size > 0)) {
    const cells = one.type === 'D' ? cellsOf : copiedCells
    const [a, b, t] = [one, other, through].map(({ body }) => cells(body))
    for (const [at, cell] of (a ?? []).entries()) {
      if (masked.has(at)) continue
      const [first, second, third] = [cell, b?.[at], t?.[at]].map(unstamped)
      if (first === second && first !== third) return `column ${at + 1}: ${first} became ${third}`
    }
    return a?.length === t?.length ? undefined : 'columns'
  }
  // Errors and notices may name processes, lines and places.
  if (one.type === 'E' || one.type === 'N') {
    const [a, b, t] = [one, other, through].map((each) => fieldsOf(each).get('M'))
    return a !== b || a === t || t?.includes('(text withheld') ? undefined : `${a} became ${t}`
  }
  return one.body.equals(through.body) || !one.body.equals(other.body)
    ? undefined
    : `${one.type}: ${one.body.toString('hex')} became ${through.body.toString('hex')}`
}

/** The fields of a line of COPY's text format. */
function copiedCells(body: Buffer): readonly Buffer[] {
  return body
    .toString('latin1')
    .split('\t')
    .map((field) => Buffer.from(field, 'latin1'))
}

/** The gateway writes who asks before what a client calls itself; nothing else of a value may differ. */
function unstamped(cell: Buffer | null | undefined): string {
  return cell?.toString('latin1').replace(/gh:[a-z]+\/?/g, '') ?? 'NULL'
}
