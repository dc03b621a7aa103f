/** A limit that a statement has passed, in words for whoever asked. */
import type { Limit, Refusal } from '@gatehouse/core'

export interface PassedLimit extends Limit {
  readonly what: 'rows' | 'bytes' | 'affected'
}

const PASSED: Readonly<Record<PassedLimit['what'], (limit: number) => readonly [string, string]>> = {
  rows: (limit) => [`the row limit of ${limit} is reached`, 'ask for fewer rows: add a filter or a LIMIT'],
  bytes: (limit) => [
    `the limit of ${limit} bytes of a result is reached`,
    'ask for fewer rows or columns: add a filter or a LIMIT',
  ],
  affected: (limit) => [
    `more rows would change than the ${limit} that the limit allows: nothing was changed`,
    'change fewer rows at a time: add a filter',
  ],
}

export function passedRefusal({ what, limit, rule }: PassedLimit, id: string): Refusal {
  const [message, hint] = PASSED[what](limit)
  return { code: 'GH_ROW_LIMIT', message, hint, rule, id }
}
