/** Table of the queries that read the catalog. Every name is qualified: they run with search_path pg_catalog. */

/** Schemas of other sessions' temporary objects and of TOAST are nobody's to name. */
const VISIBLE = `n.nspname !~ '^pg_(toast|temp_|toast_temp_)'`
const SYSTEM = `n.nspname in ('pg_catalog', 'information_schema')`
/** Objects that initdb did not make (transam.h, FirstNormalObjectId). */
const FIRST_USER_OID = 16384

export const SERVER = `select current_setting('server_version') as version, current_setting('server_version_num')::int as number, current_database() as database`

export const SCHEMAS = `select n.nspname as name from pg_catalog.pg_namespace n where ${VISIBLE} order by 1`

export const RELATIONS = `
select c.oid, n.nspname as schema, c.relname as name, c.relkind::text as kind, ${SYSTEM} as system,
       exists (select from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') as rules,
       exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
       pg_catalog.pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as "rowSecurityForced",
       (select pg_catalog.array_to_string(k.partattrs::pg_catalog.int2[], ' ') from pg_catalog.pg_partitioned_table k where k.partrelid = c.oid) as "partitionKey"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where ${VISIBLE} and (c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c') or (c.relkind in ('i', 'I') and not ${SYSTEM}))
 order by c.oid`

export const COLUMNS = `
select a.attrelid as relation, a.attnum as number, a.attname as name, a.atttypid as type, a.attnotnull as "notNull",
       pg_catalog.format_type(a.atttypid, a.atttypmod) as "typeName", a.attgenerated::text <> '' as generated, a.atthasdef as "hasDefault",
       pg_catalog.col_description(a.attrelid, a.attnum) as comment
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where ${VISIBLE} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
 order by a.attrelid, a.attnum`

export const PARENTS = `select i.inhrelid as child, i.inhparent as parent from pg_catalog.pg_inherits i where not i.inhdetachpending order by 1, i.inhseqno`

/** Definitions take locks: \`one\` reads a single one after the whole failed. */
export const VIEWS = {
  all: `
select c.oid, pg_catalog.pg_get_viewdef(c.oid) as text
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('v', 'm') and ${VISIBLE} and not ${SYSTEM}`,
  keys: `
select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('v', 'm') and ${VISIBLE} and not ${SYSTEM}`,
  one: `select $1::oid as oid, pg_catalog.pg_get_viewdef($1::oid) as text`,
}

/** Generated columns' expressions and other columns' defaults. */
export const DEFAULTS = {
  all: `
select d.oid, d.adrelid as relation, d.adnum as number, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as text
  from pg_catalog.pg_attrdef d where d.adrelid >= ${FIRST_USER_OID}`,
  keys: `select d.oid from pg_catalog.pg_attrdef d where d.adrelid >= ${FIRST_USER_OID}`,
  one: `
select d.oid, d.adrelid as relation, d.adnum as number, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as text
  from pg_catalog.pg_attrdef d where d.oid = $1::oid`,
}

/** CHECK constraints of relations and domains. */
export const CHECKS_PRESENT = `
select x.oid, x.conrelid as relation, x.contypid as type
  from pg_catalog.pg_constraint x where x.contype = 'c' and x.oid >= ${FIRST_USER_OID} order by x.oid`

export const CHECKS = {
  all: `
select x.oid, pg_catalog.pg_get_expr(x.conbin, x.conrelid) as text
  from pg_catalog.pg_constraint x where x.contype = 'c' and x.oid >= ${FIRST_USER_OID}`,
  keys: `select x.oid from pg_catalog.pg_constraint x where x.contype = 'c' and x.oid >= ${FIRST_USER_OID}`,
  one: `
select x.oid, pg_catalog.pg_get_expr(x.conbin, x.conrelid) as text
  from pg_catalog.pg_constraint x where x.oid = $1::oid`,
}

export const FOREIGN_KEYS = `
select x.conrelid as relation, x.confrelid as referenced, pg_catalog.array_to_string(x.conkey, ' ') as columns,
       pg_catalog.array_to_string(x.confkey, ' ') as keys, x.confdeltype::text as "onDelete", x.confupdtype::text as "onUpdate"
  from pg_catalog.pg_constraint x where x.contype = 'f' order by x.oid`

