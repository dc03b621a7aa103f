/** Type bytes of BSON elements (bsonspec.org, version 1.1). */

export const TYPE = {
  DOUBLE: 0x01,
  STRING: 0x02,
  DOCUMENT: 0x03,
  ARRAY: 0x04,
  BINARY: 0x05,
  UNDEFINED: 0x06,
  OBJECT_ID: 0x07,
  BOOLEAN: 0x08,
  DATE: 0x09,
  NULL: 0x0a,
  REGEX: 0x0b,
  DB_POINTER: 0x0c,
  CODE: 0x0d,
  SYMBOL: 0x0e,
  CODE_WITH_SCOPE: 0x0f,
  INT32: 0x10,
  TIMESTAMP: 0x11,
  INT64: 0x12,
  DECIMAL128: 0x13,
  MAX_KEY: 0x7f,
  MIN_KEY: 0xff,
} as const

export const SUBTYPE = {
  GENERIC: 0,
  FUNCTION: 1,
  OLD_BINARY: 2,
  OLD_UUID: 3,
  UUID: 4,
  MD5: 5,
  ENCRYPTED: 6,
  COLUMN: 7,
  SENSITIVE: 8,
  VECTOR: 9,
  USER: 0x80,
} as const

/** The shortest document: its length and its end. */
export const LEAST_DOCUMENT = 5
/** Levels of nesting: the server's limit for what is stored, and for what a command may hold. */
export const DEEPEST_DOCUMENT = 100
export const DEEPEST_COMMAND = 200
