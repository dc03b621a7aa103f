/** Table of the column types that random tables have: what a value of each looks like, and how a query can handle it. */

/** What a generated expression needs to know of a value. */
export type Kind = 'int' | 'text' | 'bool' | 'json' | 'num' | 'date' | 'texts' | 'ints' | 'row' | 'other'

export interface ColumnType {
  readonly name: string
  readonly kind: Kind
  /** An SQL literal; `other` differs from it for each n, in the classified columns of the changed database. */
  readonly value: (n: number, other: boolean) => string
}

const digits = (n: number, other: boolean) => n + (other ? 7 : 0)

export const TYPES: readonly ColumnType[] = [
  { name: 'int', kind: 'int', value: (n, other) => `${digits(n, other)}` },
  { name: 'bigint', kind: 'int', value: (n, other) => `${digits(n, other) * 3}` },
  { name: 'smallint', kind: 'int', value: (n, other) => `${digits(n, other)}` },
  { name: 'text', kind: 'text', value: (n, other) => `'${other ? 'z' : 'w'}${n}'` },
  { name: 'text', kind: 'text', value: (n, other) => `'${digits(n, other)}'` },
  { name: 'text', kind: 'text', value: (n, other) => (n === 2 ? 'null' : `'${other ? '' : 'Ab'}${n}'`) },
  { name: 'varchar(20)', kind: 'text', value: (n, other) => `'${other ? 'other' : 'v'} ${n}'` },
  { name: 'char(6)', kind: 'text', value: (n, other) => `'${other ? 'o' : 'c'}${n}'` },
  { name: 'word', kind: 'text', value: (n, other) => `'${other ? 'domain' : 'd'}${n}'` },
  { name: 'positive', kind: 'int', value: (n, other) => `${digits(n, other) + 1}` },
  { name: 'mood', kind: 'other', value: (n, other) => `'${['low', 'mid', 'top'][digits(n, other) % 3]}'` },
  { name: 'numeric(8,2)', kind: 'num', value: (n, other) => `${digits(n, other)}.25` },
  { name: 'float8', kind: 'num', value: (n, other) => `${digits(n, other)}.5` },
  { name: 'boolean', kind: 'bool', value: (n, other) => `${(n % 2 === 0) !== other}` },
  { name: 'date', kind: 'date', value: (n, other) => `'2024-0${digits(n, other) % 9 || 9}-11'` },
  { name: 'timestamptz', kind: 'date', value: (n, other) => `'2024-01-${digits(n, other) + 10} 10:00Z'` },
  {
    name: 'jsonb',
    kind: 'json',
    value: (n, other) => `'{"k": "${other ? 'o' : 'j'}${n}", "n": ${digits(n, other)}, "l": [{"k": ${n}}]}'`,
  },
  {
    name: 'json',
    kind: 'json',
    value: (n, other) => `'{"k": ${digits(n, other)}, "l": [1, ${digits(n, other)}]}'`,
  },
  { name: 'text[]', kind: 'texts', value: (n, other) => `array['${other ? 'o' : 'e'}${n}', 'x']` },
  { name: 'int[]', kind: 'ints', value: (n, other) => `array[${digits(n, other)}, 2]` },
  { name: 'int4range', kind: 'other', value: (n, other) => `int4range(${n}, ${digits(n, other) + 5})` },
  {
    name: 'uuid',
    kind: 'other',
    value: (n, other) => `'00000000-0000-0000-0000-0000000000${10 + digits(n, other)}'`,
  },
  { name: 'bytea', kind: 'other', value: (n, other) => `'\\x${10 + digits(n, other)}'` },
  { name: 'interval', kind: 'other', value: (n, other) => `'${digits(n, other)} hours'` },
  { name: 'inet', kind: 'other', value: (n, other) => `'10.0.0.${digits(n, other)}'` },
  {
    name: 'place',
    kind: 'row',
    value: (n, other) => `row('${other ? 'o' : 's'}${n}', ${digits(n, other)})`,
  },
]

/** Names that a column may have: ordinary, reserved, odd. */
export const COLUMN_NAMES: readonly string[] = [
  'a',
  'b',
  'c',
  'name',
  'note',
  'v',
  'w',
  'ssn',
  'email',
  'k',
  'upper',
  'value',
  'key',
  'kind',
  'Id',
  'Odd One',
  'select',
  'x:y',
  'a.b',
  'quo"te',
  'ünï',
  '$d',
  'oid2',
  'length',
  'text',
  'user',
  'left',
  'A',
]

export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

const RESERVED: ReadonlySet<string> = new Set(['select', 'user', 'left', 'all', 'end', 'order'])
