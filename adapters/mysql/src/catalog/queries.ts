/** Table of the queries that read the catalog. Every name is qualified; rows are read by position. */

export const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set([
  'information_schema',
  'performance_schema',
  'mysql',
  'sys',
])

const SYSTEM = `('information_schema', 'performance_schema', 'mysql', 'sys')`
const users = (column: string) => `${column} not in ${SYSTEM}`

/** Texts come as they are stored, whatever the server's defaults; nothing is ever written. */
export function sessionSettings(flavour: 'mysql' | 'mariadb', queryMs: number): readonly string[] {
  const mine =
    flavour === 'mariadb'
      ? // 0: a table that is locked is left out at once, with a warning, and everything else is read (R2).
        ['max_error_count = 65535', 'lock_wait_timeout = 0', `max_statement_time = ${queryMs / 1000}`]
      : ['lock_wait_timeout = 1', `max_execution_time = ${queryMs}`]
  return [
    `set names utf8mb4`,
    `set session sql_mode = '', ${mine.join(', ')}`,
    `set session transaction read only`,
  ]
}

export const SCHEMAS = `select schema_name from information_schema.schemata`

/** Of MariaDB's tables nothing is opened for a name alone: what is locked shows here and not among the columns. */
export const NAMES = `select table_schema, table_name from information_schema.tables`

export const KINDS = `
select table_schema, table_name, table_type, engine from information_schema.tables where ${users('table_schema')}`

const COLUMN_CELLS =
  'table_schema, table_name, column_name, ordinal_position, column_type, collation_name, is_nullable, extra, generation_expression, column_comment, column_default'

export const COLUMNS = `select ${COLUMN_CELLS} from information_schema.columns where ${users('table_schema')}`

/** MariaDB keeps a document in a LONGTEXT that is checked to be one, and shows that nowhere else. */
export const DOCUMENTS = `
select constraint_schema, table_name, check_clause from information_schema.check_constraints
 where check_clause like '%json\\_valid%' and ${users('constraint_schema')}`

export const SYSTEM_COLUMNS = `
select table_schema, table_name, column_name, ordinal_position, column_type, collation_name, is_nullable
  from information_schema.columns where table_schema in ${SYSTEM}`

export const WARNINGS = `show warnings`

const VIEW_CELLS = 'table_schema, table_name, view_definition'
export const VIEWS = `select ${VIEW_CELLS} from information_schema.views where ${users('table_schema')}`

const TRIGGER_CELLS = 'event_object_schema, event_object_table'
export const TRIGGERS = `select ${TRIGGER_CELLS}, action_statement from information_schema.triggers`

const ROUTINE_CELLS = 'routine_schema, routine_name, routine_type, routine_definition'
export const ROUTINES = `select ${ROUTINE_CELLS} from information_schema.routines where ${users('routine_schema')}`

const PARAMETER_CELLS = 'specific_schema, specific_name, routine_type, ordinal_position'
export const PARAMETERS = `
select ${PARAMETER_CELLS} from information_schema.parameters
 where ordinal_position > 0 and ${users('specific_schema')}`

const RULE_CELLS = 'constraint_schema, table_name, constraint_name, update_rule, delete_rule'
export const FOREIGN_KEY_RULES = `
select ${RULE_CELLS} from information_schema.referential_constraints where ${users('constraint_schema')}`

const KEY_CELLS =
  'table_schema, table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name'
const KEY_COLUMNS = `
select ${KEY_CELLS}, ordinal_position from information_schema.key_column_usage
 where referenced_table_name is not null and ${users('table_schema')}`
export const FOREIGN_KEY_COLUMNS = `${KEY_COLUMNS} order by table_schema, table_name, constraint_name, ordinal_position`

/** MySQL shows its list to every account that may read this table, MariaDB likewise. */
export const LOADABLE = `select name from mysql.func`

const digest = (cells: string, from: string, where = 'true') => {
  const text = `concat_ws('\\0', ${cells
    .split(', ')
    .map((cell) => `ifnull(${cell}, '\\1')`)
    .join(', ')})`
  return `(select concat_ws('.', count(*), sum(cast(conv(left(sha2(${text}, 256), 15), 16, 10) as unsigned))) from information_schema.${from} where ${where})`
}

/**
 * One text that differs after any change that a reading would show. A sum of CRC32 would not do: it is linear, and names
 * that follow a pattern cancel out. MySQL 9.7 has no MD5 any more.
 */
export const DIGEST = `select concat_ws(';', ${[
  digest('schema_name', 'schemata'),
  digest('table_schema, table_name, table_type, engine', 'tables', users('table_schema')),
  digest(COLUMN_CELLS, 'columns', users('table_schema')),
  digest('constraint_schema, constraint_name, check_clause', 'check_constraints', users('constraint_schema')),
  digest(VIEW_CELLS, 'views', users('table_schema')),
  digest(`${TRIGGER_CELLS}, trigger_name, action_statement`, 'triggers'),
  digest(ROUTINE_CELLS, 'routines', users('routine_schema')),
  digest(PARAMETER_CELLS, 'parameters', users('specific_schema')),
  digest(RULE_CELLS, 'referential_constraints', users('constraint_schema')),
].join(', ')})`

/** What definition statements count up, on every connection, when they begin: a few microseconds for the server. */
export const STATEMENT_COUNTERS = `
show global status where variable_name regexp
  '^Com_(alter|create|drop|rename|grant|revoke|install|uninstall)_?' and variable_name not like '%temporary%'`

/** What the server counts up when it reads a definition that it does not hold: nobody sees a new one before that. */
export const OPENED_COUNTERS = `show global status where variable_name in ('Opened_table_definitions', 'Opened_views')`
