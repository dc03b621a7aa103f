--: tool DBeaver
--: source dbeaver/dbeaver plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreExecutionContext.java and PostgreDataSource.java, written down after them
--: statement
SET extra_float_digits = 3
--: statement
SET application_name = 'PostgreSQL JDBC Driver'
--: statement
SET application_name = 'DBeaver 25.1.5 - Main <shop>'
--: statement
SELECT current_schema(),session_user
--: statement
SHOW search_path
--: statement
SET search_path = public,"$user"
--: statement
SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate AND db.datname='shop'
--: statement
select * from pg_catalog.pg_settings where name='standard_conforming_strings'
--: statement
SELECT version()
--: statement
SELECT db.oid,db.*,pg_catalog.pg_encoding_to_char(db.encoding) AS enc,pg_catalog.shobj_description(db.oid,'pg_database') FROM pg_catalog.pg_database db ORDER BY db.datname
--: source dbeaver/dbeaver plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreDatabase.java, written down after it
--: statement
SELECT a.oid,a.*,pd.description FROM pg_catalog.pg_roles a LEFT JOIN pg_catalog.pg_shdescription pd ON a.oid = pd.objoid ORDER BY a.rolname
--: statement
SELECT am.oid,am.* FROM pg_catalog.pg_am am ORDER BY am.oid
--: statement
SELECT c.contoencoding as encid,pg_catalog.pg_encoding_to_char(c.contoencoding) as encname FROM pg_catalog.pg_conversion c GROUP BY c.contoencoding ORDER BY 2
--: statement
SELECT l.oid,l.* FROM pg_catalog.pg_language l ORDER BY l.oid
--: statement
SELECT l.oid,l.*,p.pronamespace as handler_schema_id FROM pg_catalog.pg_foreign_data_wrapper l LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=l.fdwhandler ORDER BY l.fdwname
--: statement
SELECT l.oid,l.* FROM pg_catalog.pg_foreign_server l ORDER BY l.srvname
--: statement
SELECT t.oid,t.*,pg_tablespace_location(t.oid) loc FROM pg_catalog.pg_tablespace t ORDER BY t.oid
--: statement
SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass ORDER BY nspname
--: statement
SELECT e.oid,e.*,n.nspname as schema_name,pg_catalog.pg_get_userbyid(e.extowner) FROM pg_catalog.pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY e.oid
--: statement
SELECT name, default_version, installed_version, comment FROM pg_catalog.pg_available_extensions ORDER BY name
--: statement
SELECT * FROM pg_catalog.pg_settings
--: statement
SELECT e.oid,e.*,p.proname FROM pg_catalog.pg_event_trigger e JOIN pg_catalog.pg_proc p ON p.oid=e.evtfoid
--: statement
--: values ["11"]
SELECT c.oid,c.*,pg_catalog.pg_encoding_to_char(c.collencoding) FROM pg_catalog.pg_collation c WHERE c.collnamespace=$1 ORDER BY c.oid
--: source dbeaver/dbeaver plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreSchema.java, written down after it
--: statement
--: values ["2200"]
SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass WHERE c.relnamespace=$1 AND c.relkind not in ('i','I','c')
--: statement
--: values ["{{class:orders}}"]
SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid WHERE NOT a.attisdropped AND c.oid=$1 ORDER BY a.attnum
--: statement
--: values ["2200"]
SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description, case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy FROM pg_catalog.pg_constraint c INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass WHERE t.relnamespace=$1 ORDER BY c.oid
--: statement
--: values ["{{class:products}}"]
SELECT i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr,pg_catalog.pg_relation_size(i.indexrelid) as index_rel_size,pg_catalog.pg_stat_get_numscans(i.indexrelid) as index_num_scans FROM pg_catalog.pg_index i INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid WHERE i.indrelid=$1 ORDER BY tabrelname, c.relname
--: statement
--: values ["{{class:customers_lower}}", "1"]
select pg_catalog.pg_get_indexdef($1, $2, true)
--: statement
--: values ["2200"]
SELECT p.oid as poid,p.*,pg_catalog.pg_get_expr(p.proargdefaults, 0) as arg_defaults,l.lanname,d.description FROM pg_catalog.pg_proc p LEFT OUTER JOIN pg_catalog.pg_language l ON p.prolang = l.oid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid WHERE p.pronamespace=$1 AND p.prokind <> 'a' ORDER BY p.proname
--: statement
--: values ["2200"]
SELECT p.oid,p.*,a.* FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_aggregate a ON a.aggfnoid=p.oid WHERE p.pronamespace=$1 AND p.prokind = 'a' ORDER BY p.proname
--: source dbeaver/dbeaver plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreDataTypeCache.java, written down after it
--: statement
--: values ["2200"]
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') AND t.typnamespace=$1
--: statement
SELECT typcategory FROM pg_catalog.pg_type LIMIT 1
--: statement
--: values ["1009"]
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_class c ON c.oid=t.typrelid WHERE t.oid=$1
--: statement
--: values ["{{type:mood}}"]
SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid=$1 ORDER BY e.enumsortorder
--: source dbeaver/dbeaver plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreTableBase.java, PostgreTableReal.java, PostgreView.java, PostgreSequence.java, PostgreRole.java, written down after them
--: statement
--: values ["{{class:orders}}"]
SELECT x.oid,x.*,p.pronamespace as func_schema_id,d.description FROM pg_catalog.pg_trigger x LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=x.tgfoid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=x.oid AND d.objsubid=0 WHERE x.tgrelid=$1 AND NOT x.tgisinternal
--: statement
--: values ["{{class:audited}}"]
SELECT oid,* FROM pg_catalog.pg_rewrite WHERE ev_class=$1
--: statement
--: values ["{{class:audited}}"]
SELECT pol.polname, pol.polpermissive, pol.polcmd, pg_catalog.pg_get_expr(pol.polqual, pol.polrelid) q, pg_catalog.pg_get_expr(pol.polwithcheck, pol.polrelid) w FROM pg_catalog.pg_policy pol WHERE pol.polrelid=$1
--: statement
--: values ["{{class:recent_orders}}"]
SELECT pg_catalog.pg_get_viewdef($1::bigint::oid, true)
--: statement
--: values ["{{class:orders}}"]
select pg_catalog.pg_total_relation_size($1),pg_catalog.pg_relation_size($1)
--: statement
--: values ["2200"]
SELECT c.oid,pg_catalog.pg_total_relation_size(c.oid) as total_rel_size,pg_catalog.pg_relation_size(c.oid) as rel_size FROM pg_class c WHERE c.relnamespace=$1
--: statement
--: values ["{{class:customers}}"]
SELECT dep.deptype,dep.classid,dep.objid,cl.relkind,attr.attname,pg_get_expr(ad.adbin, ad.adrelid) as expr,CASE WHEN cl.relkind IS NOT NULL THEN cl.relkind::text || COALESCE(dep.objsubid::text, '') ELSE '' END as type,COALESCE(coln.nspname, clon.nspname) as nsp FROM pg_depend dep LEFT JOIN pg_class cl ON dep.objid = cl.oid LEFT JOIN pg_attribute attr ON dep.objid = attr.attrelid AND dep.objsubid = attr.attnum LEFT JOIN pg_namespace clon ON cl.relnamespace = clon.oid LEFT JOIN pg_attrdef ad ON dep.objid = ad.oid LEFT JOIN pg_class col ON ad.adrelid = col.oid LEFT JOIN pg_namespace coln ON col.relnamespace = coln.oid WHERE dep.refobjid=$1
--: statement
SELECT * FROM public.invoices
--: statement
SELECT last_value, min_value, max_value, increment_by, cache_size, cycle, start_value FROM pg_catalog.pg_sequences WHERE schemaname='public' AND sequencename='invoices'
--: statement
SELECT * FROM information_schema.table_privileges WHERE table_schema='public' AND table_name='orders'
--: statement
SELECT DISTINCT table_catalog, table_schema, table_name, grantor, grantee, privilege_type, is_grantable FROM information_schema.column_privileges WHERE grantee='gw' AND table_name = 'orders'
--: statement
--: values ["{{role:gw}}"]
SELECT a.*, r.rolname, g.rolname FROM pg_catalog.pg_auth_members a LEFT JOIN pg_catalog.pg_roles r ON r.oid=a.member LEFT JOIN pg_catalog.pg_roles g ON g.oid=a.roleid WHERE a.member=$1
--: statement
SELECT n.nspname as table_schema, c.relname as table_name, (aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner)))).* FROM pg_class c, pg_namespace n WHERE n.oid = c.relnamespace AND n.nspname = 'public'
--: statement
SELECT x.oid,x.relname FROM pg_catalog.pg_class x, pg_catalog.pg_namespace s WHERE x.relnamespace = s.oid AND x.relkind IN('r','v','m','f','p') AND x.relname ILIKE 'ord%' AND s.nspname IN ('public') ORDER BY x.relname LIMIT 100
--: statement
SELECT x.* FROM public.orders x
--: statement
SELECT count(*) FROM public.orders x WHERE status = 'paid'
--: statement
SELECT x.status, count(*) FROM public.orders x GROUP BY x.status ORDER BY 2 DESC
--: statement
EXPLAIN (FORMAT XML, COSTS false) SELECT id FROM public.orders WHERE id = 3
