/** What a value of a type is made of, as far as the catalog knows. */
import type { CatalogColumn } from '../catalog.js'
import type { CatalogIndex } from './catalog-index.js'

/** Types of types: of domains over domains, and of arrays of them. */
const NESTING = 8

/** Attributes of a composite, behind domains and arrays; none of anything else. */
export function attributesOf(
  type: number,
  catalog: Pick<CatalogIndex, 'typeByOid' | 'relationByOid'>,
): readonly CatalogColumn[] {
  let found = catalog.typeByOid(type)
  for (let step = 0; found && step < NESTING && found.relation === 0; step++)
    found = catalog.typeByOid(found.kind === 'domain' ? found.base : found.element)
  return found && found.relation !== 0 ? (catalog.relationByOid(found.relation)?.columns ?? []) : []
}
