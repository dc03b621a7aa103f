/** Table of built-ins that neither raise nor warn, take constant time and give one value, whatever they get (R16). */

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/**
 * In every argument. A warning quotes what it is about (`Truncated incorrect DOUBLE value: '…'`), so whatever converts
 * a string to a number, a date or a document is not here.
 */
export const TOTAL = names(`
  lower lcase upper ucase reverse trim ltrim rtrim concat concat_ws md5 sha sha1 hex to_base64
  char_length character_length length lengthb octet_length bit_length quote soundex crc32 crc32c isnull
  coalesce ifnull nvl nvl2 max min any_value group_concat json_arrayagg json_array
  row_number rank dense_rank percent_rank cume_dist first_value last_value
  now curdate curtime current_date current_time current_timestamp localtime localtimestamp sysdate utc_date utc_time
  utc_timestamp
  database schema user current_user session_user system_user current_role version connection_id pi rand uuid uuid_short
  last_insert_id row_count found_rows collation charset coercibility icu_version rownum sys_guid current_schema
`)

/** With one argument: MariaDB takes more, which it converts. */
export const TOTAL_OF_ONE = names('crc32 crc32c first_value last_value')

/** In the first argument; the others must hold no field. */
export const TOTAL_FIRST = names('lag lead nth_value')

/** In the first argument, the others being integer literals. */
export const TOTAL_INTEGER_POSITIONS = names('left right substr substring mid')

/** Without arguments; what is given to it is converted, remembered or seeds it. */
export const TOTAL_ALONE = names(`
  now curdate curtime current_date current_time current_timestamp localtime localtimestamp sysdate utc_date utc_time
  utc_timestamp last_insert_id rand unix_timestamp
`)

/** Gathers many values into one (R21). */
export const COLLECTING = names('group_concat json_arrayagg json_objectagg st_collect json_group_array')

/** Of the size of what they get twice over, at the most. */
export const DOUBLING = names('hex to_base64 quote json_array json_quote')

/** Of a size of its own. */
export const SIZED_RESULT = names(`
  md5 sha sha1 char_length character_length length lengthb octet_length bit_length soundex crc32 crc32c isnull
`)
