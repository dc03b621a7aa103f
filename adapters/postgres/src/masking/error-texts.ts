/** Table of the server's own messages that carry no value of the data (errcodes.txt, the sources' ereport calls; R20). */

/** SQLSTATE → forms of the message. `"%"` is a name, checked against the reply's own name fields and the statement. */
export const VALUE_FREE_TEXTS: ReadonlyMap<string, readonly RegExp[]> = new Map(
  Object.entries({
    '00000': [
      'relation "%" already exists, skipping',
      'table "%" does not exist, skipping',
      'schema "%" already exists, skipping',
      'column "%" of relation "%" already exists, skipping',
      'view "%" does not exist, skipping',
    ],
    '01000': ['there is no transaction in progress'],
    '08P01': [
      'invalid message format',
      'insufficient data left in message',
      'unexpected EOF on client connection',
    ],
    '0A000': ['cached plan must not change result type'],
    '21000': [
      'more than one row returned by a subquery used as an expression',
      'ON CONFLICT DO UPDATE command cannot affect row a second time',
      'MERGE command cannot affect row a second time',
    ],
    '22001': ['value too long for type character(?: varying)?\\(\\d{1,8}\\)'],
    '22003': [
      '(?:smallint|integer|bigint|interval|money) out of range',
      'numeric field overflow',
      'value overflows numeric format',
    ],
    '22012': ['division by zero'],
    '23502': ['null value in column "%" of relation "%" violates not-null constraint'],
    '23503': [
      'insert or update on table "%" violates foreign key constraint "%"',
      'update or delete on table "%" violates foreign key constraint "%" on table "%"',
      'update or delete on table "%" violates RESTRICT setting of foreign key constraint "%" on table "%"',
    ],
    '23505': ['duplicate key value violates unique constraint "%"'],
    '23514': [
      'new row for relation "%" violates check constraint "%"',
      'no partition of relation "%" found for row',
    ],
    '23P01': ['conflicting key value violates exclusion constraint "%"'],
    '25001': [
      '\\w+(?: \\w+){0,3} cannot run inside a transaction block',
      'there is already a transaction in progress',
    ],
    '25006': ['cannot execute \\w+(?: \\w+){0,3} in a read-only transaction'],
    '25P01': [
      'there is no transaction in progress',
      '\\w+(?: \\w+){0,3} can only be used in transaction blocks',
    ],
    '25P02': ['current transaction is aborted, commands ignored until end of transaction block'],
    '25P03': ['terminating connection due to idle-in-transaction timeout'],
    '25P04': ['terminating connection due to transaction timeout'],
    '26000': ['prepared statement "%" does not exist', 'unnamed prepared statement does not exist'],
    '34000': ['cursor "%" does not exist', 'portal "%" does not exist'],
    '3B001': ['savepoint "%" does not exist'],
    '40001': [
      'could not serialize access due to concurrent (?:update|delete)',
      'could not serialize access due to read/write dependencies among transactions',
    ],
    '40P01': ['deadlock detected'],
    '42501': ['permission denied for (?:\\w+ )?\\w+ "?%"?', 'must be owner of \\w+ "?%"?'],
    '42P03': ['cursor "%" already exists'],
    '42P05': ['prepared statement "%" already exists'],
    '42P07': ['relation "%" already exists', 'relation "%" already exists, skipping'],
    '44000': ['new row violates check option for view "%"'],
    '53100': ['could not extend file: No space left on device'],
    '53200': ['out of memory', 'out of shared memory'],
    '53300': ['sorry, too many clients already', 'too many connections for (?:role|database) "%"'],
    '54001': ['stack depth limit exceeded'],
    '55P03': [
      'could not obtain lock on (?:relation|row in relation) "%"',
      'canceling statement due to lock timeout',
    ],
    '57014': [
      'canceling statement due to (?:user request|statement timeout|conflict with recovery)',
      'canceling autovacuum task',
    ],
    '57P01': ['terminating connection due to administrator command'],
    '57P02': ['terminating connection because of crash of another server process'],
    '57P03': [
      'the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections)',
    ],
    '57P05': ['terminating connection due to idle-session timeout'],
  }).map(([state, forms]) => [state, forms.map(compile)]),
)

/** SQLSTATE class → what may be said of it instead. */
export const GENERIC_TEXTS: ReadonlyMap<string, string> = new Map([
  ['08', 'the connection failed'],
  ['0A', 'the database does not support this'],
  ['21', 'more rows than allowed here'],
  ['22', 'a value is not valid here'],
  ['23', 'a constraint does not hold'],
  ['25', 'not possible in this state of the transaction'],
  ['40', 'the transaction was rolled back'],
  ['42', 'the statement is wrong, or names something that is not there or not allowed'],
  ['44', 'a check option does not hold'],
  ['53', 'the database lacks resources'],
  ['54', 'a limit of the database was exceeded'],
  ['55', 'an object is not in the required state'],
  ['57', 'an operator or a timeout intervened'],
  ['58', 'the system failed'],
  ['P0', 'a routine raised an error'],
])

function compile(form: string): RegExp {
  return new RegExp(
    `^${form.replaceAll('"?%"?', '(?:"([^"]{1,63})"|([\\w$]{1,63}))').replaceAll('%', '([^"]{1,63})')}$`,
  )
}
