/** Lists of databases and collections: what a filter may ask of them, and what of a definition is shown. */
import { elements, type Value } from '../bson/index.js'
import { readFilter } from './filter.js'
import { CONSTANT } from './pipeline/lineage.js'
import { within } from './pipeline/scope.js'
import type { Shape } from './read-command.js'
import { type Parts, type Read, scopeOf } from './reading.js'
import { cursorReply, FREE_REPLY, plan } from './reply-plans.js'
import { badValue } from './unread.js'
import { isArray, isDocument, items, wantDocument } from './values.js'

const DEFINITION = 'a stored definition can hold values'

/** What every entry shows: a filter over anything else would answer questions about what is hidden. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['name', 'type', 'sizeOnDisk', 'empty'],
  ...['options.capped', 'options.viewOn', 'options.timeseries', 'info.readOnly', 'info.uuid'],
])

export function readListing(parts: Parts, of: 'databases' | 'collections' | 'nothing'): Read {
  const filter = parts.given.members.get('filter')
  if (filter !== undefined) readEntryFilter(wantDocument(filter, 'filter'), parts)
  if (of === 'nothing') return { outputs: [], reply: FREE_REPLY }
  if (of === 'databases') {
    const place = { path: ['databases'], each: true, shape: { free: true } } as const
    return { outputs: [], reply: { ...plan('totalSize totalSizeMb', [place]), filtered: 'databases' } }
  }
  const hidden = ['pipeline', 'validator'].map((name, output) => [name, { output }] as const)
  const outputs = hidden.map(([name]) => ({
    name: `options.${name}`,
    how: 'computed' as const,
    sources: [],
    unprovable: DEFINITION,
  }))
  const index = new Map<string, Shape>([['partialFilterExpression', { output: 1 }]])
  const children = new Map<string, Shape>([
    ['options', { free: true, children: new Map<string, Shape>(hidden) }],
    ['idIndex', { free: true, children: index }],
  ])
  const shape: Shape = { free: true, children }
  return { outputs, reply: { ...cursorReply(shape), filtered: 'collections' } }
}

/** Nobody needs a permit for these lists, so nothing may be worked out on the way. */
function readEntryFilter(filter: Value, parts: Parts): void {
  checkNames(filter)
  readFilter(filter, within(scopeOf(parts), CONSTANT))
}

function checkNames(filter: Value): void {
  for (const { name, value } of elements(filter)) {
    if ((name === '$and' || name === '$or' || name === '$nor') && isArray(value)) {
      for (const part of items(value)) if (isDocument(part)) checkNames(part)
    } else if (name !== '$comment' && !SHOWN.has(name))
      throw badValue(`a list is not filtered by '${name.slice(0, 100)}'`)
  }
}
