import { describe, expect, test } from 'vitest'
import { classifyDocumented, compileClasses, documentedClasses, matchSegments } from './classes-document.js'

describe('patterns', () => {
  const fits = (pattern: string, path: string) => matchSegments(pattern.split('.'), path.split('.'))

  test.each([
    ['shop.public.orders.total', 'shop.public.orders.total', true],
    ['*.public.orders.total', 'shop.public.orders.total', true],
    ['*.total', 'shop.public.orders.total', false],
    ['**.total', 'shop.public.orders.total', true],
    ['**', 'a', true],
    ['shop.**', 'shop', true],
    ['shop.**.x', 'shop.x', true],
    ['shop.**.x.**.y', 'shop.a.x.b.x.c.y', true],
    ['shop.**.x', 'shop.a.y', false],
    ['shop.cust*.x', 'shop.customers.x', true],
    ['shop.*om*s.x', 'shop.customers.x', true],
    ['shop.cust*cust.x', 'shop.cust.x', false],
    ['shop.a*b*c.x', 'shop.abc.x', true],
    ['shop.ab*bc.x', 'shop.abc.x', false],
    ['shop.Orders', 'shop.orders', false],
    ['shop.o?ders', 'shop.orders', false],
    ['shop.orders', 'shop.orders.x', false],
  ])('%s on %s', (pattern, path, expected) => {
    expect(fits(pattern, path)).toBe(expected)
  })

  test('a dot inside a name is no border', () => {
    expect(matchSegments(['db', '*', 'x'], ['db', 'weird.name', 'x'])).toBe(true)
  })

  test('many stars stay cheap', () => {
    const pattern = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? '**' : 'a*a*a*a'))
    expect(
      matchSegments(
        pattern,
        Array.from({ length: 400 }, () => 'aaaaaaaaaaab'),
      ),
    ).toBe(false)
  })
})

describe('the last word', () => {
  const document = compileClasses([
    { pattern: '*.app.customers.*', classes: ['confidential'] },
    { pattern: '*.app.customers.email', classes: [] },
    { pattern: '**.notes', classes: ['health'] },
    { pattern: '*.app.customers.profile:email', classes: ['email'] },
  ])
  const relation = {
    schema: 'app',
    relation: 'customers',
    columns: [
      { name: 'email', type: 'text', comment: 'gatehouse: pii' },
      { name: 'phone', type: 'text' },
      { name: 'notes', type: 'text' },
      { name: 'profile', type: 'jsonb' },
    ],
  }

  test('replaces names and comments, also by nothing; the most exact pattern speaks', () => {
    expect(classifyDocumented(relation, 'shop', document)).toEqual([
      { column: 'email', classes: [], rule: 'Classes *.app.customers.email', confidence: 1 },
      { column: 'phone', classes: ['confidential'], rule: 'Classes *.app.customers.*', confidence: 1 },
      { column: 'notes', classes: ['confidential'], rule: 'Classes *.app.customers.*', confidence: 1 },
      { column: 'profile', classes: ['confidential'], rule: 'Classes *.app.customers.*', confidence: 1 },
      {
        column: 'profile:email',
        classes: ['email', 'pii'],
        rule: 'Classes *.app.customers.profile:email',
        confidence: 1,
      },
    ])
  })

  test('equally exact patterns add up, so that a contradiction never unmasks', () => {
    const twice = compileClasses([
      { pattern: 'a.b.c', classes: ['pii'] },
      { pattern: 'a.b.c', classes: [] },
    ])
    expect(documentedClasses(twice, ['a', 'b', 'c'])?.classes).toEqual(['pii'])
  })

  test('a name with a dot is found as written, to add classes and never to remove them', () => {
    const of = (classes: readonly string[]) =>
      documentedClasses(compileClasses([{ pattern: 'db.s.weird.name.col', classes }]), [
        'db',
        's',
        'weird.name',
        'col',
      ])
    expect(of(['email'])?.classes).toEqual(['email', 'pii'])
    expect(of([])).toBeUndefined()
  })

  test('a path inside a column says nothing of the column', () => {
    expect(
      documentedClasses(compileClasses([{ pattern: 'a.b.c:d', classes: ['pii'] }]), ['a', 'b', 'c']),
    ).toBe(undefined)
  })
})
