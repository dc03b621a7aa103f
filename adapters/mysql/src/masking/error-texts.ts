/** Table of MySQL's and MariaDB's messages that a viewer with masks may read, by error number, with the values taken out (R20). */

/**
 * In a form, `%n` is a name, shown when it is known; `%v` a value, never shown; `%w` one of the server's own words; `%s` a piece of
 * the statement, shown when it is one. The second of a pair is what is shown instead of the form itself. A number is a value
 * here: a routine can signal any number with any text (SIGNAL … SET MYSQL_ERRNO).
 */
export type ErrorForm = string | readonly [form: string, shown: string]

/** What stands for `%w`. */
export const SERVER_WORDS = [
  ...[
    'MariaDB',
    'MySQL',
    'PROCEDURE',
    'FUNCTION',
    'TRIGGER',
    'EVENT',
    'PACKAGE',
    'SAVEPOINT',
    'VIEW',
    'TABLE',
  ],
  ...['SELECT', 'WHERE', 'ORDER BY', 'GROUP BY', 'HAVING', 'ON', 'INSERT INTO', 'HANDLER', 'VALUES', 'SET'],
  ...[
    'field list',
    'where clause',
    'order clause',
    'group statement',
    'having clause',
    'on clause',
    'IN/ALL/ANY subquery',
  ],
  ...[
    'from clause',
    'partition function',
    'row',
    'int',
    'varchar',
    'datetime',
    'double',
    'decimal',
    'date',
    'time',
    'json',
  ],
  ...[
    'TINYINT',
    'SMALLINT',
    'MEDIUMINT',
    'INT',
    'BIGINT',
    'BIGINT UNSIGNED',
    'DECIMAL',
    'DOUBLE',
    'SIGNED',
    'UNSIGNED',
  ],
  ...[
    'integer',
    'INTEGER',
    'float',
    'FLOAT',
    'string',
    'STRING',
    'char',
    'CHAR',
    'binary',
    'BINARY',
    'year',
    'YEAR',
    'bit',
  ],
  ...[
    'DATE',
    'TIME',
    'DATETIME',
    'TIMESTAMP',
    'timestamp',
    'BOOLEAN',
    'JSON',
    'INET6',
    'inet6',
    'INET4',
    'inet4',
    'UUID',
  ],
  ...[
    'uuid',
    'GEOMETRY',
    'POINT',
    'utf8mb4',
    'utf8mb3',
    'latin1',
    'ascii',
    'SESSION',
    'GLOBAL',
    'EXECUTE',
    'ACTIVE',
    'IDLE',
  ],
  ...[
    'DEALLOCATE PREPARE',
    'EXECUTE IMMEDIATE',
    'mysqld_stmt_execute',
    'mysqld_stmt_fetch',
    'mysqld_stmt_reset',
  ],
  ...[
    'mysqld_stmt_send_long_data',
    'COLUMN',
    'INDEX',
    'KEY',
    'FOREIGN KEY',
    'CONSTRAINT',
    'PARTITION',
    'PRIMARY KEY',
  ],
] as const

