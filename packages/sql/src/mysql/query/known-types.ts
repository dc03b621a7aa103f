/** A column's or a cast's type, as the nearest one of those that the lineage knows by number. */

/** pg_type's numbers, which the shared lineage uses (lineage/value.ts). */
export const TYPE = {
  bool: 16,
  bytes: 17,
  integer: 20,
  string: 25,
  json: 114,
  float: 701,
  date: 1082,
  time: 1083,
  datetime: 1114,
  decimal: 1700,
} as const

/** Strings that compare by a rule of their own, or whose stored form is another, are of no known type. */
const BY_WORD: readonly (readonly [RegExp, number])[] = [
  [/^(tinyint|smallint|mediumint|int|integer|bigint|year|bool|boolean)\b/, TYPE.integer],
  [/^(decimal|numeric|dec|fixed)\b/, TYPE.decimal],
  [/^(float|double|real)\b/, TYPE.float],
  [/^(char|varchar|tinytext|text|mediumtext|longtext)\b/, TYPE.string],
  [/^(binary|varbinary|tinyblob|blob|mediumblob|longblob)\b/, TYPE.bytes],
  [/^json\b/, TYPE.json],
  [/^(datetime|timestamp)\b/, TYPE.datetime],
  [/^date\b/, TYPE.date],
  [/^time\b/, TYPE.time],
]

/** Of COLUMN_TYPE, e.g. `varchar(40)`; undefined for enum, set, bit, geometry and whatever else there is. */
export function typeOfColumn(type: string): number | undefined {
  const word = type.toLowerCase()
  return BY_WORD.find(([pattern]) => pattern.test(word))?.[1]
}

export type Family = 'number' | 'string' | 'bytes' | 'date' | 'json'

/** Values of one family are compared without being converted, and so without a warning that quotes them. */
export function familyOf(type: number | undefined): Family | undefined {
  switch (type) {
    case TYPE.bool:
    case TYPE.integer:
    case TYPE.decimal:
    case TYPE.float:
      return 'number'
    case TYPE.string:
      return 'string'
    case TYPE.bytes:
      return 'bytes'
    case TYPE.date:
    case TYPE.datetime:
      return 'date'
    case TYPE.json:
      return 'json'
    default:
      return undefined
  }
}
