/** Table: words whose neighbours decide what they are. */

/** Functions to the server only when `(` follows at once, unless IGNORE_SPACE is on (lex.h, SYM_FN). */
const SPACE_SENSITIVE = new Set(
  (
    'adddate bit_and bit_or bit_xor cast count curdate curtime date_add date_sub extract group_concat ' +
    'json_arrayagg json_objectagg max mid min now position session_user st_collect std stddev stddev_pop stddev_samp ' +
    'subdate substr substring sum sysdate system_user trim variance var_pop var_samp date_format trim_oracle'
  ).split(' '),
)

export function isSpaceSensitive(word: string): boolean {
  return word.length <= 14 && SPACE_SENSITIVE.has(word.toLowerCase())
}

/** Words that parsers take for a type in front of a string, and the server for a name with an alias. */
const TYPE_NAMES = new Set(
  (
    'any array bignumeric bigdecimal bool boolean bytea bytes clob date32 datetime datetime64 enum8 enum16 fixedstring ' +
    'float32 float64 geometry geometrycollection hugeint inet4 inet6 int16 int32 int64 int128 int256 json jsonb linestring ' +
    'lowcardinality map multilinestring multipoint multipolygon nested nullable nvarchar national number point polygon ' +
    'regclass serial signed string struct text timestamptz timestamp_ntz timetz tsquery tsvector tuple ubigint ' +
    'uint8 uint16 uint32 uint64 uint128 uint256 uhugeint uinteger unspecified usmallint utinyint uuid varbit ' +
    'vector xmltype year bit national nchar'
  ).split(' '),
)

export function isTypeName(word: string): boolean {
  return TYPE_NAMES.has(word.toLowerCase())
}

/** Character sets of one byte, or of UTF-8: text in them reads the same as long as it is ASCII. */
const KNOWN = new Set(
  (
    'armscii8 ascii binary cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 dec8 geostd8 greek hebrew hp8 keybcs2 koi8r ' +
    'koi8u latin1 latin2 latin5 latin7 macce macroman tis620 utf8 utf8mb3 utf8mb4'
  ).split(' '),
)
const REFUSED = new Set(
  'big5 cp932 eucjpms euckr filename gb18030 gb2312 gbk sjis swe7 ucs2 ujis utf16 utf16le utf32'.split(' '),
)

/** What the server makes of `_word`. */
export function introducer(word: string): 'known' | 'refused' | 'none' {
  const name = word.slice(1).toLowerCase()
  if (KNOWN.has(name)) return 'known'
  return REFUSED.has(name) ? 'refused' : 'none'
}
