/** A spool record as a Kafka message: CloudEvents 1.0, Kafka binding, binary mode. */
import type { Message } from 'kafkajs'
import type { SpoolRecord } from '../spool/spool-reader.js'

const TYPE: Readonly<Record<SpoolRecord['type'], string>> = {
  decision: 'dev.gatehouse.audit.statement.v1',
  outcome: 'dev.gatehouse.audit.statement.v1',
  'sign-in': 'dev.gatehouse.audit.sign-in.v1',
  spool: 'dev.gatehouse.audit.spool.v1',
}

/** `source` is the instance's `ce_source`. A broker may reject times ahead of its own: `now` bounds the message's. */
export function kafkaMessage(record: SpoolRecord, source: string, now: number): Message {
  return {
    key: record.key,
    value: record.json,
    timestamp: String(Math.max(0, Math.min(record.at, now))),
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: record.uid,
      ce_source: source,
      ce_type: TYPE[record.type],
      ce_time: new Date(Math.max(0, Math.min(record.at, 253402300799999))).toISOString(),
      ce_subject: record.subject,
      ce_dataschema: 'https://gatehouse.dev/schemas/audit/1.0.json',
    },
  }
}
