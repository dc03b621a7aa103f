import { describe, expect, test } from 'vitest'
import type { Action } from '../action.js'
import { compilePolicy } from '../policy/compile.js'
import {
  decideFor,
  readCustomers,
  sampleAction,
  sampleField,
  samplePolicy,
  sampleSession,
  sampleStatement,
} from '../sample.js'
import { isPackName, PACK_NAMES, type PackName, readPack } from './index.js'

const packs = (...names: PackName[]) => compilePolicy(names.map(readPack))
const decide = (names: PackName[], action: Action, session = sampleSession()) =>
  decideFor(packs(...names), sampleStatement([action]), session).decision
const catalog = (name: string): Action => sampleAction('read', `shop.pg_catalog.${name}`)
const setting = (name: string): Action => ({
  ...sampleAction('set'),
  resource: { kind: 'setting', path: name.split('.'), system: false },
})
const agent = sampleSession({ agent: 'reporter', subject: 'reporter' })

describe('packs', () => {
  test('every pack can be read, and names are those of the interface', () => {
    expect(PACK_NAMES.map((name) => readPack(name).name)).toEqual([
      'tools',
      'guardrails',
      'masking',
      'agents',
      'observe',
    ])
    expect([isPackName('tools'), isPackName('constructor'), isPackName('pack:tools')]).toEqual([
      true,
      false,
      false,
    ])
  })

  test.each(['tools', 'guardrails', 'masking', 'agents'] as const)('`%s` permits no user data', (name) => {
    for (const verb of ['connect', 'read', 'insert', 'call', 'opaque', 'admin', 'copy-out'] as const) {
      expect(decide([name], sampleAction(verb)).effect).toBe('forbid')
    }
  })

  test('tools permits the catalog, transactions and harmless settings', () => {
    for (const action of [
      catalog('pg_class'),
      catalog('pg_settings'),
      sampleAction('read', 'shop.information_schema.columns'),
      sampleAction('transaction', 'shop'),
      setting('search_path'),
      setting('datestyle'),
    ]) {
      expect(decide(['tools'], action).effect).toBe('permit')
    }
  })

  test.each([
    'pg_authid',
    'pg_shadow',
    'pg_user_mapping',
    'pg_largeobject',
    'pg_stats',
    'pg_stats_ext',
    'pg_statistic',
    'pg_statistic_ext_data',
    'pg_stat_activity',
    'pg_stat_statements',
    'pg_cursors',
    'pg_prepared_statements',
    'pg_prepared_xacts',
    'pg_hba_file_rules',
    'pg_file_settings',
    'pg_of_a_later_version',
  ])('tools withholds %s', (name) => {
    expect(decide(['tools'], catalog(name)).effect).toBe('forbid')
  })

  test.each([
    ['pg_subscription', 'subname', 'subconninfo'],
    ['pg_user_mappings', 'srvname', 'umoptions'],
    ['pg_locks', 'transactionid', 'relation'],
    ['pg_stat_user_tables', 'n_live_tup', 'seq_scan'],
    ['pg_statio_all_tables', 'relname', 'heap_blks_read'],
  ])('tools permits of %s the column %s, not %s', (name, clean, withheld) => {
    const reading = (...columns: string[]) => ({
      ...catalog(name),
      fields: columns.map((column) => sampleField(column)),
    })
    expect(decide(['tools'], reading(clean)).effect).toBe('permit')
    expect(decide(['tools'], reading(clean, withheld)).effect).toBe('forbid')
    expect(decide(['tools'], { ...catalog(name), fields: 'unknown' }).effect).toBe('forbid')
  })

  test.each(['row_security', 'restrict_nonsystem_relation_kind', 'synchronize_seqscans'])(
    'tools permits pg_dump to set %s, of which no value shows a row more',
    (name) => expect(decide(['tools'], setting(name)).effect).toBe('permit'),
  )

  test('tools permits neither writes to the catalog nor a relation that only looks like it', () => {
    expect(decide(['tools'], { ...catalog('pg_class'), verb: 'update' }).effect).toBe('forbid')
    const lookalike = { kind: 'relation', path: ['shop', 'x.pg_catalog', 'pg_class'], system: false } as const
    expect(decide(['tools'], { ...catalog('pg_class'), resource: lookalike }).effect).toBe('forbid')
    expect(
      decide(['tools'], sampleAction('read', 'shop.information_schema.user_mapping_options')).effect,
    ).toBe('forbid')
  })

  test("tools permits MySQL's own descriptions and harmless settings, and withholds values, others' texts and accounts", () => {
    const mysql = (path: string, verb: Action['verb'] = 'read'): Action => ({
      ...sampleAction(verb),
      resource: { kind: 'relation', path: path.split('.'), system: true },
    })
    for (const name of ['information_schema.columns', 'information_schema.tables', 'mysql.help_topic'])
      expect([name, decide(['tools'], mysql(name)).effect]).toEqual([name, 'permit'])
    for (const name of [
      'information_schema.processlist',
      'information_schema.column_statistics',
      'information_schema.innodb_trx',
      'information_schema.optimizer_trace',
      'information_schema.user_attributes',
      'information_schema.of_a_later_version',
      'performance_schema.events_statements_history',
      'mysql.user',
      'mysql.innodb_index_stats',
      'mysql.general_log',
      'shop.columns',
    ])
      expect([name, decide(['tools'], mysql(name)).effect]).toEqual([name, 'forbid'])
    expect(decide(['tools'], mysql('mysql.help_topic', 'update')).effect).toBe('forbid')
    for (const name of ['sql_mode', 'autocommit', 'character_set_results', 'time_zone', 'sql_auto_is_null'])
      expect([name, decide(['tools'], setting(name)).effect]).toEqual([name, 'permit'])
    for (const name of ['foreign_key_checks', 'optimizer_switch', 'timestamp', 'sql_log_bin', 'insert_id'])
      expect([name, decide(['tools'], setting(name)).effect]).toEqual([name, 'forbid'])
  })

  test('R13 tools permits no setting that changes meaning', () => {
    for (const name of [
      'role',
      'session_authorization',
      'app.tenant',
      'enable_seqscan',
      'session_replication_role',
      'default_table_access_method',
    ]) {
      expect(decide(['tools'], setting(name)).effect).toBe('forbid')
    }
  })

  test('guardrails refuses what observe permits: destruction, files, privileges, and what may hide them', () => {
    const names: PackName[] = ['observe', 'guardrails']
    const rule = (action: Action): string | undefined => {
      const decision = decide(names, action)
      return decision.effect === 'permit' ? undefined : decision.rules[0]
    }
    expect(rule(sampleAction('drop'))).toBe('guardrails/no-drop')
    expect(rule(sampleAction('truncate'))).toBe('guardrails/no-truncate')
    expect(rule(sampleAction('export'))).toBe('guardrails/no-server-files')
    expect(rule(sampleAction('import'))).toBe('guardrails/no-server-files')
    expect(rule(sampleAction('grant'))).toBe('guardrails/no-privileges')
    expect(rule(sampleAction('opaque', 'shop'))).toBe('guardrails/no-drop')
    expect(decide(names, sampleAction('delete', undefined, { unfiltered: true })).effect).toBe('hold')
    expect(rule(sampleAction('delete'))).toBeUndefined()
    expect(rule(sampleAction('read'))).toBeUndefined()
  })

  test('observe permits every verb, system relations and settings included, but not what R11 keeps', () => {
    for (const verb of ['connect', 'read', 'drop', 'opaque', 'admin', 'grant', 'export'] as const) {
      expect(decide(['observe'], sampleAction(verb)).effect).toBe('permit')
    }
    expect([
      decide(['observe'], catalog('pg_authid')).effect,
      decide(['observe'], setting('app.x')).effect,
    ]).toEqual(['permit', 'permit'])
    const never = sampleStatement([sampleAction('grant')], { never: 'it changes the account' })
    expect(decideFor(packs('observe'), never).decision).toMatchObject({ code: 'GH_NEVER' })
  })

  test('agents read, with a limit, and neither write nor search by masked fields', () => {
    const names: PackName[] = ['observe', 'agents']
    expect(decide(names, sampleAction('read'), agent)).toMatchObject({
      effect: 'permit',
      rows: { limit: 1000 },
    })
    for (const verb of [
      'insert',
      'update',
      'delete',
      'drop',
      'create',
      'copy-in',
      'lock',
      'opaque',
    ] as const) {
      expect(decide(names, sampleAction(verb), agent).effect).toBe('forbid')
      expect(decide(names, sampleAction(verb)).effect).toBe('permit')
    }
    const search = readCustomers(sampleField('email', ['lookup'], ['email', 'pii']))
    expect(decideFor(packs(...names), search, agent).decision).toMatchObject({ code: 'GH_PROBING' })
    expect(decideFor(packs(...names), search).decision.effect).toBe('permit')
  })

  test('masking masks every class of the built-in detectors, the strictest where several fit', () => {
    const policy = samplePolicy('- {name: y, effect: permit}', undefined, [readPack('masking')])
    const mask = (...classes: string[]): string | undefined => {
      const { decision } = decideFor(policy, readCustomers(sampleField('x', ['output'], classes)))
      return decision.effect === 'permit' ? decision.masks[0]?.with : decision.effect
    }
    for (const name of [
      'email',
      'phone',
      'person-name',
      'address',
      'card',
      'iban',
      'bank-account',
      'ip',
      'geo',
      'pii',
      'financial',
    ]) {
      expect(mask(name)).toBe('partial')
    }
    for (const name of [
      'national-id',
      'postcode',
      'salary',
      'gender',
      'health',
      'password',
      'token',
      'secret-key',
      'secret',
    ]) {
      expect(mask(name, 'pii')).toBe('redact')
    }
    expect(mask('birth-date', 'pii')).toBe('year')
    expect(mask('confidential')).toBeUndefined()
  })
})
