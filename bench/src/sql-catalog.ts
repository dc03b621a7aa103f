/** A catalog of as many tables as are wanted, ten columns each, for measuring what the size of one costs. */
import type { Catalog, CatalogRelation } from '@gatehouse/sql'

const COLUMNS = ['id', 'name', 'email', 'ssn', 'region', 'note', 'placed', 'total', 'state', 'kind']
const INT4 = 23
const TEXT = 25

export function createSqlCatalog(relations: number): Catalog {
  return {
    engine: 'postgres',
    major: 18,
    serverVersion: '18.0',
    database: 'bench',
    epoch: 1,
    relations: Array.from({ length: relations }, (_, at) => relation(at)),
    routines: [],
    types: [],
    operators: [],
    casts: [],
    schemas: ['public'],
  }
}

function relation(at: number): CatalogRelation {
  return {
    oid: 20_000 + at,
    schema: 'public',
    name: `t${at}`,
    kind: 'table',
    columns: COLUMNS.map((name, position) => ({
      name,
      number: position + 1,
      type: name === 'id' ? INT4 : TEXT,
      classes: name === 'ssn' ? ['national_id'] : [],
      nullable: name !== 'id',
    })),
    parents: [],
    rules: false,
    triggers: false,
  }
}
