/** The spools of workers that are no more: recovered, shipped and kept by the first worker, each under its own chain. */
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { spoolOwner } from '@gatehouse/audit'
import { GatehouseError } from '@gatehouse/core'
import type { Configuration } from '../configuration/read-configuration.js'
import type { HealthDetail } from '../health.js'
import { faultFacts, type Log } from '../log.js'
import type { Depths } from '../metrics/metrics.js'
import type { Kept, RecordKeeping } from '../record-keeping.js'
import { leftFolders, type Station } from './station.js'

export interface LeftSpools {
  /** The first worker's own record keeping, with these counted in and closed with it. */
  joined(own: RecordKeeping): RecordKeeping
}

/** Milliseconds between looks at folders that a process which is still ending holds. */
const AGAIN = 2_000

/** `keep` opens a folder under the name of the instance whose chain stands there. Throws GH_SPOOL or GH_SINK. */
export async function adoptLeft(
  { instance, dataDir }: Pick<Configuration, 'instance' | 'dataDir'>,
  station: Station,
  log: Log,
  keep: (dir: string, owner: string) => Promise<Kept>,
): Promise<LeftSpools> {
  const kept: Kept[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  /** True when somebody else still holds it. */
  const adopt = async (dir: string): Promise<boolean> => {
    const owner = spoolOwner(dir)
    if (owner.instance === undefined) {
      if (!readdirSync(dir, { withFileTypes: true }).some((entry) => entry.isDirectory())) return false
      throw new GatehouseError(
        'GH_SPOOL',
        `\`${dir}/chain.json\` is missing but records are there: this spool is damaged`,
      )
    }
    if (owner.instance !== instance && !owner.instance.startsWith(`${instance}/`))
      throw new GatehouseError(
        'GH_SPOOL',
        `\`${dir}\` holds the records of instance \`${owner.instance}\`: keep that name or give \`${instance}\` a folder of its own`,
      )
    if (owner.process !== undefined) return true
    const one = await keep(dir, owner.instance)
    if (closed) await one.close()
    else kept.push(one)
    log.info(
      { spool: basename(dir), records: one.spool.stats().unshipped.records },
      'a spool that nobody writes to is looked after',
    )
    return false
  }

  const look = async (folders: readonly string[]): Promise<void> => {
    const held: string[] = []
    for (const dir of folders) if (await adopt(dir)) held.push(dir)
    if (held.length === 0 || closed) return
    timer = setTimeout(() => {
      look(held).catch((fault: unknown) =>
        log.error(faultFacts(fault), 'a spool that was left could not be opened'),
      )
    }, AGAIN)
    timer.unref()
  }

  const close = async () => {
    closed = true
    clearTimeout(timer)
    await Promise.all(kept.map((one) => one.close()))
  }

  try {
    await look(leftFolders(dataDir, station))
  } catch (fault) {
    await close()
    throw fault
  }
  return {
    joined: (own) => ({
      spool: own.spool,
      depths: depthsOf(() => [own, ...kept].map(({ depths }) => depths)),
      details: () => [...own.details(), ...kept.flatMap((one) => renamed(one))],
      async close() {
        await Promise.all([own.close(), close()])
      },
    }),
  }
}

/** Green ones say nothing: their number is nobody's concern. */
function renamed(one: Kept): HealthDetail[] {
  return one
    .details()
    .filter(({ colour }) => colour !== 'green')
    .map((detail) => ({ ...detail, part: `${detail.part} of ${basename(one.dir)}` }))
}

function depthsOf(all: () => readonly Depths[]): Depths {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return {
    spool() {
      const each = all().map((depths) => depths.spool())
      return {
        bytes: sum(each.map(({ bytes }) => bytes)),
        records: sum(each.map(({ records }) => records)),
        dropped: sum(each.map(({ dropped }) => dropped)),
      }
    },
    oldestSeconds: async () =>
      Math.max(...(await Promise.all(all().map((depths) => depths.oldestSeconds())))),
    kafka() {
      const each = all().flatMap((depths) => depths.kafka() ?? [])
      if (each.length === 0) return undefined
      return {
        lagRecords: sum(each.map(({ lagRecords }) => lagRecords)),
        lagSeconds: Math.max(...each.map(({ lagSeconds }) => lagSeconds)),
        shipped: sum(each.map(({ shipped }) => shipped)),
        failures: sum(each.map(({ failures }) => failures)),
      }
    },
  }
}