export const POLICIES_PRESENT = `
select p.oid, p.polrelid as relation, p.polcmd::text as command, p.polqual is not null as "hasUsing",
       p.polwithcheck is not null as "hasCheck"
  from pg_catalog.pg_policy p order by p.oid`

const POLICY = `
select p.oid, '' as text, pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check
  from pg_catalog.pg_policy p`

export const POLICIES = {
  all: POLICY,
  keys: 'select p.oid from pg_catalog.pg_policy p',
  one: `${POLICY} where p.oid = $1::oid`,
}

export const ROUTINES = `
select p.oid, n.nspname as schema, p.proname as name, p.prokind::text as kind, p.proargtypes::text as arguments,
       p.provariadic <> 0 as variadic, p.pronargdefaults as defaults, p.prorettype as returns, p.proretset as "returnsSet",
       l.lanname as language, coalesce(p.prosrc, '') as body, p.probin as library, p.prosqlbody is not null as "parsed", p.prosecdef as "securityDefiner",
       pg_catalog.array_to_json(p.proargnames) as names, pg_catalog.array_to_json(p.proargmodes::text[]) as modes,
       pg_catalog.array_to_string(p.proallargtypes, ' ') as "allTypes", p.proconfig as settings,
       pg_catalog.pg_get_userbyid(p.proowner) as owner
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
 where ${VISIBLE} and (p.oid >= ${FIRST_USER_OID} or not ${SYSTEM})
 order by p.oid`

export const BODIES = {
  all: `select p.oid, pg_catalog.pg_get_function_sqlbody(p.oid) as text from pg_catalog.pg_proc p where p.prosqlbody is not null and p.oid >= ${FIRST_USER_OID}`,
  keys: `select p.oid from pg_catalog.pg_proc p where p.prosqlbody is not null and p.oid >= ${FIRST_USER_OID}`,
  one: `select $1::oid as oid, pg_catalog.pg_get_function_sqlbody($1::oid) as text`,
}

const ARGUMENT_DEFAULTS = `
select p.oid, pg_catalog.pg_get_expr(p.proargdefaults, 0) as text
  from pg_catalog.pg_proc p where p.proargdefaults is not null`

/** Defaults of routines' arguments. */
export const ROUTINE_DEFAULTS = {
  all: `${ARGUMENT_DEFAULTS} and p.oid >= ${FIRST_USER_OID}`,
  keys: `select p.oid from pg_catalog.pg_proc p where p.proargdefaults is not null and p.oid >= ${FIRST_USER_OID}`,
  one: `${ARGUMENT_DEFAULTS} and p.oid = $1::oid`,
}

/** The functions behind each aggregate. */
export const AGGREGATES = `
select a.aggfnoid::oid as aggregate, s.oid, n.nspname as schema, s.proname as name
  from pg_catalog.pg_aggregate a
  join pg_catalog.pg_proc s on s.oid in (a.aggtransfn::oid, a.aggfinalfn::oid, a.aggcombinefn::oid, a.aggserialfn::oid,
       a.aggdeserialfn::oid, a.aggmtransfn::oid, a.aggminvtransfn::oid, a.aggmfinalfn::oid)
  join pg_catalog.pg_namespace n on n.oid = s.pronamespace
 where a.aggfnoid::oid >= ${FIRST_USER_OID}
 order by 1, 2`

/**
 * Where each role in $1 may look names up, and whether the roles that it can take differ in it. Those that initdb made
 * count only with what they add: every owner of a database is a member of one.
 */
export const USAGE = `
select r.rolname as role, n.nspname as schema, u.own,
       exists (select from pg_catalog.pg_roles m
                where pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER') and (m.oid >= ${FIRST_USER_OID} or not u.own)
                  and pg_catalog.has_schema_privilege(m.oid, n.oid, 'USAGE') <> u.own) as differs
  from pg_catalog.pg_roles r cross join pg_catalog.pg_namespace n
 cross join lateral (select pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') as own) u
 where r.rolname = any ($1::text[]) and ${VISIBLE}
 order by 1, 2`

