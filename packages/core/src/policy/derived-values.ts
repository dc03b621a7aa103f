/** System relations that hold users' values or texts: masked for whoever sees anything masked (R20). */
import { GatehouseError } from '../errors.js'
import { type CompiledDocument, compileDocument } from './compile-document.js'
import { readDocuments } from './read-documents.js'

/**
 * MySQL's catalog is read with its relations in lower case; files of older catalogs have them as the servers write them.
 * Statistics hold samples of every column, activity views the texts of other sessions with their literals. Not part of
 * any pack: a viewer with masks would otherwise read the masked values there.
 */
const SOURCE = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: gatehouse}
rules:
  - name: derived-values
    effect: mask
    with: redact
    probing: forbid
    resources: ["**.pg_stats", "**.pg_stats_ext", "**.pg_stats_ext_exprs", "**.pg_statistic", "**.pg_statistic_ext_data",
      "**.pg_largeobject", "**.pg_stat_activity", "**.pg_stat_statements", "**.pg_prepared_statements",
      "**.pg_cursors", "**.pg_prepared_xacts", "**.column_statistics", "**.processlist", "**.performance_schema.*",
      "**.COLUMN_STATISTICS", "**.PROCESSLIST", "**.OPTIMIZER_TRACE", "**.INNODB_*", "**.USER_VARIABLES",
      "**.QUERY_CACHE_INFO", "**.information_schema.optimizer_trace", "**.information_schema.innodb_*",
      "**.information_schema.user_variables", "**.information_schema.query_cache_info", "**.mysql.column_stats", "**.mysql.general_log", "**.mysql.slow_log", "**.sys.*"]
    fields:
      - "**.pg_stats.most_common_vals"
      - "**.pg_stats.most_common_elems"
      - "**.pg_stats.histogram_bounds"
      - "**.pg_stats.range_*"
      - "**.pg_stats_ext.most_common_vals"
      - "**.pg_stats_ext.most_common_val_nulls"
      - "**.pg_stats_ext_exprs.most_common_*"
      - "**.pg_stats_ext_exprs.histogram_bounds"
      - "**.pg_statistic.stavalues*"
      - "**.pg_statistic_ext_data.*"
      - "**.pg_largeobject.data"
      - "**.pg_stat_activity.query"
      - "**.pg_stat_statements.query"
      - "**.pg_prepared_statements.statement"
      - "**.pg_cursors.statement"
      - "**.pg_prepared_xacts.gid"
      - "**.information_schema.column_statistics.histogram"
      - "**.performance_schema.*.sql_text"
      - "**.performance_schema.*.digest_text"
      - "**.information_schema.processlist.info"
      - "**.information_schema.column_statistics.HISTOGRAM"
      - "**.information_schema.processlist.INFO*"
      - "**.information_schema.optimizer_trace.*"
      - "**.information_schema.innodb_trx.*query"
      - "**.information_schema.innodb_locks.lock_data"
      - "**.information_schema.innodb_ft_index_*.WORD"
      - "**.information_schema.user_variables.VARIABLE_VALUE"
      - "**.information_schema.query_cache_info.STATEMENT_TEXT"
      - "**.information_schema.COLUMN_STATISTICS.HISTOGRAM"
      - "**.information_schema.PROCESSLIST.INFO*"
      - "**.information_schema.OPTIMIZER_TRACE.*"
      - "**.information_schema.INNODB_TRX.*query"
      - "**.information_schema.INNODB_LOCKS.lock_data"
      - "**.information_schema.INNODB_FT_INDEX_*.WORD"
      - "**.information_schema.USER_VARIABLES.VARIABLE_VALUE"
      - "**.information_schema.QUERY_CACHE_INFO.STATEMENT_TEXT"
      - "**.performance_schema.*.*TEXT"
      - "**.performance_schema.*.*INFO"
      - "**.performance_schema.user_variables_by_thread.VARIABLE_VALUE"
      - "**.performance_schema.session*_connect_attrs.ATTR_VALUE"
      - "**.performance_schema.*.LOCK_DATA"
      - "**.performance_schema.metadata_locks.OBJECT_NAME"
      - "**.mysql.column_stats.*_value"
      - "**.mysql.column_stats.histogram"
      - "**.mysql.general_log.argument"
      - "**.mysql.slow_log.sql_text"
      - "**.sys.*.*query*"
      - "**.sys.*.*statement"
`

let compiled: CompiledDocument | undefined

export function derivedValues(): CompiledDocument {
  if (compiled) return compiled
  const { documents } = readDocuments({ file: 'gatehouse', text: SOURCE }, { pack: true })
  const document = documents[0]
  if (document?.kind !== 'Policy')
    throw new GatehouseError('GH_INVARIANT', 'the derived values cannot be read')
  compiled = compileDocument(document)
  return compiled
}
