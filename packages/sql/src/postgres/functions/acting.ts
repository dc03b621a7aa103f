/** Table of built-ins that do more than compute, and the verb that each counts as (R3). */
import type { ResourceKind, Verb } from '@gatehouse/core'

/**
 * Where the name of what it acts on comes from. `literal`: its first argument, which must be a literal. `self`: the
 * routine's own name.
 */
export interface Acting {
  readonly verb: Verb
  readonly kind: ResourceKind
  readonly on: 'literal' | 'self'
  /** Its result is a number, a state or nothing; otherwise what comes back is unprovable. */
  readonly quiet: boolean
}

function all(text: string, acting: Acting): [string, Acting][] {
  return text
    .trim()
    .split(/\s+/)
    .map((name) => [name, acting])
}

export const ACTING: ReadonlyMap<string, Acting> = new Map([
  ...all('nextval setval', { verb: 'update', kind: 'relation', on: 'literal', quiet: true }),
  ...all('currval pg_sequence_last_value', { verb: 'read', kind: 'relation', on: 'literal', quiet: true }),
  ...all('set_config', { verb: 'set', kind: 'setting', on: 'literal', quiet: true }),
  ...all('pg_notify', { verb: 'call', kind: 'channel', on: 'literal', quiet: true }),
  ...all(
    `pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared
     pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared
     pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared`,
    { verb: 'lock', kind: 'key', on: 'literal', quiet: true },
  ),
  ...all('pg_sleep pg_sleep_for pg_sleep_until', { verb: 'call', kind: 'routine', on: 'self', quiet: true }),
  ...all('pg_stat_clear_snapshot pg_stat_force_next_flush', {
    verb: 'call',
    kind: 'routine',
    on: 'self',
    quiet: true,
  }),
  ...all(
    `pg_cancel_backend pg_terminate_backend pg_reload_conf pg_rotate_logfile pg_rotate_logfile_old pg_promote pg_switch_wal
     pg_create_restore_point pg_backup_start pg_backup_stop pg_wal_replay_pause pg_wal_replay_resume
     pg_log_backend_memory_contexts pg_log_standby_snapshot pg_import_system_collations
     pg_create_logical_replication_slot pg_create_physical_replication_slot pg_copy_logical_replication_slot
     pg_copy_physical_replication_slot pg_drop_replication_slot pg_replication_slot_advance pg_sync_replication_slots
     pg_logical_emit_message pg_export_snapshot pg_extension_config_dump
     pg_replication_origin_advance pg_replication_origin_create pg_replication_origin_drop
     pg_replication_origin_session_reset pg_replication_origin_session_setup pg_replication_origin_xact_reset
     pg_replication_origin_xact_setup
     pg_stat_reset pg_stat_reset_backend_stats pg_stat_reset_replication_slot pg_stat_reset_shared
     pg_stat_reset_single_function_counters pg_stat_reset_single_table_counters pg_stat_reset_slru
     pg_stat_reset_subscription_stats brin_desummarize_range brin_summarize_new_values brin_summarize_range
     gin_clean_pending_list pg_clear_attribute_stats pg_clear_relation_stats pg_restore_attribute_stats
     pg_restore_relation_stats pg_nextoid pg_stop_making_pinned_objects`,
    { verb: 'admin', kind: 'command', on: 'self', quiet: true },
  ),
  ...all(
    `pg_logical_slot_get_binary_changes pg_logical_slot_get_changes pg_logical_slot_peek_binary_changes
     pg_logical_slot_peek_changes pg_current_logfile pg_hba_file_rules pg_ident_file_mappings pg_show_all_file_settings
     pg_config pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system`,
    { verb: 'admin', kind: 'command', on: 'self', quiet: false },
  ),
  ...all(
    `pg_read_file pg_read_file_old pg_read_binary_file pg_ls_dir pg_ls_logdir pg_ls_waldir pg_ls_tmpdir
     pg_ls_archive_statusdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_stat_file
     pg_relation_filepath`,
    { verb: 'export', kind: 'routine', on: 'self', quiet: false },
  ),
  ...all('lo_export', { verb: 'export', kind: 'routine', on: 'self', quiet: true }),
  ...all('lo_import', { verb: 'import', kind: 'routine', on: 'self', quiet: true }),
])
