/** From outputs' masks to masks over documents: below a masked field a stricter mask still counts (R18). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import type { MaskKind, Permission } from '@gatehouse/core'
import { deserialize, serialize } from 'bson'
import { expect, test } from 'vitest'
import { maskDocument } from '../masking/index.js'
import type { ReadStatement } from '../reading/read-command.js'
import type { ConversationParts } from '../session/parts.js'
import { maskTreeOf } from './shape-masks.js'

const source = (field: string) => ({ resource: 'shop.people', field, classes: [] })
const output = (name: string, field: string) => ({ name, how: 'copied', sources: [source(field)] }) as const
const mask = (kind: MaskKind, output: string) => ({
  with: kind,
  output,
  field: `shop.people.${output}`,
  rules: [],
})

const read = {
  kind: 'statement',
  name: 'find',
  statement: {
    command: 'find',
    actions: [],
    outputs: [
      output('address', 'address'),
      output('address.ssn', 'address:ssn'),
      output('address.city', 'address:city'),
    ],
    collects: false,
    text: '',
    bytes: 0,
  },
  reply: {
    places: [
      {
        path: ['cursor', 'firstBatch'],
        each: true,
        shape: {
          children: new Map([
            [
              'address',
              {
                output: 0,
                children: new Map([
                  ['ssn', { output: 1 }],
                  ['city', { output: 2 }],
                ]),
              },
            ],
          ]),
        },
      },
    ],
    fields: new Set<string>(),
  },
  writes: false,
} as unknown as ReadStatement
const parts = { gate: {}, house: { maskKey: undefined } } as unknown as ConversationParts

function shown(masks: readonly (MaskKind | undefined)[]): unknown {
  const named = masks.map((kind, at) => (kind === undefined ? undefined : mask(kind, String(at))))
  const { root } = maskTreeOf(read, { masks: named } as unknown as Permission, parts, false)
  const address = { ssn: '078-05-1120', city: 'Springfield', more: 'Elm Street' }
  const bytes = serialize({ cursor: { firstBatch: [{ address, name: 'Ada' }] }, ok: 1 })
  const out = createByteWriter()
  if (root === undefined) return undefined
  maskDocument(bytes, 0, bytes.length, root, out)
  return deserialize(out.bytes.subarray(0, out.length)).cursor.firstBatch[0]
}

test('a field below a masked one keeps its own mask where that is the stricter one', () => {
  expect(shown(['partial', 'null', undefined])).toEqual({
    address: { ssn: null, city: '***ield' },
  })
  expect(shown(['redact', 'partial', undefined])).toEqual({
    address: { ssn: '***', city: '***' },
  })
  expect(shown(['null', 'partial', undefined])).toEqual({ address: null })
})

test('what the plan does not list is left out, where nothing tells where it is from', () => {
  expect(shown([undefined, 'redact', undefined])).toEqual({ address: { ssn: '***', city: 'Springfield' } })
})