export const ERROR_FORMS: ReadonlyMap<number, readonly ErrorForm[]> = new Map<number, readonly ErrorForm[]>([
  [1005, [["Can't create table %n (errno: %v", "Can't create table %n"]]],
  [1006, [["Can't create database %n%v", "Can't create database %n"]]],
  [1007, ["Can't create database %n; database exists"]],
  [1008, ["Can't drop database %n; database doesn't exist"]],
  [
    1020,
    [
      'Record has changed since last read in table %n',
      'Record has changed since last read in table %n; try restarting transaction',
    ],
  ],
  [1036, ['Table %n is read only']],
  [1038, ['Out of sort memory, consider increasing server sort buffer size']],
  [1040, ['Too many connections']],
  [1041, ['Out of memory.']],
  [1044, [['Access denied for user %v to database %n', 'Access denied to database %n']]],
  [1045, [['Access denied for user %v', 'Access denied']]],
  [1046, ['No database selected']],
  [1047, ['Unknown command']],
  [1048, ['Column %n cannot be null']],
  [1049, ['Unknown database %n']],
  [1050, ['Table %n already exists']],
  [1051, ['Unknown table %n']],
  [1052, ["Column %n in '%w' is ambiguous", 'Column %n in %w is ambiguous']],
  [1053, ['Server shutdown in progress']],
  [1054, ["Unknown column %n in '%w'"]],
  [
    1055,
    [
      "%n isn't in GROUP BY",
      [
        'Expression #%v of %v is not in GROUP BY clause and contains nonaggregated column %n which is not functionally dependent on columns in GROUP BY clause; this is incompatible with sql_mode=only_full_group_by',
        "%n isn't in GROUP BY (sql_mode=only_full_group_by)",
      ],
    ],
  ],
  [1056, ["Can't group on %n"]],
  [1058, ["Column count doesn't match value count"]],
  [1059, [['Identifier name %v is too long', 'Identifier name is too long']]],
  [1060, ['Duplicate column name %n']],
  [1061, ['Duplicate key name %n']],
  [1062, ["Duplicate entry '%v' for key %n"]],
  [1063, ['Incorrect column specifier for column %n']],
  [
    1064,
    [
      [
        "You have an error in your SQL syntax; check the manual that corresponds to your %w server version for the right syntax to use near '%s' at line %v",
        "You have an error in your SQL syntax near '%s'",
      ],
    ],
  ],
  [1065, ['Query was empty']],
  [1066, ['Not unique table/alias: %n']],
  [1067, ['Invalid default value for %n']],
  [1068, ['Multiple primary key defined']],
  [1071, [['Specified key was too long; max key length is %v bytes', 'Specified key was too long']]],
  [1072, ["Key column %n doesn't exist in table"]],
  [1075, ['Incorrect table definition; there can be only one auto column and it must be defined as a key']],
  [
    1089,
    [
      "Incorrect prefix key; the used key part isn't a string, the used length is longer than the key part, or the storage engine doesn't support unique prefix keys",
    ],
  ],
  [1090, ["You can't delete all columns with ALTER TABLE; use DROP TABLE instead"]],
  [
    1091,
    [
      "Can't DROP %n; check that column/key exists",
      "Can't DROP %w %n; check that it exists",
      "Can't DROP %n; check that it exists",
    ],
  ],
  [
    1093,
    [
      "You can't specify target table %n for update in FROM clause",
      "Table %n is specified twice, both as a target for '%v' and as a separate source for data",
    ],
  ],
  [1094, [['Unknown thread id: %v', 'Unknown thread id']]],
  [
    1095,
    [
      ['You are not owner of thread %v', 'You are not owner of this thread'],
      ['You are not owner of %v', 'You are not owner of this thread'],
    ],
  ],
  [1099, ["Table %n was locked with a READ lock and can't be updated"]],
  [1100, ['Table %n was not locked with LOCK TABLES']],
  [
    1101,
    [
      "BLOB/TEXT column %n can't have a default value",
      "BLOB, TEXT, GEOMETRY or JSON column %n can't have a default value",
    ],
  ],
  [
    1104,
    [
      'The SELECT would examine more than MAX_JOIN_SIZE rows; check your WHERE and use SET SQL_BIG_SELECTS=1 or SET MAX_JOIN_SIZE=# if the SELECT is okay',
    ],
  ],
  [
    1105,
    [
      "XPATH syntax error: '%v'",
      'Only constant XPATH queries are supported',
      "XPATH error: '%v'",
      "Cast to unsigned converted negative integer to it's positive complement",
      "Cast to signed converted positive out-of-range integer to it's negative complement",
    ],
  ],
  [1109, ['Unknown table %n in %w', "Unknown table %n in '%w'"]],
  [1110, ['Column %n specified twice']],
  [1111, ['Invalid use of group function']],
  [1113, ['A table must have at least 1 column', 'A table must have at least one visible column.']],
  [1114, ['The table %n is full']],
  [1115, ["Unknown character set: '%v'"]],
  [1117, ['Too many columns']],
  [1118, [['Row size too large%v', 'Row size too large']]],
  [1136, [["Column count doesn't match value count at row %v", "Column count doesn't match value count"]]],
  [1137, ["Can't reopen table: %n"]],
  [1138, ['Invalid use of NULL value']],
  [
    1139,
    [
      ["Got error '%v' from regexp", 'Got an error from a regular expression'],
      ['Regex error %v', 'Got an error from a regular expression'],
    ],
  ],
  [
    1140,
    [
      'Mixing of GROUP columns (MIN(),MAX(),COUNT(),...) with no GROUP columns is illegal if there is no GROUP BY clause',
      [
        'In aggregated query without GROUP BY, expression #%v of %v contains nonaggregated column %n; this is incompatible with sql_mode=only_full_group_by',
        'In aggregated query without GROUP BY, column %n is not aggregated (sql_mode=only_full_group_by)',
      ],
    ],
  ],
  [1142, [['%v command denied to user %v for table %n', 'Command denied for table %n']]],
  [
    1143,
    [['%v command denied to user %v for column %n in table %n', 'Command denied for column %n in table %n']],
  ],
  [1146, ["Table %n doesn't exist"]],
  [1153, ["Got a packet bigger than 'max_allowed_packet' bytes"]],
  [1156, ['Got packets out of order']],
  [1158, ['Got an error reading communication packets']],
  [1159, ['Got timeout reading communication packets']],
  [1160, ['Got an error writing communication packets']],
  [1161, ['Got timeout writing communication packets']],
  [1162, ["Result string is longer than 'max_allowed_packet' bytes"]],
  [1166, ['Incorrect column name %n']],
  [
    1169,
    [
      [
        "Can't write, because of unique constraint, to table %n",
        "Can't write, because of unique constraint, to table %n",
      ],
    ],
  ],
  [1170, ['BLOB/TEXT column %n used in key specification without a key length']],
  [1172, ['Result consisted of more than one row']],
  [1173, ['This table type requires a primary key']],
  [
    1175,
    [
      [
        'You are using safe update mode and you tried to update a table without a WHERE that uses a KEY column%v',
        'You are using safe update mode and you tried to update a table without a WHERE that uses a KEY column',
      ],
    ],
  ],
  [1176, ["Key %n doesn't exist in table %n"]],
  [1179, ['You are not allowed to execute this command in a transaction']],
  [1192, ["Can't execute the given command because you have active locked tables or an active transaction"]],
  [1193, ['Unknown system variable %n']],
  [1203, [['User %v already has more than %v', 'The user has too many connections already']]],
  [1205, ['Lock wait timeout exceeded; try restarting transaction']],
  [1206, ['The total number of locks exceeds the lock table size']],
  [1207, ['Update locks cannot be acquired during a READ UNCOMMITTED transaction']],
  [1210, ['Incorrect arguments to %w', ['Incorrect arguments to %v', 'Incorrect arguments']]],
  [1213, ['Deadlock found when trying to get lock; try restarting transaction']],
  [
    1215,
    [
      'Cannot add foreign key constraint',
      ['Cannot add foreign key constraint for %n', 'Cannot add foreign key constraint for %n'],
    ],
  ],
  [1216, ['Cannot add or update a child row: a foreign key constraint fails']],
  [1217, ['Cannot delete or update a parent row: a foreign key constraint fails']],
  [1221, [['Incorrect usage of %v and %v', 'Incorrect usage of two clauses together']]],
  [1222, ['The used SELECT statements have a different number of columns']],
  [1226, [['User %v has exceeded the %v resource (current value: %v)', 'The user has exceeded a resource']]],
  [1227, [['Access denied; you need %v', 'Access denied; you need another privilege for this operation']]],
  [1228, ["Variable %n is a SESSION variable and can't be used with SET GLOBAL"]],
  [1229, ['Variable %n is a GLOBAL variable and should be set with SET GLOBAL']],
  [1230, ["Variable %n doesn't have a default value"]],
  [1231, ["Variable %n can't be set to the value of '%v'"]],
  [1232, ['Incorrect argument type to variable %n']],
  [1233, ['Variable %n can only be set, not read']],
  [1234, ["Incorrect usage/placement of '%v'"]],
  [1235, [["This version of %w doesn't yet support %v", "This version of %w doesn't yet support this"]]],
  [
    1238,
    [
      'Variable %n is a read only variable',
      [`Variable %n is a %v variable`, 'Variable %n is a read only variable'],
    ],
  ],
  [
    1241,
    [['Operand should contain %v column(s)', 'An operand has another number of columns than it should']],
  ],
  [1242, ['Subquery returns more than 1 row']],
  [
    1243,
    [
      [
        'Unknown prepared statement handler (%v) given to %w',
        'Unknown prepared statement handler given to %w',
      ],
    ],
  ],
  [1246, [['Converting column %n from %w to %w', 'Converting column %n']]],
  [1247, ['Reference %n not supported (%v)']],
  [1248, ['Every derived table must have its own alias']],
  [
    1250,
    [
      'Table %n from one of the SELECTs cannot be used in %w',
      "Table %n from one of the SELECTs cannot be used in '%w'",
    ],
  ],
  [1253, ['COLLATION %n is not valid for CHARACTER SET %n']],
  [1256, [['Uncompressed data size too large; %v', 'Uncompressed data size too large']]],
  [1257, ['ZLIB: Not enough memory']],
  [
    1258,
    ['ZLIB: Not enough room in the output buffer (probably, length of uncompressed data was corrupted)'],
  ],
  [1259, ['ZLIB: Input data corrupted']],
  [1260, [['Row %v was cut by %v', 'A row was cut by GROUP_CONCAT()']]],
  [1261, [["Row %v doesn't contain data for all columns", "A row doesn't contain data for all columns"]]],
  [
    1262,
    [
      [
        'Row %v was truncated; it contained more data than there were input columns',
        'A row was truncated; it contained more data than there were input columns',
      ],
    ],
  ],
  [
    1263,
    [
      [
        'Column set to default value; NULL supplied to NOT NULL column %n at row %v',
        'Column set to default value; NULL supplied to NOT NULL column %n',
      ],
    ],
  ],
  [
    1264,
    [
      ['Out of range value for column %n at row %v', 'Out of range value for column %n'],
      ['Out of range value adjusted for column %n at row %v', 'Out of range value for column %n'],
    ],
  ],
  [1265, [['Data truncated for column %n at row %v', 'Data truncated for column %n']]],
  [1267, [['Illegal mix of collations %v for operation %v', 'Illegal mix of collations']]],
  [1270, [['Illegal mix of collations %v for operation %v', 'Illegal mix of collations']]],
  [1271, [['Illegal mix of collations for operation %v', 'Illegal mix of collations']]],
  [1273, ["Unknown collation: '%v'"]],
  [
    1287,
    [
      [
        "'%v' is deprecated and will be removed in a future release%v",
        'Something here is deprecated and will be removed in a future release',
      ],
    ],
  ],
  [
    1290,
    [
      [
        'The %w server is running with the %v option so it cannot execute this statement',
        'The %w server is running with an option so that it cannot execute this statement',
      ],
    ],
  ],
  [
    1292,
    [
      ["Incorrect %w value: '%v' for column %n at row %v", "Incorrect %w value: '***' for column %n"],
      "Truncated incorrect %w value: '%v'",
      "Incorrect %w value: '%v'",
      ["Truncated incorrect %n value: '%v'", "Truncated incorrect %n value: '***'"],
    ],
  ],
  [1295, ['This command is not supported in the prepared statement protocol yet']],
  [1298, ["Unknown or incorrect time zone: '%v'"]],
  [1300, [["Invalid %w character string: '%v'", "Invalid %w character string: '***'"]]],
  [
    1301,
    [
      [
        'Result of %v was larger than max_allowed_packet (%v) - truncated',
        'A result was larger than max_allowed_packet - truncated',
      ],
    ],
  ],
  [1305, ['%w %n does not exist']],
  [1304, ['%w %n already exists']],
  [1317, ['Query execution was interrupted']],
  [
    1318,
    [
      [
        'Incorrect number of arguments for %w %n; expected %v, got %v',
        'Incorrect number of arguments for %w %n',
      ],
    ],
  ],
  [1320, ['No RETURN found in FUNCTION %n', 'No RETURN found for function %n']],
  [1321, ['FUNCTION %n ended without RETURN']],
  [1325, ['Cursor is already open']],
  [1326, ['Cursor is not open']],
  [1327, ['Undeclared variable: %n']],
  [1328, ['Incorrect number of FETCH variables']],
  [1329, ['No data - zero rows fetched, selected, or processed']],
  [1347, ['%n is not %w', "%n is not of type '%w'"]],
  [1348, ['Column %n is not updatable']],
  [1351, ["View's SELECT contains a variable or parameter"]],
  [
    1353,
    [
      "View's SELECT and view's field list have different column counts",
      'In definition of view, derived table or common table expression, SELECT list and column names list have different column counts',
    ],
  ],
  [
    1356,
    [
      'View %n references invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them',
    ],
  ],
  [1360, ['Trigger does not exist']],
  [1362, ['Updating of %w row is not allowed in %v']],
  [1364, ["Field %n doesn't have a default value"]],
  [1365, ['Division by 0']],
  [1366, [["Incorrect %w value: '%v' for column %n at row %v", "Incorrect %w value: '***' for column %n"]]],
  [1367, ["Illegal %w '%v' value found during parsing"]],
  [1368, ['CHECK OPTION on non-updatable view %n']],
  [1369, ['CHECK OPTION failed %n']],
  [1370, [['%v command denied to user %v for routine %n', 'Command denied for routine %n']]],
  [1385, [['No error %v', 'No error']]],
  [1390, ['Prepared statement contains too many placeholders']],
  [1394, ['Can not insert into join view %n without fields list']],
  [1395, ['Can not delete from join view %n']],
  [1397, ['XAER_NOTA: Unknown XID']],
  [1398, ['XAER_INVAL: Invalid arguments (or unsupported command)']],
  [1399, ['XAER_RMFAIL: The command cannot be executed when global transaction is in the  %w state']],
  [1400, ['XAER_OUTSIDE: Some work is done outside global transaction']],
  [1401, ['XAER_RMERR: Fatal error occurred in the transaction branch - check your data for consistency']],
  [1402, ['XA_RBROLLBACK: Transaction branch was rolled back']],
  [1406, [['Data too long for column %n at row %v', 'Data too long for column %n']]],
  [1411, ["Incorrect %w value: '%v' for function %n"]],
  [1412, ['Table definition has changed, please retry transaction']],
  [1415, [['Not allowed to return a result set from a %v', 'Not allowed to return a result set here']]],
  [1416, ['Cannot get geometry object from data you send to the GEOMETRY field']],
  [
    1421,
    [
      ['The statement (%v) has no open cursor', 'The statement has no open cursor'],
      ['The statement (%v) has no open cursor.', 'The statement has no open cursor'],
    ],
  ],
  [
    1422,
    [
      'Explicit or implicit commit is not allowed in stored function or trigger',
      'Explicit or implicit commit is not allowed in stored function or trigger.',
    ],
  ],
  [1423, ["Field of view %n underlying table doesn't have a default value"]],
  [
    1424,
    [
      'Recursive stored functions and triggers are not allowed.',
      'Recursive stored functions and triggers are not allowed',
    ],
  ],
  [1425, [['Too big scale %v', 'Too big scale for a column']]],
  [1426, [['Too big precision %v', 'Too big precision for a column']]],
  [
    1427,
    [
      [
        'For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column %n).',
        'For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column %n)',
      ],
    ],
  ],
  [
    1441,
    [
      'Datetime function: %w field overflow',
      ['Datetime function: %v field overflow', 'Datetime function: field overflow'],
    ],
  ],
  [
    1442,
    [
      "Can't update table %n in stored function/trigger because it is already used by statement which invoked this stored function/trigger",
      "Can't update table %n in stored function/trigger because it is already used by statement which invoked this stored function/trigger.",
    ],
  ],
  [
    1451,
    [
      'Cannot delete or update a parent row: a foreign key constraint fails (%n, CONSTRAINT %n FOREIGN KEY (%n) REFERENCES %n (%n))',
      [
        'Cannot delete or update a parent row: a foreign key constraint fails (%v',
        'Cannot delete or update a parent row: a foreign key constraint fails',
      ],
    ],
  ],
  [
    1452,
    [
      'Cannot add or update a child row: a foreign key constraint fails (%n, CONSTRAINT %n FOREIGN KEY (%n) REFERENCES %n (%n))',
      [
        'Cannot add or update a child row: a foreign key constraint fails (%v',
        'Cannot add or update a child row: a foreign key constraint fails',
      ],
    ],
  ],
  [
    1461,
    [
      [
        "Can't create more than max_prepared_stmt_count statements (current value: %v)",
        "Can't create more than max_prepared_stmt_count statements",
      ],
    ],
  ],
  [
    1471,
    [
      'The target table %n of the %w is not insertable-into',
      ['The target table %n of the %v is not insertable-into', 'The target table %n is not insertable-into'],
      ['The target table %n of the %v is not updatable', 'The target table %n is not updatable'],
    ],
  ],
  [1525, ["Incorrect %w value: '%v'"]],
  [1526, [['Table has no partition for value %v', 'Table has no partition for a value']]],
  [1548, [['Cannot load from %n%v', 'Cannot load from a system table']]],
  [1558, [['Column count of %v is wrong%v', 'The column count of a system table is wrong']]],
  [1568, ["Transaction characteristics can't be changed while a transaction is in progress"]],
  [1582, ['Incorrect parameter count in the call to native function %n']],
  [
    1583,
    [
      'Incorrect parameters in the call to native function %n',
      'Incorrect parameters in the call to stored function %n',
    ],
  ],
  [1586, ["Duplicate entry '%v' for key %n"]],
  [1592, [['Unsafe statement written to the binary log %v', 'Unsafe statement written to the binary log']]],
  [1615, ['Prepared statement needs to be re-prepared']],
  [
    1621,
    [
      '%w variable %n is read-only. Use SET GLOBAL to assign the value',
      ['%w variable %n is read-only. %v', '%w variable %n is read-only'],
    ],
  ],
  [1649, ["Unknown locale: '%v'"]],
  [1690, ["%w value is out of range in '%v'"]],
  [
    1681,
    [
      [
        "'%v' is deprecated and will be removed in a future release.",
        'Something here is deprecated and will be removed in a future release',
      ],
    ],
  ],
  [1772, [["Malformed GTID set specification '%v'.", 'Malformed GTID set specification']]],
  [
    1792,
    [
      'Cannot execute statement in a READ ONLY transaction',
      'Cannot execute statement in a READ ONLY transaction.',
    ],
  ],
  [1832, ['Cannot change column %n: used in a foreign key constraint %n']],
  [1836, ['Running in read-only mode']],
  [
    1916,
    [
      [
        "Got overflow when converting '%v' to %w. Value truncated",
        'Got overflow when converting to %w. Value truncated',
      ],
    ],
  ],
  [
    1918,
    [
      [
        "Encountered illegal value '%v' when converting to %w",
        'Encountered an illegal value when converting to %w',
      ],
    ],
  ],
  [1958, [['Bad base64 data as position %v', 'Bad base64 data']]],
  [
    1969,
    [
      'Query execution was interrupted (max_statement_time exceeded)',
      ['Query execution was interrupted: %v', 'Query execution was interrupted'],
    ],
  ],
  [3024, ['Query execution was interrupted, maximum statement execution time exceeded']],
  [3037, ['Invalid GIS data provided to function %n.']],
  [3057, [['Incorrect user-level lock name %v', 'Incorrect user-level lock name']]],
  [3105, ['The value specified for generated column %n in table %n is not allowed.']],
  [
    3140,
    [
      [
        'Invalid JSON text: "%v" at position %v in value for column %n.',
        'Invalid JSON text in value for column %n.',
      ],
    ],
  ],
  [
    3141,
    [
      [
        'Invalid JSON text in argument %v to function %n: "%v" at position %v',
        'Invalid JSON text in an argument to function %n',
      ],
    ],
  ],
  [
    3143,
    [
      [
        'Invalid JSON path expression. The error is around character position %v.',
        'Invalid JSON path expression.',
      ],
    ],
  ],
  [
    3144,
    [
      [
        'Cannot create a JSON value from a string with CHARACTER SET %n.',
        'Cannot create a JSON value from a string with CHARACTER SET %n.',
      ],
    ],
  ],
  [
    3146,
    [
      [
        'Invalid data type for JSON data in argument %v to function %n; a JSON string or JSON type is required.',
        'Invalid data type for JSON data in an argument to function %n; a JSON string or JSON type is required.',
      ],
    ],
  ],
  [3149, ['In this situation, path expressions may not contain the * and ** tokens or an array range.']],
  [
    3156,
    [
      [
        'Invalid JSON value for CAST to %w from column %n at row %v',
        'Invalid JSON value for CAST to %w from column %n',
      ],
    ],
  ],
  [3157, ['The JSON document exceeds the maximum depth.']],
  [3158, ['JSON documents may not contain NULL member names.']],
  [3572, ['Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.']],
  [
    3669,
    [
      [
        "Value is out of range for JSON_TABLE's column %n",
        "Value is out of range for JSON_TABLE's column %n",
      ],
    ],
  ],
  [3685, ['Illegal argument to a regular expression.']],
  [3691, ['Mismatched parenthesis in regular expression.']],
  [3819, ['Check constraint %n is violated.']],
  [3948, ['Loading local data is disabled; this must be enabled on both the client and server sides']],
  [4025, ['CONSTRAINT %n failed for %n']],
  [
    4031,
    [
      'The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.',
    ],
  ],
  [
    4038,
    [
      [
        'Syntax error in JSON text in argument %v to function %n at position %v',
        'Syntax error in JSON text in an argument to function %n',
      ],
    ],
  ],
  [
    4042,
    [
      [
        'Syntax error in JSON path in argument %v to function %n at position %v',
        'Syntax error in JSON path in an argument to function %n',
      ],
    ],
  ],
  [
    4044,
    [
      [
        'Wildcards or range in JSON path not allowed in argument %v to function %n',
        'Wildcards or range in JSON path not allowed in an argument to function %n',
      ],
    ],
  ],
  [
    4078,
    [['Illegal parameter data types %v for operation %v', 'Illegal parameter data types for an operation']],
  ],
  [
    4094,
    [
      ['At line %v in %n', 'In %n'],
      ['At line %v in %v', 'In a block'],
    ],
  ],
  [4091, ['Unknown SEQUENCE: %n']],
  [
    4163,
    [
      [
        'User-level lock name %v should not exceed 64 characters.',
        'A user-level lock name should not exceed 64 characters.',
      ],
    ],
  ],
  [
    4166,
    [
      'The used command is not allowed because the MariaDB server or client has disabled the local infile capability',
    ],
  ],
])
