/** Table of built-ins that only compute or describe, but may raise, vary in cost or give sets: a use of what they read. */
import { COMPARING_FUNCTIONS, OPERATOR_FUNCTIONS } from './operator-functions.js'

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Strings, numbers, dates, arrays, ranges, documents, networks, geometry, text search. */
const COMPUTING = `
  abbrev bytea cash_words jsonb_populate_record_valid nameconcatoid pg_split_walfile_name pg_walfile_name_offset textlen xid
  replace array_to_string string_to_array abs acos acosd acosh age area array_append array_cat array_fill array_larger array_position array_positions
  array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_smaller array_sort
  array_to_tsvector arraycontains arraycontained arrayoverlap ascii asin asind asinh atan atan2 atan2d atand atanh
  bit bit_count bool bound_box box bpchar broadcast cbrt ceil ceiling center char chr cidr circle casefold convert
  convert_from convert_to cos cosd cosh cot cotd crc32 crc32c date date_add date_bin date_part date_subtract
  date_trunc datemultirange daterange decode degrees diagonal diameter div enum_first enum_last enum_range erf erfc
  exp extract factorial family float4 float8 floor format gamma gcd generate_series generate_subscripts get_bit
  get_byte hashtext hashtextextended height host hostmask inet_merge inet_same_family int2 int4 int4multirange
  int4range int8 int8multirange int8range interval is_normalized isclosed ishorizontal isopen isparallel isperp
  isvertical json json_array_element json_array_element_text json_array_elements json_array_elements_text
  json_array_length json_build_object json_each json_each_text json_object json_object_field json_object_field_text
  json_object_keys json_populate_record json_populate_recordset json_to_record json_to_recordset json_to_tsvector
  jsonb jsonb_array_element jsonb_array_element_text jsonb_array_elements jsonb_array_elements_text
  jsonb_array_length jsonb_build_object jsonb_concat jsonb_contained jsonb_contains jsonb_delete jsonb_delete_path
  jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all jsonb_exists_any jsonb_insert jsonb_object
  jsonb_object_field jsonb_object_field_text jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz
  jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz
  jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record
  jsonb_populate_recordset jsonb_set jsonb_set_lax jsonb_to_record jsonb_to_recordset jsonb_to_tsvector justify_days
  justify_hours justify_interval lcm like like_escape lgamma line ln log log10 lpad lseg macaddr macaddr8
  macaddr8_set7bit make_date make_interval make_time make_timestamp make_timestamptz masklen min_scale mod money
  multirange name netmask network normalize notlike npoints ntile numeric numnode nummultirange numrange
  oid overlaps overlay parse_ident path pclose point polygon popen position pow power querytree radians radius
  random_normal range_merge regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
  regexp_split_to_array regexp_split_to_table regexp_substr repeat round rpad scale set_bit set_byte
  set_masklen setseed setweight sign similar_escape similar_to_escape sin sind sinh slope split_part sqrt
  string_to_table strip tan tand tanh time timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date
  to_hex to_number to_oct to_timestamp trim_array trim_scale trunc tsmultirange tsrange tstzmultirange
  tstzrange unicode_assigned unicode_version unistr unnest uuid_extract_timestamp uuid_extract_version varbit
  varchar width width_bucket xml xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document
  xmlcomment xmlconcat2 xmlexists xmltext xpath xpath_exists phraseto_tsquery plainto_tsquery to_tsquery to_tsvector
  websearch_to_tsquery get_current_ts_config ts_delete ts_filter ts_headline ts_lexize ts_parse ts_rank ts_rank_cd
  ts_debug ts_token_type tsvector_to_array tsquery_phrase
`

