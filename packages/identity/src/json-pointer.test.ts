import { expect, test } from 'vitest'
import { parsePointer, readPointer } from './json-pointer.js'

/** RFC 6901 §5. */
const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, ' ': 7, realm: { roles: ['x'] } }

test.each([
  ['', document],
  ['/foo', document.foo],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/m~0n', 8],
  ['/ ', 7],
  ['/realm/roles', ['x']],
  ['/foo/2', undefined],
  ['/foo/00', undefined],
  ['/foo/length', undefined],
  ['/foo/-', undefined],
  ['/realm/roles/0/x', undefined],
  ['/constructor', undefined],
  ['/__proto__/toString', undefined],
])('%s', (text, value) => {
  expect(readPointer(document, parsePointer(text) ?? ['not a pointer'])).toEqual(value)
})

test('what is no pointer is told apart', () => {
  for (const text of ['foo', '#/foo', '/a~2', '/a~']) expect(parsePointer(text)).toBeUndefined()
})
