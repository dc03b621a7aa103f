/** The public names of @gatehouse/audit. */
export type { KafkaOptions, KafkaSasl } from './kafka/kafka-options.js'
export {
  createKafkaShipper,
  type KafkaShipper,
  type KafkaShipperOptions,
  type ShipperStats,
} from './kafka/kafka-shipper.js'
export type { SpoolNote } from './ocsf/note-writer.js'
export { createAuditSpool, RECORD_LIMIT } from './spool/audit-spool.js'
export type { Cursor } from './spool/cursor.js'
export type { SpoolFiles } from './spool/spool-files.js'
export type { AuditSpool, AuditSpoolOptions, SpoolStats } from './spool/spool-options.js'
export { type SpoolOwner, spoolOwner } from './spool/spool-owner.js'
export type { SpoolBatch, SpoolReader, SpoolRecord } from './spool/spool-reader.js'
export { type ReadSpoolOptions, readSpool, type TailedRecord } from './tail/read-spool.js'
export { printable, recordLine } from './tail/record-line.js'
