/** The gateway's own connections: which of an upstream's hosts serves, and whether its accounts may do too much (R2, R12). */
import { GatehouseError } from '@gatehouse/core'
import type { Account, Site, Upstream } from './site.js'

export type Host = Upstream['hosts'][number]

/** How an adapter speaks to one host. */
export interface HostOpening<Connection> {
  open(host: Host): Promise<Connection>
  takesWrites(connection: Connection): boolean | Promise<boolean>
  close(connection: Connection): Promise<unknown>
  /** Of a fault, without what the server's text may quote. */
  reasonOf(fault: unknown): string
  /** As "no host of …" goes on. */
  readonly what: string
  /** Why a host that takes no writes was passed over. */
  readonly passedOver: string
}

/**
 * The host that answered last is tried first; with `role: primary` one that takes no writes is passed over.
 * Throws GH_CATALOG where none serves, and at once what is a finding of ours and no fault of the connection.
 */
export async function openServingHost<Connection>(
  { hosts, role }: Upstream,
  last: Host | undefined,
  opening: HostOpening<Connection>,
): Promise<{ readonly connection: Connection; readonly host: Host }> {
  let cause: unknown
  let reason = 'it has none'
  for (const host of lastFirst(hosts, last)) {
    try {
      const connection = await opening.open(host)
      if (role === 'any' || hosts.length === 1 || (await takesWrites(connection, opening)))
        return { connection, host }
      await opening.close(connection)
      reason = opening.passedOver
    } catch (fault) {
      if (fault instanceof GatehouseError) throw fault
      cause = fault
      reason = opening.reasonOf(fault)
    }
  }
  throw new GatehouseError('GH_CATALOG', `no host of ${opening.what} could be read: ${reason}`, { cause })
}

function lastFirst(hosts: readonly Host[], last: Host | undefined): readonly Host[] {
  if (last === undefined) return hosts
  return [last, ...hosts.filter(({ host, port }) => host !== last.host || port !== last.port)]
}

async function takesWrites<Connection>(connection: Connection, opening: HostOpening<Connection>) {
  try {
    return await opening.takesWrites(connection)
  } catch (fault) {
    await opening.close(connection)
    throw fault
  }
}

/** Each account once, however many groups use it. */
export function accountsOf({ accounts, catalogAccount }: Upstream): Account[] {
  return [...new Map([...accounts, catalogAccount].map((each) => [each.user, each])).values()]
}

/** An account that could undo the gateway's work ends the start (GH_CONFIGURATION), unless `privileged: accept` says otherwise. */
export function judgeRights(
  { upstream, listener, log }: Site,
  { user }: Account,
  rights: readonly string[],
): void {
  if (rights.length === 0) return
  const what = `upstream account \`${user}\` of listener \`${listener}\` has ${rights.join(', ')}`
  if (upstream.privileged === 'refuse')
    throw new GatehouseError(
      'GH_CONFIGURATION',
      `${what}; give it less, or accept it by \`upstream.privileged: accept\``,
    )
  log.warn({ account: user, rights }, `${what}, accepted by upstream.privileged`)
}
