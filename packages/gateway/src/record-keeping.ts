/** The audit side of a gateway: the spool that every record enters, and what carries it on. */
import { join } from 'node:path'
import {
  type AuditSpool,
  createAuditSpool,
  createKafkaShipper,
  type KafkaShipper,
  type SpoolNote,
} from '@gatehouse/audit'
import type { AuditSettings } from './configuration/audit-keys.js'
import type { Configuration } from './configuration/read-configuration.js'
import type { HealthDetail } from './health.js'
import type { Log } from './log.js'
import type { Depths } from './metrics/metrics.js'
import { VERSION } from './version.js'
import { adoptLeft } from './workers/left-spools.js'
import { whenFree } from './workers/spool-in-use.js'
import { instanceOf, type Station, spoolName } from './workers/station.js'

export interface RecordKeeping {
  readonly spool: AuditSpool
  readonly depths: Depths
  details(): readonly HealthDetail[]
  /** Publishes what it can within a few seconds, then closes the spools. */
  close(): Promise<void>
}

export interface RecordKeepingSources {
  readonly log: Log
  readonly now: () => number
  readonly newId: () => string
}

/** One spool folder and what carries its records on. */
export interface Kept extends RecordKeeping {
  readonly dir: string
}

/** Milliseconds that the last records get to reach Kafka; what does not make it stays in the spool. */
const GRACE = 5_000
/** Part of the spool's size from which somebody should look. */
const NEARLY_FULL = 0.8
/** Seconds. */
const LATE = 60

/**
 * This process's own spool; the first process also takes those that no process of today's number writes to. Throws GH_SPOOL or
 * GH_SINK when the start must be refused.
 */
export async function openRecordKeeping(
  configuration: Configuration,
  station: Station,
  sources: RecordKeepingSources,
): Promise<RecordKeeping> {
  const { instance, dataDir, audit } = configuration
  const dir = join(dataDir, spoolName(station))
  // Workers whose primary was killed end within seconds; nobody else has business there.
  if (station.of > 1) await whenFree(dir, sources.now)
  const maxBytes = Math.floor(audit.spool.maxBytes / station.of)
  const own = await keepSpool(dir, instanceOf(instance, station), maxBytes, configuration, sources)
  if (station.number > 1) return own
  try {
    const left = await adoptLeft(configuration, station, sources.log, (folder, owner) =>
      keepSpool(folder, owner, audit.spool.maxBytes, configuration, sources),
    )
    return left.joined(own)
  } catch (fault) {
    await own.close()
    throw fault
  }
}

/** Throws GH_SPOOL or GH_SINK. */
async function keepSpool(
  dir: string,
  instance: string,
  maxBytes: number,
  { audit }: Configuration,
  { log, now, newId }: RecordKeepingSources,
): Promise<Kept> {
  let dropped = 0
  const spool = createAuditSpool({
    dir,
    instance,
    ...audit.spool,
    maxBytes,
    shipped: audit.kafka !== undefined,
    version: VERSION,
    now,
    newId,
    onNote(note: SpoolNote) {
      if (note.kind === 'dropped') dropped += 1
      log[note.kind === 'failed' ? 'error' : 'warn']({ ...note.facts, note: note.kind }, note.message)
    },
  })
  const shipper = audit.kafka && shipperFor(audit.kafka, instance, spool, log, now)
  try {
    await shipper?.start()
  } catch (fault) {
    spool.close()
    throw fault
  }
  const from = spool.stats().sequence - spool.stats().unshipped.records
  return {
    dir,
    spool,
    depths: {
      spool() {
        const { bytes, unshipped } = spool.stats()
        return { bytes, records: unshipped.records, dropped }
      },
      async oldestSeconds() {
        const [oldest] = (await spool.reader().next(1, 1)).records
        return oldest === undefined ? 0 : Math.max(0, (now() - oldest.at) / 1000)
      },
      kafka() {
        if (shipper === undefined) return undefined
        const { unshipped, lagSeconds, failures, sequence } = shipper.stats()
        return { lagRecords: unshipped.records, lagSeconds, failures, shipped: Math.max(0, sequence - from) }
      },
    },
    details: () => [spoolDetail(spool), ...(shipper === undefined ? [] : [kafkaDetail(shipper)])],
    async close() {
      await shipper?.stop(GRACE)
      spool.close()
    },
  }
}

function shipperFor(
  { brokers, topic, tls, sasl }: NonNullable<AuditSettings['kafka']>,
  instance: string,
  spool: AuditSpool,
  log: Log,
  now: () => number,
): KafkaShipper {
  return createKafkaShipper({
    brokers,
    topic,
    clientId: `gatehouse-${instance}`,
    ...(tls !== undefined && { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    ...(sasl !== undefined && { sasl: () => sasl }),
    log: (level, message) => log[level]({ part: 'kafka' }, message),
    spool,
    now,
  })
}

function spoolDetail(spool: AuditSpool): HealthDetail {
  const { bytes, maxBytes, failure } = spool.stats()
  if (failure !== undefined) return { part: 'spool', colour: 'red', message: failure }
  if (bytes <= maxBytes * NEARLY_FULL) return { part: 'spool', colour: 'green' }
  return { part: 'spool', colour: 'yellow', message: `${Math.round((bytes / maxBytes) * 100)} % full` }
}

/** Kafka being down is no failure of audit until the spool is full (architecture.md §1). */
function kafkaDetail(shipper: KafkaShipper): HealthDetail {
  const { state, lagSeconds, unshipped, lastError } = shipper.stats()
  const failing = state === 'waiting' || state === 'stuck' || lastError !== undefined
  if (!failing && lagSeconds < LATE) return { part: 'kafka', colour: 'green' }
  const message = `${unshipped.records} records wait${lastError === undefined ? '' : `: ${lastError}`}`
  return { part: 'kafka', colour: 'yellow', message }
}
