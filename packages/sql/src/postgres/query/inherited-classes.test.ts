/** R4, R6: what a child's column holds is found under the parent's name too, however deep inside a composite. */
import { beforeAll, expect, test } from 'vitest'
import type { Catalog, CatalogRelation } from '../../catalog.js'
import { readQuery } from './index.js'
import { analysisOf, CATALOG, loadGrammar, parseOne, shopIndex } from './shop-fixture.js'

const parent = CATALOG.relations.find(({ name }) => name === 'customers') as CatalogRelation
const child: CatalogRelation = {
  ...parent,
  oid: 39_001,
  name: 'customers_abroad',
  parents: [parent.oid],
  columns: parent.columns.map((column) =>
    column.name === 'home' ? { ...column, classes: ['whereabouts'] } : column,
  ),
}
const catalog: Catalog = { ...CATALOG, relations: [...CATALOG.relations, child] }

beforeAll(loadGrammar)

test.each([
  ['select (home).city from customers', 'customers_abroad', ['whereabouts']],
  ['select upper((c.home).street) from customers c', 'customers_abroad', ['whereabouts']],
  ['select (home).city from customers_abroad', 'customers_abroad', ['whereabouts']],
  ['select (home).city from only customers', 'customers_abroad', undefined],
])('%s', (statement, relation, classes) => {
  const { outputs } = readQuery(parseOne(statement), analysisOf(shopIndex(catalog)))
  if (outputs === 'unknown') throw new TypeError('its outputs are not known')
  const source = outputs[0]?.sources.find(({ resource }) => resource.endsWith(`.${relation}`))
  expect(source?.classes).toEqual(classes)
})
