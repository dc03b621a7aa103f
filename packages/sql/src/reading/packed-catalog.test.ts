import { expect, test } from 'vitest'
import { packCatalog, unpackCatalog } from './packed-catalog.js'

test('what was packed comes out, in order, whatever characters it holds', async () => {
  const relations = Array.from({ length: 1234 }, (_, oid) => ({ oid, name: `é"\u2028${oid}\ud83d\ude00` }))
  const catalog = { engine: 'postgres', epoch: 3, relations, routines: [], schemas: ['a', 'b'] }
  expect(unpackCatalog(await packCatalog(catalog))).toEqual(catalog)
})

test('others get their turn while a large catalog is packed', async () => {
  const relations = Array.from({ length: 5000 }, (_, oid) => ({ oid }))
  let turns = 0
  let packing = true
  const count = (): void => {
    turns++
    if (packing) setImmediate(count)
  }
  setImmediate(count)
  await packCatalog({ relations })
  packing = false
  expect(turns).toBeGreaterThan(20)
})
