/** Table of the forms of SHOW: the relation that shows the same, and the columns that come back. */

/**
 * `reads`: `schema.relation`, several with spaces between, `-` for none; `columns`: with commas between, as MariaDB 10.11 and
 * MySQL 9.7 name them; left out: not known. Of another version there may be more or fewer: then nothing is known of them.
 */
export interface ShowForm {
  readonly words: string
  readonly reads: string
  readonly columns?: string
  /** Where MySQL's differ. */
  readonly mysql?: string
}

const DATA = 'information_schema'

/** The longest that fits counts; words after the form are LIKE, WHERE, FROM and names. `*`: a name. */
export const SHOW_FORMS: readonly ShowForm[] = [
  { words: 'databases', reads: `${DATA}.schemata`, columns: 'Database' },
  { words: 'schemas', reads: `${DATA}.schemata`, columns: 'Database' },
  { words: 'tables', reads: `${DATA}.tables`, columns: 'Tables_in' },
  { words: 'full tables', reads: `${DATA}.tables`, columns: 'Tables_in,Table_type' },
  { words: 'extended tables', reads: `${DATA}.tables` },
  { words: 'extended full tables', reads: `${DATA}.tables` },
  {
    words: 'table status',
    reads: `${DATA}.tables`,
    columns:
      'Name,Engine,Version,Row_format,Rows,Avg_row_length,Data_length,Max_data_length,Index_length,Data_free,Auto_increment,Create_time,Update_time,Check_time,Collation,Checksum,Create_options,Comment,Max_index_length,Temporary',
    mysql:
      'Name,Engine,Version,Row_format,Rows,Avg_row_length,Data_length,Max_data_length,Index_length,Data_free,Auto_increment,Create_time,Update_time,Check_time,Collation,Checksum,Create_options,Comment',
  },
  { words: 'open tables', reads: `${DATA}.tables`, columns: 'Database,Table,In_use,Name_locked' },
  { words: 'columns', reads: `${DATA}.columns`, columns: 'Field,Type,Null,Key,Default,Extra' },
  { words: 'fields', reads: `${DATA}.columns`, columns: 'Field,Type,Null,Key,Default,Extra' },
  {
    words: 'full columns',
    reads: `${DATA}.columns`,
    columns: 'Field,Type,Collation,Null,Key,Default,Extra,Privileges,Comment',
  },
  {
    words: 'full fields',
    reads: `${DATA}.columns`,
    columns: 'Field,Type,Collation,Null,Key,Default,Extra,Privileges,Comment',
  },
  { words: 'extended columns', reads: `${DATA}.columns`, columns: 'Field,Type,Null,Key,Default,Extra' },
  { words: 'extended full columns', reads: `${DATA}.columns` },
  {
    words: 'index',
    reads: `${DATA}.statistics`,
    columns:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Ignored',
    mysql:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Visible,Expression',
  },
  {
    words: 'indexes',
    reads: `${DATA}.statistics`,
    columns:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Ignored',
    mysql:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Visible,Expression',
  },
  {
    words: 'keys',
    reads: `${DATA}.statistics`,
    columns:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Ignored',
    mysql:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Visible,Expression',
  },
  {
    words: 'extended index',
    reads: `${DATA}.statistics`,
    columns:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Ignored',
    mysql:
      'Table,Non_unique,Key_name,Seq_in_index,Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment,Index_comment,Visible,Expression',
  },
  { words: 'create table', reads: `${DATA}.tables ${DATA}.columns`, columns: 'Table,Create Table' },
  {
    words: 'create view',
    reads: `${DATA}.views`,
    columns: 'View,Create View,character_set_client,collation_connection',
  },
  { words: 'create database', reads: `${DATA}.schemata`, columns: 'Database,Create Database' },
  { words: 'create schema', reads: `${DATA}.schemata`, columns: 'Database,Create Database' },
  {
    words: 'create procedure',
    reads: `${DATA}.routines`,
    columns:
      'Procedure,sql_mode,Create Procedure,character_set_client,collation_connection,Database Collation',
  },
  {
    words: 'create function',
    reads: `${DATA}.routines`,
    columns: 'Function,sql_mode,Create Function,character_set_client,collation_connection,Database Collation',
  },
  { words: 'create package', reads: `${DATA}.routines` },
  {
    words: 'create trigger',
    reads: `${DATA}.triggers`,
    columns:
      'Trigger,sql_mode,SQL Original Statement,character_set_client,collation_connection,Database Collation,Created',
  },
  {
    words: 'create event',
    reads: `${DATA}.events`,
    columns:
      'Event,sql_mode,time_zone,Create Event,character_set_client,collation_connection,Database Collation',
  },
  { words: 'create sequence', reads: `${DATA}.tables`, columns: 'Table,Create Table' },
  { words: 'create user', reads: 'mysql.user' },
  { words: 'create server', reads: 'mysql.servers' },
  { words: 'create masking', reads: 'mysql.masking_policies' },
  {
    words: 'triggers',
    reads: `${DATA}.triggers`,
    columns:
      'Trigger,Event,Table,Statement,Timing,Created,sql_mode,Definer,character_set_client,collation_connection,Database Collation',
  },
  { words: 'full triggers', reads: `${DATA}.triggers` },
  {
    words: 'events',
    reads: `${DATA}.events`,
    columns:
      'Db,Name,Definer,Time zone,Type,Execute at,Interval value,Interval field,Starts,Ends,Status,Originator,character_set_client,collation_connection,Database Collation',
  },
  {
    words: 'procedure status',
    reads: `${DATA}.routines`,
    columns:
      'Db,Name,Type,Definer,Modified,Created,Security_type,Comment,character_set_client,collation_connection,Database Collation',
    mysql:
      'Db,Name,Type,Language,Definer,Modified,Created,Security_type,Comment,character_set_client,collation_connection,Database Collation',
  },
  {
    words: 'function status',
    reads: `${DATA}.routines`,
    columns:
      'Db,Name,Type,Definer,Modified,Created,Security_type,Comment,character_set_client,collation_connection,Database Collation',
    mysql:
      'Db,Name,Type,Language,Definer,Modified,Created,Security_type,Comment,character_set_client,collation_connection,Database Collation',
  },
  { words: 'package status', reads: `${DATA}.routines` },
  { words: 'package body status', reads: `${DATA}.routines` },
  { words: 'procedure code', reads: `${DATA}.routines` },
  { words: 'function code', reads: `${DATA}.routines` },
  {
    words: 'character set',
    reads: `${DATA}.character_sets`,
    columns: 'Charset,Description,Default collation,Maxlen',
  },
  {
    words: 'charset',
    reads: `${DATA}.character_sets`,
    columns: 'Charset,Description,Default collation,Maxlen',
  },
  {
    words: 'collation',
    reads: `${DATA}.collations`,
    columns: 'Collation,Charset,Id,Default,Compiled,Sortlen',
    mysql: 'Collation,Charset,Id,Default,Compiled,Sortlen,Pad_attribute',
  },
  {
    words: 'engines',
    reads: `${DATA}.engines`,
    columns: 'Engine,Support,Comment,Transactions,XA,Savepoints',
  },
  {
    words: 'storage engines',
    reads: `${DATA}.engines`,
    columns: 'Engine,Support,Comment,Transactions,XA,Savepoints',
  },
  { words: 'plugins', reads: `${DATA}.plugins`, columns: 'Name,Status,Type,Library,License' },
  { words: 'plugins soname', reads: `${DATA}.plugins` },
  { words: 'all plugins', reads: `${DATA}.plugins` },
  { words: 'privileges', reads: '-', columns: 'Privilege,Context,Comment' },
  { words: 'authors', reads: '-' },
  { words: 'contributors', reads: '-' },
  { words: 'locales', reads: `${DATA}.locales` },
  { words: 'variables', reads: '-', columns: 'Variable_name,Value' },
  { words: 'session variables', reads: '-', columns: 'Variable_name,Value' },
  { words: 'local variables', reads: '-', columns: 'Variable_name,Value' },
  { words: 'global variables', reads: '-', columns: 'Variable_name,Value' },
  { words: 'status', reads: `${DATA}.session_status`, columns: 'Variable_name,Value' },
  { words: 'session status', reads: `${DATA}.session_status`, columns: 'Variable_name,Value' },
  { words: 'local status', reads: `${DATA}.session_status`, columns: 'Variable_name,Value' },
  { words: 'global status', reads: `${DATA}.global_status`, columns: 'Variable_name,Value' },
  { words: 'processlist', reads: `${DATA}.processlist` },
  { words: 'full processlist', reads: `${DATA}.processlist` },
  { words: 'explain', reads: `${DATA}.processlist` },
  { words: 'profile', reads: `${DATA}.profiling` },
  { words: 'profiles', reads: `${DATA}.profiling` },
  { words: 'engine', reads: `${DATA}.processlist` },
  { words: 'client_statistics', reads: `${DATA}.client_statistics` },
  { words: 'user_statistics', reads: `${DATA}.user_statistics` },
  { words: 'index_statistics', reads: `${DATA}.index_statistics` },
  { words: 'table_statistics', reads: `${DATA}.table_statistics` },
  { words: 'parse_tree', reads: '-' },
]

/** What shows the server's own affairs: accounts, replication, logs with other sessions' statements. */
export const ADMIN_FORMS: readonly string[] = [
  'binary logs',
  'master logs',
  'binlog events',
  'binlog status',
  'binary log status',
  'master status',
  'slave status',
  'slave hosts',
  'all slaves status',
  'replica status',
  'replicas',
  'all replicas status',
  'relaylog events',
  'replica hosts',
]
