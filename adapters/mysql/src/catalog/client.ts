/** The connection over which a catalog is read: its own account, never a client's session. */
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2'

/** A row of strings, numbers and NULLs, by position. */
export type Row = readonly (string | number | null)[]

export interface CatalogClient {
  /** As the server's greeting says it. */
  readonly serverVersion: string
  /** Each row once, as it comes: a large result is never held. */
  each(text: string, take: (row: Row) => void): Promise<void>
  /** Rejects, and gives the connection up, after `within` milliseconds; by default longer than the server lets a query run. */
  rows(text: string, within?: number): Promise<readonly Row[]>
  end(): Promise<void>
}

const CONNECT_MS = 10_000
/** Longest that one query may take, in milliseconds: the foreign keys of 50,000 tables of MariaDB take half of it. */
export const QUERY_MS = 120_000

/** Connects. Rejects with the driver's fault when the server can't be reached or refuses the account. */
export async function connectClient(options: ConnectionOptions): Promise<CatalogClient> {
  const connection = createConnection({
    connectTimeout: CONNECT_MS,
    charset: 'utf8mb4',
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectAttributes: { program_name: 'gatehouse catalog' },
    ...options,
  })
  nameAddress(connection, options)
  // A query that finds the connection gone is told by the connection's own event alone.
  const waiting = new Set<(fault: unknown) => void>()
  connection.on('error', (fault) => {
    for (const fail of waiting) fail(fault)
  })
  await new Promise<void>((resolve, reject) => {
    connection.connect((fault) => (fault ? reject(fault) : resolve()))
  }).catch((fault: unknown) => {
    connection.destroy()
    throw fault
  })
  const each = (text: string, take: (row: Row) => void, within = QUERY_MS + CONNECT_MS) =>
    stream(connection, waiting, { text, within }, take)
  return {
    serverVersion: greetedVersion(connection),
    each: (text, take) => each(text, take),
    async rows(text, within) {
      const rows: Row[] = []
      await each(text, (row) => rows.push(row), within)
      return rows
    },
    end: () =>
      new Promise<void>((resolve) => {
        connection.end(() => resolve())
        setTimeout(() => {
          connection.destroy()
          resolve()
        }, 1000).unref()
      }),
  }
}

function stream(
  connection: Connection,
  waiting: Set<(fault: unknown) => void>,
  { text, within }: { readonly text: string; readonly within: number },
  take: (row: Row) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed = false
    const settle = () => {
      clearTimeout(patience)
      waiting.delete(fail)
    }
    const fail = (fault: unknown) => {
      failed = true
      settle()
      reject(fault)
    }
    // The driver's own deadline leaves the connection in the middle of a reply.
    const patience = setTimeout(() => {
      connection.destroy()
      fail(new Error('the server did not answer in time'))
    }, within)
    waiting.add(fail)
    connection
      .query(text)
      .on('error', fail)
      .on('result', (row: unknown) => {
        if (Array.isArray(row)) take(row as Row)
      })
      .on('end', () => {
        settle()
        if (!failed) resolve()
      })
  })
}

/**
 * The driver asks for a certificate of the host's name, but of no name where the host is an address: then Node takes the
 * one that the socket was connected by, and \`localhost\` where there is none.
 */
function nameAddress(connection: Connection, { host, ssl }: ConnectionOptions): void {
  const { stream } = connection as { stream?: { _host?: string } }
  if (ssl === undefined) return
  if (stream === undefined) throw new Error('the driver shows no socket whose certificate could be checked')
  if (host !== undefined) stream._host = host
}

/** The driver keeps the greeting and shows no part of it. */
function greetedVersion(connection: Connection): string {
  const { _handshakePacket: greeting } = connection as { _handshakePacket?: { serverVersion?: unknown } }
  return typeof greeting?.serverVersion === 'string' ? greeting.serverVersion : ''
}

/** Number of an error that the server sent, as opposed to a connection that is gone. */
export function serverErrorNumber(fault: unknown): number | undefined {
  if (!(fault instanceof Error) || !('sqlState' in fault) || !('errno' in fault)) return undefined
  return typeof fault.errno === 'number' ? fault.errno : undefined
}
