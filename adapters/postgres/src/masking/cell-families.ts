/** Table of the built-in types whose cells can be masked by more than NULL (OIDs of pg_type.dat, fixed for all versions). */

export type CellFamily =
  | 'text'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'oid'
  | 'float4'
  | 'float8'
  | 'numeric'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
  | 'bytea'
  | 'json'
  | 'jsonb'

/** Any OID that isn't here (enum, domain over nothing known, array, composite, range, extension …) only fits NULL. */
export const CELL_FAMILIES: ReadonlyMap<number, CellFamily> = new Map([
  [25, 'text'],
  [1043, 'text'],
  [1042, 'text'],
  [19, 'text'],
  [705, 'text'],
  [21, 'int2'],
  [23, 'int4'],
  [20, 'int8'],
  [26, 'oid'],
  [700, 'float4'],
  [701, 'float8'],
  [1700, 'numeric'],
  [1082, 'date'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
  [2950, 'uuid'],
  [17, 'bytea'],
  [114, 'json'],
  [3802, 'jsonb'],
])
