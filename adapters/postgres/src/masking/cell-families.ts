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

/** Array types by their elements' types. */
export const ARRAY_ELEMENTS: ReadonlyMap<number, number> = new Map([
  [1009, 25],
  [1015, 1043],
  [1014, 1042],
  [1003, 19],
  [1005, 21],
  [1007, 23],
  [1016, 20],
  [1028, 26],
  [1021, 700],
  [1022, 701],
  [1231, 1700],
  [1182, 1082],
  [1115, 1114],
  [1185, 1184],
  [2951, 2950],
  [1001, 17],
  [199, 114],
  [3807, 3802],
])
