/** What kind of values a column's declared type can hold, over the type names of all databases. */

export type TypeFamily =
  | 'boolean'
  | 'small'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'text'
  | 'enum'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'uuid'
  | 'binary'
  | 'json'
  | 'network'
  | 'geo'
  | 'unknown'

const FAMILIES: readonly (readonly [RegExp, TypeFamily])[] = [
  [/^(bool(ean)?|bit(\(1\))?|tinyint\(1\))$/, 'boolean'],
  [/^(smallint|int2|smallserial|tinyint|year)\b/, 'small'],
  [
    /^(int|integer|int4|int8|int64|int32|bigint|mediumint|serial|bigserial|long|oid|number)\b(?!\(\d+, *[1-9])/,
    'integer',
  ],
  [/^(numeric|decimal|dec|money|smallmoney|number)\b/, 'decimal'],
  [/^(float\d*|real|double( precision)?)\b/, 'float'],
  [/^(enum|set)\b/, 'enum'],
  [/^(timestamp|timestamptz|datetime|datetime2|smalldatetime|datetimeoffset|isodate)\b/, 'timestamp'],
  [/^date$/, 'date'],
  [/^(time|timetz|interval)\b/, 'time'],
  [/^(uuid|uniqueidentifier|objectid)$/, 'uuid'],
  [/^(bytea|(var)?binary|(tiny|medium|long)?blob|image|raw|bindata)\b/, 'binary'],
  [/^(jsonb?|hstore|object|map|document|bson)$/, 'json'],
  [/^(inet|cidr|inet4|inet6)$/, 'network'],
  [/^(geometry|geography|point|polygon|sdo_geometry)\b/, 'geo'],
  [
    /^((var|n|nvar)?char2?|character( varying)?|bpchar|(tiny|medium|long|n)?text|citext|string|name|clob|nvarchar2|xml|sysname)\b/,
    'text',
  ],
]

/** An array counts as its element; a type that is not known counts as `unknown`, which every rule accepts. */
export function typeFamily(type: string): TypeFamily {
  const plain = type
    .toLowerCase()
    .trim()
    .replace(/^(array|nullable|lowcardinality)[<(](.*)[>)]$/, '$2')
    .replace(/(\[\d*\])+$/, '')
    .replace(/^_/, '')
    .replace(/ unsigned$/, '')
  for (const [pattern, family] of FAMILIES) if (pattern.test(plain)) return family
  return 'unknown'
}
