/** The catalog of a test database as the reader gets it, with the classes that the scene gives. */
import type { Client } from 'pg'
import type {
  Catalog,
  CatalogCast,
  CatalogOperator,
  CatalogRelation,
  CatalogRoutine,
  CatalogType,
  RelationKind,
} from '../../catalog.js'
import { className, type Scene } from './scene.js'

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized',
  S: 'sequence',
  c: 'composite',
}
const FIRST_USER_OID = 16384

const RELATIONS = `
  select c.oid::int, n.nspname as schema, c.relname as name, c.relkind,
    case when c.relkind in ('v', 'm') and c.oid >= ${FIRST_USER_OID} then pg_get_viewdef(c.oid) end as definition,
    array(select inhparent::int from pg_inherits where inhrelid = c.oid) as parents,
    false as rules, false as triggers,
    (select json_agg(json_build_object('name', a.attname, 'number', a.attnum, 'type', a.atttypid::int,
      'classes', '[]'::json, 'nullable', not a.attnotnull,
      'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end) order by a.attnum)
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c') and n.nspname !~ '^pg_(toast|temp)'`

const ROUTINES = `
  select p.oid::int, n.nspname as schema, proname as name, 'function' as kind, proargtypes::int[] as arguments,
    false as variadic, pronargdefaults as defaults, prorettype::int as returns, proretset as "returnsSet",
    lanname as language, coalesce(pg_get_function_sqlbody(p.oid), prosrc) as body, prosecdef as "securityDefiner",
    prosqlbody is not null as atomic, pg_get_userbyid(proowner) as owner,
    pg_get_expr(proargdefaults, 0) as "defaultTexts",
    (select json_agg(json_build_object('name', coalesce(proargnames[at], ''), 'type', type::int,
      'mode', case coalesce(proargmodes[at], 'i') when 'o' then 'out' when 't' then 'table' else 'in' end) order by at)
      from unnest(coalesce(proallargtypes, proargtypes::oid[])) with ordinality _(type, at)) as parameters
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where p.oid >= ${FIRST_USER_OID}`

const TYPES = `
  select t.oid::int, n.nspname as schema, t.typname as name,
    case t.typtype when 'b' then 'base' when 'c' then 'composite' when 'd' then 'domain' when 'e' then 'enum'
      when 'r' then 'range' when 'm' then 'multirange' else 'pseudo' end as kind,
    t.typrelid::int as relation, t.typelem::int as element, t.typbasetype::int as base,
    array(select pg_get_constraintdef(c.oid) from pg_constraint c where c.contypid = t.oid) as checks
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid >= ${FIRST_USER_OID}`

const OPERATORS = `
  select n.nspname as schema, oprname as name, oprleft::int as left, oprright::int as right, oprcode::int as routine
  from pg_operator o join pg_namespace n on n.oid = o.oprnamespace where o.oid >= ${FIRST_USER_OID}`

const CASTS = `
  select castsource::int as source, casttarget::int as target, castfunc::int as routine, castcontext = 'i' as implicit
  from pg_cast where oid >= ${FIRST_USER_OID}`

export async function readCatalog(client: Client, major: number, scene: Scene): Promise<Catalog> {
  await client.query("set search_path = 'pg_catalog'")
  const classes = new Map<string, readonly string[]>()
  for (const table of scene.classified)
    for (const column of table.columns)
      if (column.variant !== 0)
        classes.set(`${table.schema}\0${table.name}\0${column.name}`, [className(column.variant)])
  const relations = await client.query<CatalogRelation & { relkind: string }>(RELATIONS)
  const routines = await client.query<CatalogRoutine>(ROUTINES)
  const types = await client.query<CatalogType>(TYPES)
  const operators = await client.query<CatalogOperator>(OPERATORS)
  const casts = await client.query<CatalogCast>(CASTS)
  const schemas = await client.query<{ name: string }>('select nspname as name from pg_namespace')
  return {
    engine: 'postgres',
    major,
    serverVersion: `${major}`,
    database: 'oracle',
    epoch: 1,
    relations: relations.rows.map(({ relkind, columns, definition, ...rest }) => ({
      ...rest,
      kind: KINDS[relkind] ?? 'table',
      columns: (columns ?? []).map(({ generated, ...column }) => ({
        ...column,
        classes: classes.get(`${rest.schema}\0${rest.name}\0${column.name}`) ?? [],
        ...(typeof generated === 'string' ? { generated } : {}),
      })),
      ...(typeof definition === 'string' ? { definition } : {}),
    })),
    routines: routines.rows.map(({ defaultTexts, parameters, ...rest }) => ({
      ...rest,
      // Null where there are none.
      parameters: parameters ?? [],
      ...(typeof defaultTexts === 'string' ? { defaultTexts } : {}),
    })),
    types: types.rows,
    operators: operators.rows,
    casts: casts.rows,
    schemas: schemas.rows.map(({ name }) => name),
  }
}
