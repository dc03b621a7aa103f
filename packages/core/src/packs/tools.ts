/** The pack `tools`: what native tools need once `connect` was permitted. */

/**
 * Catalog relations are permitted by name list: every name of pg_catalog and information_schema but the ones that hold
 * credentials, values or texts of others. A pack's permit reaches system relations by pattern, so what is not for
 * everybody is left out by condition.
 */
const WITHHELD = [
  // credentials
  'pg_authid',
  'pg_shadow',
  'pg_user_mapping',
  'pg_user_mappings',
  'pg_foreign_server',
  'pg_subscription',
  'pg_hba_file_rules',
  'pg_ident_file_mappings',
  'user_mapping_options',
  'foreign_server_options',
  // values
  'pg_stats',
  'pg_stats_ext',
  'pg_stats_ext_exprs',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_largeobject',
  'pg_seclabel',
  'pg_shseclabel',
  'pg_seclabels',
  'column_statistics',
  // texts of other sessions
  'pg_stat_activity',
  'pg_stat_statements',
  'pg_stat_statements_info',
  'pg_prepared_statements',
  'pg_prepared_xacts',
  'pg_cursors',
  'pg_file_settings',
  'pg_replication_slots',
  'pg_replication_origin_status',
  'pg_stat_replication',
  'pg_stat_wal_receiver',
  'pg_stat_subscription',
  'pg_stat_progress_copy',
  'pg_stat_ssl',
  'pg_stat_gssapi',
  'pg_locks',
  'processlist',
]

/** They change how values look, how long things may take, or which names are short: never what a row holds. */
const SETTINGS = [
  'application_name',
  'bytea_output',
  'client_encoding',
  'client_min_messages',
  'datestyle',
  'default_transaction_deferrable',
  'default_transaction_isolation',
  'default_transaction_read_only',
  'extra_float_digits',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'intervalstyle',
  'jit',
  'lc_messages',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'lock_timeout',
  'search_path',
  'statement_timeout',
  'timezone',
  'transaction_deferrable',
  'transaction_isolation',
  'transaction_read_only',
  'transaction_timeout',
]

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

export const tools = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: tools}
rules:
  - name: catalog
    effect: permit
    verbs: [read]
    resources: ["*.pg_catalog.*", "*.information_schema.*"]
    unless: '[${quoted(WITHHELD).replaceAll('"', '"')}].exists(name, action.resource.endsWith("." + name))'
  - name: transactions
    effect: permit
    verbs: [transaction]
  - name: settings
    effect: permit
    verbs: [set]
    resources: [${SETTINGS.join(', ')}]
`
