import { expect, test } from 'vitest'
import { nameClasses } from './name-classes.js'

test.each([
  'ada@x.example',
  'quokka@walnut',
  'jürgen@straße.example',
  '"a b"@x'.replace(' ', '_'),
  '用户@例子.广告',
])('%s is somebody’s address', (name) => {
  expect(nameClasses(name)).toEqual(['email'])
})

test.each(['@type', '@id', 'a@', 'email', 'city', 'at @ home', '$ref', '', 'a@b@c', 'x'.repeat(400)])(
  '%s is a name',
  (name) => {
    expect(nameClasses(name)).toEqual([])
  },
)

test('what has the form of other data counts as that', () => {
  expect(nameClasses('DE89370400440532013000')).toEqual(['iban'])
})