export const TYPES = `
select t.oid, n.nspname as schema, t.typname as name, t.typtype::text as kind, t.typrelid as relation,
       t.typelem as element, t.typbasetype as base, t.typinput::oid as input
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
 where ${VISIBLE} and (t.oid >= ${FIRST_USER_OID} or not ${SYSTEM})
 order by t.oid`

export const OPERATORS = `
select n.nspname as schema, o.oprname as name, o.oprleft as left, o.oprright as right, o.oprcode::oid as routine
  from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
 where ${VISIBLE} and (o.oid >= ${FIRST_USER_OID} or not ${SYSTEM})
 order by o.oid`

export const CASTS = `
select c.castsource as source, c.casttarget as target, c.castfunc as routine, c.castcontext = 'i' as implicit
  from pg_catalog.pg_cast c where c.oid >= ${FIRST_USER_OID} order by c.oid`

const rows = (from: string, key: string, where: string) =>
  `(select count(*) || '.' || coalesce(sum(pg_catalog.hashtextextended(${key} || ':' || x.xmin::text, 0)), 0) from pg_catalog.${from} x where ${where})`

/** Temporary objects come and go with sessions and are no part of a reading. */
const lasting = (relation: string) =>
  `${relation} >= ${FIRST_USER_OID} and exists (select from pg_catalog.pg_class c where c.oid = ${relation} and c.relpersistence <> 't')`

const TEMPORARY = `select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(toast_)?temp_'`

/** One text that differs after any change that a reading would show: row versions of what users made. */
export const FINGERPRINT = `select ${[
  rows('pg_class', 'x.oid', `x.oid >= ${FIRST_USER_OID} and x.relpersistence <> 't' and x.relkind <> 't'`),
  rows('pg_attribute', `x.attrelid || ',' || x.attnum`, lasting('x.attrelid')),
  rows('pg_attrdef', 'x.oid', lasting('x.adrelid')),
  rows('pg_rewrite', 'x.oid', lasting('x.ev_class')),
  rows('pg_proc', 'x.oid', `x.oid >= ${FIRST_USER_OID}`),
  rows('pg_type', 'x.oid', `x.oid >= ${FIRST_USER_OID} and x.typnamespace not in (${TEMPORARY})`),
  rows('pg_operator', 'x.oid', `x.oid >= ${FIRST_USER_OID}`),
  rows('pg_cast', 'x.oid', `x.oid >= ${FIRST_USER_OID}`),
  rows(
    'pg_constraint',
    'x.oid',
    `x.oid >= ${FIRST_USER_OID} and (x.conrelid = 0 or ${lasting('x.conrelid')})`,
  ),
  rows('pg_policy', 'x.oid', lasting('x.polrelid')),
  rows('pg_aggregate', 'x.aggfnoid::oid', `x.aggfnoid::oid >= ${FIRST_USER_OID}`),
  rows('pg_auth_members', `x.roleid || ',' || x.member`, 'true'),
  rows('pg_namespace', 'x.oid', `x.oid not in (${TEMPORARY})`),
  rows('pg_inherits', `x.inhrelid || ',' || x.inhparent`, lasting('x.inhrelid')),
  rows('pg_trigger', 'x.oid', `not x.tgisinternal and ${lasting('x.tgrelid')}`),
  rows('pg_description', `x.objoid || ',' || x.objsubid`, `x.objoid >= ${FIRST_USER_OID}`),
].join(` || ';' || `)} as fingerprint`

/** The account may become each role that it is a member of: their attributes count as its own. */
export const RIGHTS = `
select current_user::text as account, bool_or(m.rolsuper) as superuser, bool_or(m.rolbypassrls) as bypassrls,
       bool_or(m.rolreplication) as replication, bool_or(m.rolcreaterole) as createrole,
       coalesce(array_agg(m.rolname::text order by m.rolname) filter (where m.rolname <> current_user), '{}') as "memberOf"
  from pg_catalog.pg_roles m where pg_catalog.pg_has_role(current_user, m.oid, 'member')`
