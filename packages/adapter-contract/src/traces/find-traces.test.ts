import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { traceFinder } from './index.js'
import { PEOPLE } from './people.js'

const find = traceFinder((column, value) =>
  column === 'salary' ? [['number', Buffer.from(`about ${value}`)]] : [],
)
const ssn = PEOPLE[0]?.ssn ?? ''
const letters = [...ssn]
const hidden = Buffer.from('nothing to see')

it.each([
  ['as it is', Buffer.from(`a ${ssn} b`), []],
  ['in hex', Buffer.from(Buffer.from(ssn).toString('hex')), []],
  ['in base64, wherever it falls', Buffer.from(Buffer.from(`xx${ssn}yy`).toString('base64')), []],
  ['as a digest', createHash('sha256').update(ssn).digest(), []],
  ['in a form of the server’s own', Buffer.from('about 83417.29'), []],
  ['letter by letter along a row', hidden, [letters]],
  ['letter by letter down a column', hidden, letters.map((letter) => ['-', letter])],
  ['as the letters’ codes', hidden, letters.map((letter) => [String(letter.charCodeAt(0))])],
  ['as codes in integers of four bytes', hidden, letters.map((letter) => [`\0\0\0${letter}`])],
  ['in pieces from the end', hidden, [[...letters].reverse()]],
])('finds a cell %s', (_, received, rows) => {
  expect(find(received, rows).map(({ cell }) => cell)).toContainEqual(
    expect.stringMatching(/^(ssn|salary) 1$/),
  )
})

it('finds nothing in what masks show, nor few digits within a longer number', () => {
  const shown = PEOPLE.map(({ full_name, email, phone }) => [
    `${full_name.charAt(0)}***`,
    `***${email.slice(email.indexOf('@'))}`,
    `***${phone.slice(-4)}`,
    '183417290',
  ])
  expect(find(Buffer.from(shown.flat().join('\0')), shown)).toEqual([])
})
