/** Takes records from the spool to Kafka: in order, at least once, the cursor moving only behind an acknowledgement. */
import { GatehouseError } from '@gatehouse/core'
import { type Cursor, saveCursor } from '../spool/cursor.js'
import type { AuditSpool } from '../spool/spool-options.js'
import type { SpoolBatch } from '../spool/spool-reader.js'
import { kafkaFailure } from './failure.js'
import type { KafkaOptions } from './kafka-options.js'
import { connectPublisher, type Publisher } from './publisher.js'

export interface KafkaShipperOptions extends KafkaOptions {
  readonly spool: AuditSpool
  readonly now: () => number
}

export interface ShipperStats {
  /** `waiting`: a failure is being waited out. `stuck`: it will not pass by itself; nothing is skipped. */
  readonly state: 'idle' | 'shipping' | 'waiting' | 'stuck' | 'stopped'
  /** Sequence number of the last record that Kafka acknowledged. */
  readonly sequence: number
  readonly unshipped: { readonly records: number; readonly bytes: number }
  /** Age of the oldest record that is not acknowledged. */
  readonly lagSeconds: number
  readonly failures: number
  readonly lastError?: string
}

export interface KafkaShipper {
  /**
   * Resolves once it runs. A broker that is down does not stop the start; one that refuses us, or a topic that is
   * missing and may not be created, does: GH_SINK.
   */
  start(): Promise<void>
  /** Ships what is there for at most `grace` milliseconds, then ends. */
  stop(grace: number): Promise<void>
  stats(): ShipperStats
}

const RECORDS = 500
/** JSON bytes; with keys and headers below the broker's default of 1,048,588 for one partition's batch. */
const BYTES = 700 * 1024
const IDLE = 50
const FIRST_PAUSE = 200
const LAST_PAUSE = 5000

export function createKafkaShipper(options: KafkaShipperOptions): KafkaShipper {
  const { spool, now } = options
  const source = `/gatehouse/${encodeURI(spool.chain.slice(0, spool.chain.lastIndexOf('/')))}`
  let at: Cursor = spool.cursor ?? { sequence: 0, segment: 0, offset: 0 }
  const reader = spool.reader(at)
  let publisher: Publisher | undefined
  let state: ShipperStats['state'] = 'idle'
  let limit = RECORDS
  let failures = 0
  let inRow = 0
  let lastError: string | undefined
  let oldest: number | undefined
  let stopBy: number | undefined
  let running: Promise<void> | undefined
  let wake = () => {}

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function failed(error: unknown, batch: SpoolBatch | undefined): Promise<void> {
    const { kind, message } = kafkaFailure(error)
    reader.seek(at)
    failures += 1
    lastError = message
    const count = batch?.records.length ?? 0
    if (kind === 'large' && count > 1) {
      limit = Math.floor(count / 2)
      return
    }
    const broken = publisher
    publisher = undefined
    await broken?.close()
    const hopeless = kind === 'large' || error instanceof GatehouseError
    state = hopeless ? 'stuck' : 'waiting'
    const first = batch?.records[0]
    const which =
      kind === 'large' && first !== undefined ? `record \`${first.uid}\` is too large for the broker: ` : ''
    options.log(hopeless ? 'error' : 'warn', `audit records wait in the spool: ${which}${message}`)
    const wait = Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** Math.min(inRow, 10))
    inRow += 1
    if (stopBy === undefined) await pause(wait)
    else await pause(Math.max(0, Math.min(wait, stopBy - now())))
  }

  async function ship(batch: SpoolBatch): Promise<void> {
    state = 'shipping'
    publisher ??= await connectPublisher(options, source)
    await publisher.send(batch.records, now())
    await saveCursor(spool.dir, batch.cursor)
    at = batch.cursor
    spool.acknowledge(at)
    limit = Math.min(RECORDS, limit * 2)
    inRow = 0
    lastError = undefined
  }

  async function run(): Promise<void> {
    while (stopBy === undefined || now() < stopBy) {
      let batch: SpoolBatch | undefined
      try {
        batch = await reader.next(limit, BYTES)
        oldest = batch.records[0]?.at
        if (batch.records.length > 0) {
          await ship(batch)
          continue
        }
        state = 'idle'
        if (stopBy !== undefined) break
        await pause(IDLE)
      } catch (error) {
        await failed(error, batch)
      }
    }
    await publisher?.close()
    state = 'stopped'
  }

  return {
    async start() {
      try {
        publisher = await connectPublisher(options, source)
      } catch (error) {
        const { kind, message } = kafkaFailure(error)
        if (error instanceof GatehouseError) throw error
        if (kind !== 'unreachable') {
          throw new GatehouseError('GH_SINK', `kafka refuses this gateway: ${message}`, { cause: error })
        }
        lastError = message
        options.log('warn', `kafka cannot be reached, records wait in the spool: ${message}`)
      }
      running = run()
    },
    async stop(grace) {
      // What nobody waited for is not yet sure, and what is not sure is not shipped.
      await new Promise((resolve) => spool.afterDecisions(resolve))
      stopBy = now() + grace
      wake()
      // A request that hangs is cut off by closing its connection.
      const timer = setTimeout(() => void publisher?.close(), grace)
      await running
      clearTimeout(timer)
    },
    stats: () => ({
      state,
      sequence: at.sequence,
      unshipped: spool.stats().unshipped,
      lagSeconds: oldest === undefined ? 0 : Math.max(0, (now() - oldest) / 1000),
      failures,
      ...(lastError === undefined ? {} : { lastError }),
    }),
  }
}
