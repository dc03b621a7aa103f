--: tool DataGrip
--: source datafusion-contrib/datafusion-postgres issue 165, risingwavelabs/risingwave issue 14224, dolthub/doltgresql issue 791 and memgres' replay of DataGrip's introspection: statements written down after them
--: statement
SET extra_float_digits = 3
--: statement
SET application_name = ''
--: statement
select version()
--: statement
SET application_name = 'DataGrip 2025.2.3'
--: statement
select current_database() as a, current_schemas(false) as b
--: statement
select current_database(), current_schema(), current_user
--: statement
SHOW TRANSACTION ISOLATION LEVEL
--: statement
select round(extract(epoch from pg_postmaster_start_time() at time zone 'UTC')) as startup_time
--: statement
select L.transactionid::varchar::bigint as transaction_id from pg_catalog.pg_locks L where L.transactionid is not null order by pg_catalog.age(L.transactionid) desc limit 1
--: statement
select case when pg_catalog.pg_is_in_recovery() then null else (pg_catalog.txid_current() % 4294967296)::varchar::bigint end as current_txid
--: statement
select N.oid::bigint as id, datname as name, D.description, datistemplate as is_template, datallowconn as allow_connections, pg_catalog.pg_get_userbyid(N.datdba) as "owner" from pg_catalog.pg_database N left join pg_catalog.pg_shdescription D on N.oid = D.objoid order by case when datname = pg_catalog.current_database() then -1::bigint else N.oid::bigint end
--: statement
show DateStyle
--: statement
select name, is_dst from pg_catalog.pg_timezone_names union distinct select abbrev as name, is_dst from pg_catalog.pg_timezone_abbrevs
--: statement
select R.oid::bigint as role_id, rolname as role_name, rolsuper is_super, rolinherit is_inherit, rolcreaterole can_createrole, rolcanlogin can_login, rolconnlimit conn_limit, rolvaliduntil valid_until, rolbypassrls bypass_rls, rolconfig config, D.description from pg_catalog.pg_roles R left join pg_catalog.pg_shdescription D on D.objoid = R.oid
--: statement
select member id, roleid role_id, admin_option from pg_catalog.pg_auth_members order by id, roleid::text
--: statement
select T.oid::bigint as id, T.spcname as name, T.xmin as state_number, pg_catalog.pg_get_userbyid(T.spcowner) as owner, pg_catalog.pg_tablespace_location(T.oid) /* null */ as location, T.spcoptions as options, D.description as comment from pg_catalog.pg_tablespace T left join pg_catalog.pg_shdescription D on D.objoid = T.oid -- where pg_catalog.age(T.xmin) <= 1
--: statement
select T.oid as object_id, T.spcacl as acl from pg_catalog.pg_tablespace T union all select T.oid, T.datacl from pg_catalog.pg_database T
--: statement
select N.oid::bigint as id, N.xmin as state_number, nspname as name, D.description, pg_catalog.pg_get_userbyid(N.nspowner) as "owner" from pg_catalog.pg_namespace N left join pg_catalog.pg_description D on N.oid = D.objoid order by case when nspname = pg_catalog.current_schema() then -1::bigint else N.oid::bigint end
--: statement
select usesuper from pg_user where usename = current_user
--: statement
select t.oid as id, t.xmin as state_number, t.evtname as name, t.evtevent as event, t.evtfoid as routine_id, pg_catalog.pg_get_userbyid(t.evtowner) as owner, t.evttags as tags, case when t.evtenabled = 'D' then 1 else 0 end as is_disabled from pg_catalog.pg_event_trigger t
--: statement
select fdw.oid as id, fdw.xmin as state_number, fdw.fdwname as name, pr.proname as handler, nspc.nspname as handler_schema, fdw.fdwoptions as options from pg_catalog.pg_foreign_data_wrapper fdw left outer join pg_catalog.pg_proc pr on fdw.fdwhandler = pr.oid left outer join pg_catalog.pg_namespace nspc on pr.pronamespace = nspc.oid
--: statement
select srv.oid as id, srv.srvfdw as fdw_id, srv.xmin as state_number, srv.srvname as name, srv.srvtype as type, srv.srvversion as version, srv.srvoptions as options from pg_catalog.pg_foreign_server srv
--: statement
select oid as id, umserver as server_id, case when umuser = 0 then null else pg_catalog.pg_get_userbyid(umuser) end as user, umoptions as options from pg_catalog.pg_user_mapping order by server_id
--: statement
select A.oid as access_method_id, A.xmin as state_number, A.amname as access_method_name, A.amhandler::oid as handler_id, pg_catalog.quote_ident(N.nspname) || '.' || pg_catalog.quote_ident(P.proname) as handler_name, A.amtype as access_method_type from pg_am A join pg_proc P on A.amhandler::oid = P.oid join pg_namespace N on P.pronamespace = N.oid
--: statement
select E.oid as id, E.xmin as state_number, extname as name, extversion as version, extnamespace as schema_id, nspname as schema_name, array(select unnest from unnest(available_versions) where unnest > extversion) as available_updates from pg_catalog.pg_extension E join pg_namespace N on E.extnamespace = N.oid left join (select name, array_agg(version) as available_versions from pg_available_extension_versions() group by name) V on E.extname = V.name
--: statement
--: values ["1009"]
SELECT e.oid, n.nspname = ANY(current_schemas(true)), n.nspname, e.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_type e ON t.typelem = e.oid JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid WHERE t.oid = $1
--: statement
select l.oid as id, l.xmin state_number, lanname as name, lanpltrusted as trusted, h.proname as handler, i.proname as inline, v.proname as validator from pg_catalog.pg_language l left join pg_catalog.pg_proc h on h.oid = lanplcallfoid left join pg_catalog.pg_proc i on i.oid = laninline left join pg_catalog.pg_proc v on v.oid = lanvalidator order by lanname
--: statement
select D.objoid id, case when 'pg_catalog.pg_event_trigger'::regclass = classoid then 'T' when 'pg_catalog.pg_am'::regclass = classoid then 'A' when 'pg_catalog.pg_cast'::regclass = classoid then 'C' end as kind, D.objsubid sub_id, D.description from pg_catalog.pg_description D where classoid in ('pg_catalog.pg_event_trigger'::regclass, 'pg_catalog.pg_am'::regclass, 'pg_catalog.pg_cast'::regclass)
--: statement
select T.oid as object_id, T.fdwacl as acl from pg_catalog.pg_foreign_data_wrapper T union all select T.oid, T.lanacl from pg_catalog.pg_language T union all select T.oid, T.nspacl from pg_catalog.pg_namespace T union all select T.oid, T.srvacl from pg_catalog.pg_foreign_server T
--: statement
select C.oid, C.xmin as state_number, C.castsource as castsource_id, pg_catalog.quote_ident(SN.nspname) || '.' || pg_catalog.quote_ident(S.typname) as castsource_name, C.casttarget as casttarget_id, C.castfunc as castfunc_id, C.castcontext, C.castmethod from pg_cast C left outer join pg_proc F on C.castfunc::oid = F.oid join pg_type S on C.castsource::oid = S.oid join pg_namespace SN on S.typnamespace = SN.oid
--: statement
select E.oid as extension_id, D.objid as member_id from pg_extension E join pg_depend D on E.oid = D.refobjid and D.refclassid = 'pg_extension'::regclass::oid where D.deptype = 'e' order by extension_id
--: statement
--: values ["2200", "2200", "2200"]
select T.oid as oid, relnamespace as schemaId, pg_catalog.translate(relkind, 'rmvpfS', 'rmvrfS') as kind, relname as name from pg_catalog.pg_class T where relnamespace in ( $1 ) and relkind in ('r', 'm', 'v', 'p', 'f', 'S') union all select T.oid, T.typnamespace, 'T', T.typname from pg_catalog.pg_type T left outer join pg_catalog.pg_class C on T.typrelid = C.oid where T.typnamespace in ( $2 ) and ( T.typtype in ('d','e') or C.relkind = 'c'::"char" or (T.typtype = 'b' and (T.typelem = 0 OR T.typcategory <> 'A')) or T.typtype = 'p' and not T.typisdefined ) union all select oid, pronamespace, case when prokind != 'a' then 'R' else 'a' end, proname from pg_catalog.pg_proc where pronamespace in ( $3 ) order by schemaId
--: statement
--: values ["2200"]
select pronamespace as schemaId, oid as majorOid, proargnames as argNames, proargmodes as argModes, array_length(proargtypes, 1) as nArgs from pg_catalog.pg_proc where pronamespace in ( $1 ) order by schemaId
--: statement
--: values ["2200"]
with T as ( select T.oid as oid, T.relkind as kind, T.relnamespace as schemaId from pg_catalog.pg_class T where T.relnamespace in ( $1 ) and T.relkind in ('r', 'm', 'v', 'f', 'p') ) select T.schemaId as schemaId, T.oid as majorOid, pg_catalog.translate(T.kind, 'rmvpf', 'rmvrf') as kind, C.attnum as position, C.attname as name from T join pg_catalog.pg_attribute C on T.oid = C.attrelid where C.attnum > 0 and not C.attisdropped order by schemaId, majorOid
--: statement
--: values ["2200"]
select cls.xmin as sequence_state_number, sq.seqrelid as sequence_id, cls.relname as sequence_name, pg_catalog.format_type(sq.seqtypid, null) as data_type, sq.seqstart as start_value, sq.seqincrement as inc_value, sq.seqcache as cache_size, sq.seqcycle as cycle_option from pg_catalog.pg_sequence sq join pg_class cls on sq.seqrelid = cls.oid where cls.relnamespace = $1::oid
--: statement
--: values ["2200"]
select T.oid as type_id, T.xmin as type_state_number, T.typname as type_name, T.typtype as type_sub_kind, T.typcategory as type_category, T.typbasetype as base_type_id, case when T.typtype in ('c','e') then null else pg_catalog.format_type(T.typbasetype, T.typtypmod) end as type_def, T.typdefault as default_expression, T.typnotnull as mandatory from pg_catalog.pg_type T left outer join pg_catalog.pg_class C on T.typrelid = C.oid where T.typnamespace = $1::oid and (T.typtype in ('d','e') or C.relkind = 'c'::"char") order by 1
--: statement
--: values ["2200"]
select T.relkind as table_kind, T.relname as table_name, T.oid as table_id, T.xmin as table_state_number, false as table_with_oids, T.reloptions as options, (select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where T.oid = inhrelid) as ancestors, (select pg_catalog.array_agg(inhrelid::bigint order by inhrelid)::varchar from pg_catalog.pg_inherits where T.oid = inhparent) as successors, T.relispartition as is_partition, pg_catalog.pg_get_partkeydef(T.oid) as partition_key, pg_catalog.pg_get_expr(T.relpartbound, T.oid) as partition_expression, T.relam am_id from pg_catalog.pg_class T where relnamespace = $1::oid and relkind in ('r', 'm', 'v', 'f', 'p') order by table_kind, table_id
--: statement
--: values ["2200"]
select ft.ftrelid as table_id, srv.srvname as table_server, ft.ftoptions as table_options from pg_catalog.pg_foreign_table ft left outer join pg_catalog.pg_foreign_server srv on ft.ftserver = srv.oid join pg_catalog.pg_class cls on ft.ftrelid = cls.oid where cls.relnamespace = $1::oid order by table_id
--: statement
--: values ["2200", "2200"]
with schema_procs as (select prorettype, proargtypes, proallargtypes from pg_catalog.pg_proc where pronamespace = $1::oid), schema_opers as (select oprleft, oprright, oprresult from pg_catalog.pg_operator where oprnamespace = $2::oid), schema_arg_types as (select prorettype as type_id from schema_procs union select distinct unnest(proargtypes) as type_id from schema_procs union select distinct unnest(proallargtypes) as type_id from schema_procs union select oprleft as type_id from schema_opers where oprleft is not null) select type_id, pg_catalog.format_type(type_id, null) as type_spec from schema_arg_types where type_id <> 0 order by 1
--: statement
--: values ["2200", "1"]
with languages as (select oid as lang_oid, lanname as lang from pg_catalog.pg_language), routines as (select proname as r_name, prolang as lang_oid, oid as r_id, xmin as r_state_number, proargnames as arg_names, proargmodes as arg_modes, proargtypes::int[] as in_arg_types, proallargtypes::int[] as all_arg_types, pg_catalog.pg_get_expr(proargdefaults, 0) as arg_defaults, provariadic as arg_variadic_id, prorettype as ret_type_id, proretset as ret_set, prokind as kind, provolatile as volatile_kind, proisstrict as is_strict, prosecdef as is_security_definer, proconfig as configuration_parameters, procost as cost, pg_catalog.pg_get_userbyid(proowner) as "owner", prorows as rows, proleakproof as is_leakproof, proparallel as concurrency_kind from pg_catalog.pg_proc where pronamespace = $1::oid and not (prokind = 'a') and pg_catalog.age(xmin) <= coalesce(nullif(greatest(pg_catalog.age($2::varchar::xid), -1), -1), 2147483647)) select * from routines natural join languages
--: statement
--: values ["11"]
select P.oid as aggregate_id, P.xmin as state_number, P.proname as aggregate_name, P.proargtypes::int[] as in_arg_types, A.aggtransfn::oid as transition_function_id, A.aggtransfn::regproc::text as transition_function_name, A.aggtranstype as transition_type, case when A.aggfinalfn::oid = 0 then null else A.aggfinalfn::regproc::varchar end as final_function_name, A.agginitval as initial_value, case when A.aggsortop = 0 then null else A.aggsortop::regoper::varchar end as sort_operator_name, A.aggfinalextra as final_extra, A.aggkind as aggregate_kind from pg_catalog.pg_aggregate A join pg_catalog.pg_proc P on A.aggfnoid = P.oid where P.pronamespace = $1::oid order by P.oid
--: statement
--: values ["2200"]
select O.oid as op_id, O.xmin as state_number, oprname as op_name, oprkind as op_kind, oprleft as arg_left_type_id, oprcode::oid as main_id, oprcode::varchar as main_name, oprrest::varchar as restrict_name, oprcom::regoper::varchar as com_name, oprcanmerge as merges from pg_catalog.pg_operator O where oprnamespace = $1::oid
--: statement
--: values ["2200"]
select oid as id, xmin as state_number, collname as name, collcollate as lc_collate, collctype as lc_ctype from pg_catalog.pg_collation where collnamespace = $1::oid
--: statement
--: values ["11"]
select O.oid as id, O.xmin as state_number, opcname as name, opcintype::regtype::varchar as in_type, case when opckeytype = 0 then null else opckeytype::regtype::varchar end as key_type, opcdefault as is_default, opcfamily as family_id, opfname as family, opcmethod as access_method_id from pg_catalog.pg_opclass O join pg_catalog.pg_opfamily F on F.oid = opcfamily where opcnamespace = $1::oid order by 1
--: statement
--: values ["11", "11"]
select O.oid as id, O.amopstrategy as strategy, O.amopopr as op_id, O.amopopr::regoperator::varchar as op_sig, SF.opfname as sort_family, O.amopfamily as family_id, C.oid as class_id from pg_catalog.pg_amop O left join pg_opfamily F on O.amopfamily = F.oid left join pg_opfamily SF on O.amopsortfamily = SF.oid left join pg_depend D on D.classid = 'pg_amop'::regclass and O.oid = D.objid and D.objsubid = 0 left join pg_opclass C on D.refclassid = 'pg_opclass'::regclass and C.oid = D.refobjid and D.refobjsubid = 0 where C.opcnamespace = $1::oid or C.opcnamespace is null and F.opfnamespace = $2::oid order by C.oid, F.oid, O.oid
--: statement
--: values ["11"]
select P.oid as id, P.amprocnum as num, P.amproc::oid as proc_id, P.amproc::regprocedure::varchar as proc_sig, P.amproclefttype::regtype::varchar as left_type from pg_catalog.pg_amproc P left join pg_opfamily F on P.amprocfamily = F.oid where F.opfnamespace = $1::oid order by P.oid
--: statement
--: values ["2200"]
select IX.indexrelid from pg_catalog.pg_index IX, pg_catalog.pg_class IC where IC.oid = IX.indrelid and IC.relnamespace = $1::oid
--: statement
--: values ["2200"]
select tab.oid table_id, tab.relkind table_kind, ind_stor.relname index_name, ind_head.indexrelid index_id, ind_stor.xmin state_number, ind_head.indisunique is_unique, ind_head.indnullsnotdistinct nulls_not_distinct, pg_catalog.pg_get_expr(ind_head.indpred, ind_head.indrelid) as condition, opcmethod as access_method_id from pg_catalog.pg_class tab join pg_catalog.pg_index ind_head on ind_head.indrelid = tab.oid join pg_catalog.pg_class ind_stor on tab.relnamespace = ind_stor.relnamespace and ind_stor.oid = ind_head.indexrelid left join pg_catalog.pg_opclass on pg_opclass.oid = ANY(indclass) where tab.relnamespace = $1::oid and tab.relkind in ('r', 'm', 'v', 'p') and ind_stor.relkind in ('i', 'I') order by 4, 9
--: statement
--: values ["2200"]
select ind_head.indexrelid index_id, k col_idx, k <= indnkeyatts in_key, ind_head.indkey[k-1] column_position, ind_head.indoption[k-1] column_options, ind_head.indcollation[k-1] as collation, colln.nspname as collation_schema, ind_head.indclass[k-1] as opclass, case when opcdefault then null else opcname end as opclass_str, case when indexprs is null then null when ind_head.indkey[k-1] = 0 then chr(27) || pg_catalog.pg_get_indexdef(ind_head.indexrelid, k::int, true) else pg_catalog.pg_get_indexdef(ind_head.indexrelid, k::int, true) end as expression, amcanorder can_order from pg_catalog.pg_index ind_head join pg_catalog.pg_class ind_stor on ind_stor.oid = ind_head.indexrelid cross join unnest(ind_head.indkey) with ordinality u(u, k) left join pg_catalog.pg_collation on pg_collation.oid = ind_head.indcollation[k-1] left join pg_catalog.pg_namespace colln on collnamespace = colln.oid cross join pg_catalog.pg_indexam_has_property(ind_stor.relam, 'can_order') amcanorder left join pg_catalog.pg_opclass on pg_opclass.oid = ind_head.indclass[k-1] where ind_stor.relnamespace = $1::oid and ind_stor.relkind in ('i', 'I') order by index_id, k
--: statement
--: values ["2200", "2200"]
select T.oid table_id, relkind table_kind, C.oid::bigint con_id, C.xmin::varchar::bigint con_state_id, conname con_name, contype con_kind, conkey con_columns, conindid index_id, confrelid ref_table_id, pg_catalog.pg_get_expr(conbin, T.oid) con_expression, confkey ref_columns, conexclop::int[] excl_operators, array(select unnest::regoper::varchar from unnest(conexclop)) excl_operators_str from pg_catalog.pg_constraint C join pg_catalog.pg_class T on C.conrelid = T.oid where relkind in ('r', 'v', 'f', 'p') and relnamespace = $1::oid and contype in ('p', 'u', 'f', 'c', 'x') and connamespace = $2::oid
--: statement
--: values ["2200"]
select RU.oid from pg_catalog.pg_rewrite RU, pg_catalog.pg_class RC where RC.oid = RU.ev_class and RC.relnamespace = $1::oid and not RU.rulename = '_RETURN'
--: statement
--: values ["2200"]
select P.oid id, P.xmin as state_number, polname policyname, polrelid table_id, polpermissive as permissive, polroles roles, polcmd cmd, pg_get_expr(polqual, polrelid) qual, pg_get_expr(polwithcheck, polrelid) with_check from pg_catalog.pg_policy P join pg_catalog.pg_class C on polrelid = C.oid where relnamespace = $1::oid order by polrelid
--: statement
--: values ["2200"]
select TG.oid from pg_catalog.pg_trigger TG, pg_catalog.pg_class TC where TC.oid = TG.tgrelid and TC.relnamespace = $1::oid
--: statement
--: values ["2200", "2200", "2200"]
select D.objoid id, pg_catalog.array_agg(D.objsubid) sub_ids from pg_catalog.pg_description D join pg_catalog.pg_class C on D.objoid = C.oid where C.relnamespace = $1::oid and C.relkind != 'c' and D.classoid = 'pg_catalog.pg_class'::regclass group by D.objoid union all select T.oid id, pg_catalog.array_agg(D.objsubid) from pg_catalog.pg_description D join pg_catalog.pg_type T on T.oid = D.objoid or T.typrelid = D.objoid where T.typnamespace = $2::oid group by T.oid union all select D.objoid id, array[D.objsubid] from pg_catalog.pg_description D join pg_catalog.pg_constraint C on D.objoid = C.oid where C.connamespace = $3::oid and D.classoid = 'pg_catalog.pg_constraint'::regclass
--: statement
--: values ["2200", "2200"]
select D.objoid id, C.relkind::char as kind, D.objsubid sub_id, D.description from pg_catalog.pg_description D join pg_catalog.pg_class C on D.objoid = C.oid where C.relnamespace = $1::oid and C.relkind != 'c' and D.classoid = 'pg_catalog.pg_class'::regclass union all select D.objoid id, pg_catalog.translate(C.contype, 'pufc', 'kkxz')::char as kind, D.objsubid sub_id, D.description from pg_catalog.pg_description D join pg_catalog.pg_constraint C on D.objoid = C.oid where C.connamespace = $2::oid and D.classoid = 'pg_catalog.pg_constraint'::regclass
--: statement
--: values ["2200", "1", "2200", "1"]
select T.oid as object_id, T.relacl as acl from pg_catalog.pg_class T where relnamespace = $1::oid and pg_catalog.age(T.xmin) <= pg_catalog.age($2::varchar::xid) union all select T.oid as object_id, T.proacl as acl from pg_catalog.pg_proc T where pronamespace = $3::oid and pg_catalog.age(T.xmin) <= pg_catalog.age($4::varchar::xid) order by object_id
--: statement
--: values ["2200", "1"]
select T.oid as object_id, A.attnum as attr_position, A.attacl as acl from pg_catalog.pg_attribute A join pg_catalog.pg_class T on T.oid = A.attrelid where relnamespace = $1::oid and attnum > 0 and pg_catalog.age(A.xmin) <= pg_catalog.age($2::varchar::xid) order by object_id, attr_position
--: statement
--: values ["2200"]
select D.objid as dependent_id, D.refobjid as owner_id, D.refobjsubid as owner_subobject_id from pg_depend D join pg_class C_SEQ on D.objid = C_SEQ.oid and D.classid = 'pg_class'::regclass::oid join pg_class C_TAB on D.refobjid = C_TAB.oid and D.refclassid = 'pg_class'::regclass::oid where C_SEQ.relkind = 'S' and C_TAB.relkind = 'r' and D.refobjsubid <> 0 and (D.deptype = 'a' or D.deptype = 'i') and C_TAB.relnamespace = $1::oid order by owner_id
--: statement
--: values ["2200", "1", "1"]
select T.relkind as view_kind, T.oid as view_id, pg_catalog.pg_get_viewdef(T.oid, true) as source_text from pg_catalog.pg_class T join pg_catalog.pg_namespace N on T.relnamespace = N.oid where N.oid = $1::oid and T.relkind in ('m','v') and (pg_catalog.age(T.xmin) <= coalesce(nullif(greatest(pg_catalog.age($2::varchar::xid), -1), -1), 2147483647) or exists(select A.attrelid from pg_catalog.pg_attribute A where A.attrelid = T.oid and pg_catalog.age(A.xmin) <= coalesce(nullif(greatest(pg_catalog.age($3::varchar::xid), -1), -1), 2147483647)))
--: statement
--: values ["2200"]
with system_languages as ( select oid as lang from pg_catalog.pg_language where lanname in ('c','internal') ) select oid as id, pg_catalog.pg_get_function_arguments(oid) as arguments_def, pg_catalog.pg_get_function_result(oid) as result_def, pg_catalog.pg_get_function_sqlbody(oid) as sqlbody_def, prosrc as source_text from pg_catalog.pg_proc where pronamespace = $1::oid and not (prokind = 'a') and prolang not in (select lang from system_languages) and prosrc is not null
--: statement
SELECT t.* FROM public.orders t LIMIT 501
--: statement
select 'keep alive'
