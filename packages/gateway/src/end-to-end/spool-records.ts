/** What a gateway's spool holds, read as an operator would. */
import { basename, join } from 'node:path'
import { readSpool } from '@gatehouse/audit'
import { spoolFolders } from '../workers/station.js'

/** The members of a record that tests look at (docs/audit-record.md). */
export interface SpoolRecord {
  readonly json: string
  readonly class_uid: number
  readonly status_detail?: string
  readonly status_code?: string
  readonly time: number
  readonly metadata: {
    readonly uid: string
    readonly sequence: number
    readonly correlation_uid?: string
    /** The chain. */
    readonly log_provider: string
  }
  readonly user?: { readonly name: string; readonly type_id: number }
  readonly actor?: { readonly user: { readonly name: string; readonly groups: readonly { name: string }[] } }
  readonly src_endpoint: { readonly ip?: string }
  readonly query_info?: { readonly uid: string; readonly query_string: string }
  readonly unmapped: {
    readonly gatehouse: {
      readonly phase: string
      readonly agent?: { readonly name: string; readonly on_behalf_of?: string; readonly verified: boolean }
      readonly decision?: { readonly effect: string; readonly rules: readonly string[] }
      readonly outcome?: { readonly status: string; readonly returned: number }
      readonly claimed?: { readonly login?: string }
    }
  }
}

/** In the order in which they were written; `folder` holds the data folder `name`. */
export async function spoolRecords(folder: string, name = 'var'): Promise<SpoolRecord[]> {
  const found: SpoolRecord[] = []
  for await (const { json } of readSpool(join(folder, name, 'spool')))
    found.push({ ...(JSON.parse(json) as Omit<SpoolRecord, 'json'>), json })
  return found
}

/** Of every spool folder of the data folder, by the folder's name. */
export async function allSpoolRecords(folder: string): Promise<ReadonlyMap<string, SpoolRecord[]>> {
  const found = new Map<string, SpoolRecord[]>()
  for (const dir of spoolFolders(join(folder, 'var'))) {
    const records: SpoolRecord[] = []
    for await (const { json } of readSpool(dir))
      records.push({ ...(JSON.parse(json) as Omit<SpoolRecord, 'json'>), json })
    found.set(basename(dir), records)
  }
  return found
}
