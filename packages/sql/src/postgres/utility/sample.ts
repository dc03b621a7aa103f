/** Table of a small catalog for tests. */
import type { Catalog, CatalogColumn, CatalogRelation } from '../../catalog.js'

function columns(...names: string[]): CatalogColumn[] {
  return names.map((name, at) => ({
    name,
    number: at + 1,
    type: name === 'id' ? 23 : 25,
    classes: name === 'ssn' ? ['national-id'] : [],
    nullable: true,
  }))
}

function relation(oid: number, name: string, parts: Partial<CatalogRelation> = {}): CatalogRelation {
  return {
    oid,
    schema: 'public',
    name,
    kind: 'table',
    columns: columns('id', 'ssn', 'note'),
    parents: [],
    rules: false,
    triggers: false,
    ...parts,
  }
}

export const SAMPLE: Catalog = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18.1',
  database: 'shop',
  epoch: 1,
  relations: [
    relation(20001, 'people'),
    relation(20002, 'child', { parents: [20001] }),
    relation(20003, 'orders', { columns: columns('id', 'total') }),
    relation(20004, 'people', { schema: 'evil' }),
    relation(20005, 'v', {
      kind: 'view',
      columns: columns('id'),
      definition: 'SELECT id FROM public.people',
    }),
    relation(20006, 'counted', {
      columns: [
        ...columns('id'),
        { name: 'twice', number: 2, type: 23, classes: [], nullable: true, generated: '(id * 2)' },
      ],
    }),
    relation(20007, 'seq', { kind: 'sequence', columns: columns('last_value') }),
    relation(12000, 'pg_settings', {
      schema: 'pg_catalog',
      kind: 'view',
      rules: true,
      columns: columns('name', 'setting'),
    }),
    relation(1260, 'pg_authid', { schema: 'pg_catalog', columns: columns('rolname', 'rolpassword') }),
  ],
  routines: [
    {
      oid: 21001,
      schema: 'public',
      name: 'code',
      kind: 'function',
      arguments: [],
      variadic: false,
      defaults: 0,
      returns: 2279,
      returnsSet: false,
      language: 'plpgsql',
      body: 'begin return new; end',
      securityDefiner: false,
    },
  ],
  types: [],
  operators: [],
  casts: [],
  schemas: ['evil', 'information_schema', 'pg_catalog', 'public'],
}
