/** What the pack `tools` permits of MySQL and MariaDB: their descriptions of themselves, and settings that change no meaning. */

/**
 * Listed one by one, as those of Postgres are. Left out are values (column_statistics), texts and states of other sessions
 * (processlist, innodb_trx, optimizer_trace …), how much anything was used (global_status, *_statistics), paths of files,
 * and every table of `mysql` but the pages of HELP.
 */
export const MYSQL_CATALOG = `administrable_role_authorizations all_plugins applicable_roles character_sets check_constraints
  collation_character_set_applicability collations column_privileges columns columns_extensions enabled_roles engines events
  geometry_columns key_column_usage keywords locales parameters partitions plugins referential_constraints
  role_column_grants role_routine_grants role_table_grants routines schema_privileges schemata schemata_extensions
  session_status spatial_ref_sys sql_functions st_geometry_columns st_spatial_reference_systems st_units_of_measure
  statistics system_variables table_constraints table_constraints_extensions table_privileges tables tables_extensions
  triggers user_privileges view_routine_usage view_table_usage views`

export const MYSQL_HELP = 'help_category help_keyword help_relation help_topic'

/**
 * How texts are read and shown, which the gateway follows; how long things may take, within the listener's ceilings; what
 * is noted; what IS NULL finds of a key just made, which Rails turns off whenever it connects. Left out: what lets rows
 * stand that break constraints (foreign_key_checks, unique_checks), what chooses plans (optimizer_switch …), and what
 * time and identity a statement takes itself to have.
 */
export const MYSQL_SETTINGS = `autocommit character_set_client character_set_connection character_set_results
  collation_connection group_concat_max_len idle_transaction_timeout information_schema_stats_expiry
  innodb_lock_wait_timeout interactive_timeout lc_messages lock_wait_timeout max_execution_time max_statement_time
  net_read_timeout net_write_timeout profiling session_track_schema session_track_system_variables sql_auto_is_null
  sql_big_selects sql_mode sql_notes sql_quote_show_create sql_safe_updates sql_select_limit sql_warnings time_zone
  transaction_isolation transaction_read_only tx_isolation tx_read_only wait_timeout`
