/** The pack `tools`: what native tools need once `connect` was permitted. */
import { MYSQL_CATALOG, MYSQL_HELP, MYSQL_SETTINGS } from './mysql-catalog.js'

/**
 * Listed one by one, so that what a new server version adds is not read before somebody looked at it. Left out are
 * credentials (pg_authid, pg_shadow, pg_user_mapping, pg_subscription, pg_hba_file_rules), values (pg_stats and its like,
 * pg_largeobject), texts and states of other sessions (pg_stat_*, pg_prepared_*, pg_cursors, pg_locks) and the server's
 * inside (pg_file_settings, pg_config, replication).
 */
const PG_CATALOG = `pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_auth_members
  pg_available_extension_versions pg_available_extensions pg_cast pg_class pg_collation pg_constraint pg_conversion
  pg_database pg_db_role_setting pg_default_acl pg_depend pg_description pg_enum pg_event_trigger pg_extension pg_foreign_data_wrapper
  pg_foreign_server pg_foreign_table pg_group pg_index pg_indexes pg_inherits pg_init_privs pg_language
  pg_largeobject_metadata pg_matviews pg_namespace pg_opclass pg_operator pg_opfamily pg_parameter_acl
  pg_partitioned_table pg_policies pg_policy pg_proc pg_publication pg_publication_namespace pg_publication_rel
  pg_publication_tables pg_range pg_rewrite pg_roles pg_rules pg_seclabel pg_seclabels pg_sequence pg_sequences
  pg_settings pg_shdepend pg_shdescription pg_shseclabel pg_statistic_ext pg_tables pg_tablespace pg_timezone_abbrevs
  pg_timezone_names pg_transform pg_trigger pg_ts_config pg_ts_config_map pg_ts_dict pg_ts_parser pg_ts_template pg_type
  pg_user pg_views`

/**
 * Of these only the columns that name things and count rows, as pg_class does: not a subscription's connection, a user
 * mapping's options, whose lock it is, nor how often anything was used.
 */
const PARTS: Readonly<Record<string, string>> = {
  pg_locks: 'transactionid',
  pg_stat_all_indexes: 'relid indexrelid schemaname relname indexrelname',
  pg_stat_all_tables: 'relid schemaname relname n_live_tup n_dead_tup',
  pg_stat_user_indexes: 'relid indexrelid schemaname relname indexrelname',
  pg_stat_user_tables: 'relid schemaname relname n_live_tup n_dead_tup',
  pg_statio_all_tables: 'relid schemaname relname',
  pg_statio_user_tables: 'relid schemaname relname',
  pg_subscription: `oid subdbid subname subowner subenabled subbinary substream subtwophasestate subdisableonerr
    subpasswordrequired subrunasowner subfailover subslotname subsynccommit subpublications suborigin`,
  pg_user_mappings: 'umid srvid srvname umuser usename',
}

/** Without user mappings and the options of foreign servers. */
const INFORMATION_SCHEMA = `administrable_role_authorizations applicable_roles attributes character_sets
  check_constraint_routine_usage check_constraints collation_character_set_applicability collations column_column_usage
  column_domain_usage column_options column_privileges column_udt_usage columns constraint_column_usage
  constraint_table_usage data_type_privileges domain_constraints domain_udt_usage domains element_types enabled_roles
  foreign_data_wrapper_options foreign_data_wrappers foreign_servers foreign_table_options foreign_tables
  information_schema_catalog_name key_column_usage parameters referential_constraints role_column_grants
  role_routine_grants role_table_grants role_udt_grants role_usage_grants routine_column_usage routine_privileges
  routine_routine_usage routine_sequence_usage routine_table_usage routines schemata sequences sql_features
  sql_implementation_info sql_parts sql_sizing table_constraints table_privileges tables transforms
  triggered_update_columns triggers udt_privileges usage_privileges user_defined_types view_column_usage
  view_routine_usage view_table_usage views`

/**
 * How values look, how long things may take, which names are short: never what a row holds. Two of pg_dump's turn an
 * answer into an error: row_security = off where a policy would leave rows out, restrict_nonsystem_relation_kind where a
 * view stands behind a name. Neither value of them shows a row more. `all`: RESET ALL.
 */
const SETTINGS = `all application_name bytea_output client_encoding client_min_messages datestyle
  default_transaction_deferrable default_transaction_isolation default_transaction_read_only discard extra_float_digits
  idle_in_transaction_session_timeout idle_session_timeout intervalstyle jit lc_messages lc_monetary lc_numeric lc_time
  lock_timeout quote_all_identifiers restrict_nonsystem_relation_kind row_security search_path standard_conforming_strings
  statement_timeout synchronize_seqscans timezone transaction_deferrable transaction_isolation transaction_read_only transaction_timeout`

/** `unlock-all`: pg_advisory_unlock_all, which pools say between two users, gives back what the session itself holds. */
function listed(names: string, before = ''): string {
  return names
    .split(/\s+/)
    .map((name) => `"${before}${name}"`)
    .join(', ')
}

export const tools = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: tools}
rules:
  - name: catalog
    effect: permit
    verbs: [read]
    resources: [${listed(PG_CATALOG, '*.pg_catalog.')}]
  - name: catalog-parts
    effect: permit
    verbs: [read]
    fields: [${Object.entries(PARTS)
      .map(([relation, columns]) => listed(columns, `*.pg_catalog.${relation}.`))
      .join(', ')}]
  - name: information-schema
    effect: permit
    verbs: [read]
    resources: [${listed(INFORMATION_SCHEMA, '*.information_schema.')}]
  - name: mysql-catalog
    effect: permit
    verbs: [read]
    resources: [${listed(MYSQL_CATALOG, 'information_schema.')}, ${listed(MYSQL_HELP, 'mysql.')}]
  - name: unlock-all
    effect: permit
    verbs: [lock]
    resources: ["*.all"]
  - name: transactions
    effect: permit
    verbs: [transaction]
  - name: settings
    effect: permit
    verbs: [set]
    resources: [${listed(SETTINGS)}]
  - name: mysql-settings
    effect: permit
    verbs: [set]
    resources: [${listed(MYSQL_SETTINGS)}]
`
