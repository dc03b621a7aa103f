import { expect, test } from 'vitest'
import { errorFields } from '../following/error-fields.js'
import { errorResponse } from '../messages.js'
import { refusedSettings } from './refused-settings.js'

const SETTINGS = new Map([
  ['search_path', 'a,,b'],
  ['datestyle', 'ISO'],
])
const body = (code: string, message: string) =>
  errorResponse({ severity: 'FATAL', code, message, detail: 'secret', hint: 'secret' }).subarray(5)
const told = (code: string, message: string, settings = SETTINGS) => {
  const answer = refusedSettings(body(code, message), settings)
  return answer === undefined ? undefined : Object.fromEntries(errorFields(answer.subarray(5)))
}

test('the server’s sentence comes where it quotes the client’s own name and value, and nothing else of it', () => {
  const said = 'invalid value for parameter "search_path": "a,,b"'
  const answer = told('22023', said)
  expect(answer).toMatchObject({ V: 'FATAL', C: '22023', M: said })
  expect(JSON.stringify(answer)).not.toContain('secret')
})

test('what a trigger may have raised does not come, though its code does', () => {
  const ours =
    'the database takes none of your sessions with these start-up settings: "search_path", "datestyle"'
  for (const text of [
    'invalid value for parameter "search_path": "123-45-6789"',
    'invalid value for parameter "salary": "a,,b"',
    'a,,b',
    'invalid input syntax for type integer: "123-45-6789"',
  ])
    expect(told('22P02', text)).toMatchObject({ C: '22P02', M: ours })
})

test('42704 becomes another: libpq would come back without its name', () => {
  expect(told('42704', 'unrecognized configuration parameter "x"')).toMatchObject({ C: '22023' })
})

test('errors that are not about settings, and those of clients that brought none, are the operator’s', () => {
  for (const code of ['28P01', '3D000', '53300', '57P03', 'P0001', 'XX000', ''])
    expect(told(code, 'anything')).toBeUndefined()
  expect(told('22023', 'anything', new Map())).toBeUndefined()
})
