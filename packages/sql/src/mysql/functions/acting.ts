/** Table of built-ins that do more than compute, and the verb that each counts as (R3). */
import type { ResourceKind, Verb } from '@gatehouse/core'

export interface Acting {
  readonly verb: Verb
  readonly kind: ResourceKind
  /** `literal`: its first argument names what it acts on. `sequence`: so does a table name. `self`: its own name. */
  readonly on: 'literal' | 'sequence' | 'self'
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
  ...all('nextval setval', { verb: 'update', kind: 'relation', on: 'sequence', quiet: true }),
  ...all('lastval', { verb: 'read', kind: 'relation', on: 'sequence', quiet: true }),
  ...all('get_lock release_lock', { verb: 'lock', kind: 'key', on: 'literal', quiet: true }),
  ...all('release_all_locks', { verb: 'lock', kind: 'key', on: 'self', quiet: true }),
  ...all('sleep benchmark', { verb: 'call', kind: 'routine', on: 'self', quiet: true }),
  // Remembers its argument for the session.
  ...all('last_insert_id', { verb: 'set', kind: 'setting', on: 'self', quiet: true }),
  ...all('load_file', { verb: 'import', kind: 'path', on: 'literal', quiet: false }),
  ...all(
    `master_pos_wait source_pos_wait master_gtid_wait wait_for_executed_gtid_set
     wait_until_sql_thread_after_gtids wsrep_sync_wait_upto_gtid`,
    { verb: 'admin', kind: 'command', on: 'self', quiet: true },
  ),
  ...all(
    `asynchronous_connection_failover_add_managed asynchronous_connection_failover_add_source
     asynchronous_connection_failover_delete_managed asynchronous_connection_failover_delete_source
     asynchronous_connection_failover_reset group_replication_set_as_primary
     group_replication_switch_to_single_primary_mode group_replication_switch_to_multi_primary_mode
     group_replication_get_write_concurrency group_replication_set_write_concurrency
     group_replication_get_communication_protocol group_replication_set_communication_protocol
     group_replication_enable_member_action group_replication_disable_member_action
     group_replication_reset_member_actions keyring_key_fetch keyring_key_generate keyring_key_length_fetch
     keyring_key_remove keyring_key_store keyring_key_type_fetch audit_log_filter_set_filter
     audit_log_filter_remove_filter audit_log_read audit_log_rotate firewall_group_delist firewall_group_enlist
     version_tokens_set version_tokens_lock_exclusive version_tokens_lock_shared version_tokens_unlock
     spider_bg_direct_sql spider_direct_sql spider_copy_tables spider_flush_table_mon_cache
     mysql_firewall_flush_status`,
    { verb: 'admin', kind: 'command', on: 'self', quiet: false },
  ),
])