/** Ask about the server, the session or the schema, as clients, tools and drivers do. */
const DESCRIBING = `
  acldefault aclexplode makeaclitem col_description obj_description shobj_description current_setting
  format_type has_any_column_privilege has_column_privilege has_database_privilege
  has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege has_largeobject_privilege
  has_parameter_privilege has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege
  has_tablespace_privilege has_type_privilege pg_has_role row_security_active
  inet_client_addr inet_client_port inet_server_addr inet_server_port getpgusername system_user
  icu_unicode_version oidvectortypes mxid_age to_regclass to_regcollation to_regnamespace to_regoper to_regoperator
  to_regproc to_regprocedure to_regrole to_regtype to_regtypemod regclass lastval
  pg_available_extension_versions pg_available_extensions pg_basetype pg_char_to_encoding
  pg_collation_actual_version pg_collation_for pg_collation_is_visible pg_column_compression pg_column_is_updatable
  pg_column_size pg_conf_load_time pg_conversion_is_visible pg_current_snapshot pg_current_xact_id
  pg_current_xact_id_if_assigned pg_database_collation_actual_version pg_database_size pg_describe_object
  pg_encoding_max_length pg_encoding_to_char pg_extension_update_paths pg_filenode_relation pg_function_is_visible
  pg_get_acl pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr pg_get_function_arg_default
  pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result pg_get_function_sqlbody
  pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_object_address pg_get_partition_constraintdef
  pg_get_partkeydef pg_get_publication_tables pg_get_replica_identity_index pg_get_ruledef pg_get_sequence_data
  pg_get_serial_sequence pg_get_statisticsobjdef pg_get_statisticsobjdef_columns
  pg_get_statisticsobjdef_expressions pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_identify_object
  pg_identify_object_as_address pg_index_column_has_property pg_index_has_property pg_indexam_has_property
  pg_indexes_size pg_is_in_recovery pg_is_other_temp_schema pg_is_wal_replay_paused pg_jit_available
  pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_current_wal_lsn
  pg_current_wal_insert_lsn pg_current_wal_flush_lsn pg_wal_lsn_diff pg_lsn pg_listening_channels pg_my_temp_schema
  pg_notification_queue_usage pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible
  pg_options_to_table pg_partition_ancestors pg_partition_root pg_partition_tree pg_postmaster_start_time
  pg_relation_filenode pg_relation_is_publishable pg_relation_is_updatable pg_relation_size pg_sequence_parameters
  pg_settings_get_flags pg_show_all_settings pg_size_bytes pg_size_pretty pg_snapshot_xip pg_snapshot_xmax
  pg_snapshot_xmin pg_statistics_obj_is_visible pg_table_is_visible pg_table_size pg_tablespace_databases
  pg_tablespace_location pg_tablespace_size pg_timezone_abbrevs pg_timezone_names pg_total_relation_size
  pg_trigger_depth pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible
  pg_type_is_visible pg_visible_in_snapshot pg_walfile_name pg_xact_commit_timestamp pg_xact_status
  pg_blocking_pids pg_safe_snapshot_blocking_pids txid_current txid_current_if_assigned txid_current_snapshot
  txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin txid_status txid_visible_in_snapshot
  pg_stat_get_live_tuples pg_stat_get_dead_tuples pg_stat_get_numscans pg_stat_get_tuples_returned
  pg_stat_get_tuples_fetched pg_stat_get_tuples_inserted pg_stat_get_tuples_updated pg_stat_get_tuples_deleted
  pg_stat_get_last_vacuum_time pg_stat_get_last_autovacuum_time pg_stat_get_last_analyze_time
  pg_stat_get_last_autoanalyze_time pg_stat_get_db_numbackends pg_stat_get_db_xact_commit
  pg_stat_get_db_xact_rollback
`

/** Aggregates and window functions that can overflow, or order what they see. */
export const AGGREGATING = names(`
  sum avg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_avgx regr_avgy
  regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy mode percentile_cont percentile_disc
  json_object_agg jsonb_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict
  jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict xmlagg range_agg
  range_intersect_agg bit_and bit_or bit_xor
`)

export const CLEAN: ReadonlySet<string> = new Set([
  ...names(COMPUTING),
  ...names(DESCRIBING),
  ...AGGREGATING,
  ...OPERATOR_FUNCTIONS,
  ...COMPARING_FUNCTIONS,
])

/** Operators of pg_catalog that never raise and take constant time (R16). */
export const TOTAL_OPERATORS = names(`= <> < <= > >= || -> ->> #> #>>`)

/** Every other operator of pg_catalog. */
export const CLEAN_OPERATORS = names(`
  !! !~ !~* !~~ !~~* # ## #- % & && &< &<| &> * *< *<= *<> *= *> *>= + - -|- / <-> << <<= <<| <@ <^ >> >>= >^
  ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*
`)
