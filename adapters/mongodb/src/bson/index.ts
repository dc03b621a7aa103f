/** BSON in place: what is read, held against its lengths, and written. */
export { bsonFault, int32At, int64At, nulAt, putInt32, textAt } from './bytes.js'
export * from './extent.js'
export * from './form.js'
export * from './free-values.js'
export * from './types.js'
export * from './validate.js'
export * from './value.js'
export * from './writer.js'
