/** What a client noticed through the gateway, held against a direct run; one row of docs/clients.md comes of it. */
import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { findTraces } from '../bypass/traces.js'
import { FEATURES, type Feature } from './features.js'
import { pageWith, type Row } from './page.js'

/** What came of each feature, as JSON says it; a feature that a client has not is left out. */
export type Seen = Partial<Record<Feature, unknown>>

export interface Sightings {
  readonly direct: Seen
  readonly observed: Seen
  readonly masked: Seen
}

/** The value as a program in another language would have printed it. */
export const asJson = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (_, each) => (typeof each === 'bigint' ? each.toString() : each)) ?? 'null',
  )

const tracesIn = (value: unknown) => findTraces(Buffer.from(JSON.stringify(value)), [])

export function judge(feature: Feature, { direct, observed, masked }: Sightings): void {
  expect(observed[feature], `${feature}, unmasked`).toEqual(direct[feature])
  if (FEATURES[feature].masked === 'equal') {
    expect(masked[feature], `${feature}, of a masked viewer`).toEqual(direct[feature])
    return
  }
  expect(tracesIn(masked[feature])).toEqual([])
  if (FEATURES[feature].masked !== 'masks') return
  // Otherwise the trial would show nothing.
  expect(tracesIn(direct[feature]).length).toBeGreaterThan(0)
  expect(clear(masked[feature], direct[feature])).toEqual(direct[feature])
}

/** A masked answer with what the policy masks filled in from the direct one: what is left must be equal. */
function clear(masked: unknown, direct: unknown, name = ''): unknown {
  if (PERSONAL.test(name)) return typeof masked === 'object' && masked !== null ? masked : direct
  if (Array.isArray(masked) && Array.isArray(direct))
    return masked.map((each, index) => clear(each, direct[index], name))
  if (isRecord(masked) && isRecord(direct))
    return Object.fromEntries(
      Object.entries(masked).map(([key, each]) => [key, clear(each, direct[key], key)]),
    )
  return masked
}

const PERSONAL =
  /(^|[._])(name|full_name|mail|email|phone|ssn|card_number|iban|birth_date|salary|api_token|email_folded)$/
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The rows of the clients that ran are as docs/clients.md has them (`vitest -u` writes them); those of others stay. */
export async function keepRows(rows: readonly Row[]): Promise<void> {
  const path = new URL('../../../../docs/clients.md', import.meta.url)
  const page = existsSync(path) ? readFileSync(path, 'utf8') : ''
  await expect(pageWith(page, rows)).toMatchFileSnapshot('../../../../docs/clients.md')
}
