/** Table of the built-in types that a text can name, and what the resolver needs to know of them (pg_type). */

/** name: [oid, category, element]. Categories as in pg_type.typcategory. */
const TYPES: Readonly<Record<string, readonly [number, string, number?]>> = {
  bool: [16, 'B'],
  bytea: [17, 'U'],
  char: [18, 'Z'],
  name: [19, 'S'],
  int8: [20, 'N'],
  int2: [21, 'N'],
  int2vector: [22, 'A', 21],
  int4: [23, 'N'],
  regproc: [24, 'N'],
  text: [25, 'S'],
  oid: [26, 'N'],
  tid: [27, 'U'],
  xid: [28, 'U'],
  cid: [29, 'U'],
  oidvector: [30, 'A', 26],
  json: [114, 'U'],
  xml: [142, 'U'],
  pg_node_tree: [194, 'Z'],
  point: [600, 'G'],
  lseg: [601, 'G'],
  path: [602, 'G'],
  box: [603, 'G'],
  polygon: [604, 'G'],
  line: [628, 'G'],
  cidr: [650, 'I'],
  float4: [700, 'N'],
  float8: [701, 'N'],
  unknown: [705, 'X'],
  circle: [718, 'G'],
  macaddr8: [774, 'U'],
  money: [790, 'N'],
  macaddr: [829, 'U'],
  inet: [869, 'I'],
  aclitem: [1033, 'U'],
  bpchar: [1042, 'S'],
  varchar: [1043, 'S'],
  date: [1082, 'D'],
  time: [1083, 'D'],
  timestamp: [1114, 'D'],
  timestamptz: [1184, 'D'],
  interval: [1186, 'T'],
  timetz: [1266, 'D'],
  bit: [1560, 'V'],
  varbit: [1562, 'V'],
  numeric: [1700, 'N'],
  refcursor: [1790, 'U'],
  regprocedure: [2202, 'N'],
  regoper: [2203, 'N'],
  regoperator: [2204, 'N'],
  regclass: [2205, 'N'],
  regtype: [2206, 'N'],
  record: [2249, 'P'],
  void: [2278, 'P'],
  anyelement: [2283, 'P'],
  anyarray: [2277, 'P'],
  uuid: [2950, 'U'],
  txid_snapshot: [2970, 'U'],
  pg_lsn: [3220, 'U'],
  tsvector: [3614, 'U'],
  tsquery: [3615, 'U'],
  gtsvector: [3642, 'U'],
  regconfig: [3734, 'N'],
  regdictionary: [3769, 'N'],
  jsonb: [3802, 'U'],
  int4range: [3904, 'R'],
  numrange: [3906, 'R'],
  tsrange: [3908, 'R'],
  tstzrange: [3910, 'R'],
  daterange: [3912, 'R'],
  int8range: [3926, 'R'],
  jsonpath: [4072, 'U'],
  regnamespace: [4089, 'N'],
  regrole: [4096, 'N'],
  regcollation: [4191, 'N'],
  int4multirange: [4451, 'R'],
  nummultirange: [4532, 'R'],
  tsmultirange: [4533, 'R'],
  tstzmultirange: [4534, 'R'],
  datemultirange: [4535, 'R'],
  int8multirange: [4536, 'R'],
  pg_snapshot: [5038, 'U'],
  xid8: [5069, 'U'],
}

/** Their array types' OIDs. */
const ARRAYS: Readonly<Record<string, number>> = {
  bool: 1000,
  bytea: 1001,
  char: 1002,
  name: 1003,
  int8: 1016,
  int2: 1005,
  int4: 1007,
  text: 1009,
  oid: 1028,
  json: 199,
  xml: 143,
  float4: 1021,
  float8: 1022,
  money: 791,
  inet: 1041,
  cidr: 651,
  bpchar: 1014,
  varchar: 1015,
  date: 1182,
  time: 1183,
  timestamp: 1115,
  timestamptz: 1185,
  interval: 1187,
  timetz: 1270,
  bit: 1561,
  varbit: 1563,
  numeric: 1231,
  uuid: 2951,
  jsonb: 3807,
  regclass: 2210,
  regtype: 2211,
  xid8: 271,
  macaddr: 1040,
  point: 1017,
}

const byOid = new Map(Object.entries(TYPES).map(([name, [oid, category]]) => [oid, { name, category }]))

/** OID of the built-in type; undefined when there is none of this name. */
export function builtinType(name: string, array = false): number | undefined {
  if (!Object.hasOwn(TYPES, name)) return undefined
  return array ? (ARRAYS[name] ?? 0) : TYPES[name]?.[0]
}

export function typeCategory(oid: number): string | undefined {
  return byOid.get(oid)?.category
}

const arrays = new Set(Object.values(ARRAYS))

export function isArrayType(oid: number): boolean {
  return arrays.has(oid)
}

export function typeName(oid: number): string | undefined {
  return byOid.get(oid)?.name
}

export const TYPE = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  name: 19,
  json: 114,
  bpchar: 1042,
  varchar: 1043,
  numeric: 1700,
  float4: 700,
  float8: 701,
  unknown: 705,
  jsonb: 3802,
  record: 2249,
  tid: 27,
  xid: 28,
  cid: 29,
  oid: 26,
  regclass: 2205,
} as const
