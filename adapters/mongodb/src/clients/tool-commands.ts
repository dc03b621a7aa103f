/** Table: what tools ask at start and for their lists (mongodb.md §10), and what a reader and one without rights hear. */
import { type Document, Long } from 'bson'

type Heard = 'ok' | number

export interface Asked {
  readonly tool: string
  readonly command: Document
  /** The code where it is refused: the tool goes on without the answer. */
  readonly reader: Heard
  /** As the reader hears, where not said. */
  readonly nobody?: Heard
}

const admin = (tool: string, command: Document, reader: Heard, nobody: Heard = reader): Asked => ({
  tool,
  command: { ...command, $db: 'admin' },
  reader,
  nobody,
})
const shop = (tool: string, command: Document, reader: Heard, nobody: Heard = reader): Asked => ({
  tool,
  command: { ...command, $db: 'shop' },
  reader,
  nobody,
})

export const ASKED: readonly Asked[] = [
  admin('mongosh', { hello: 1 }, 'ok'),
  admin('mongosh', { buildInfo: 1 }, 'ok'),
  admin(
    'mongosh',
    {
      aggregate: 'atlascli',
      pipeline: [
        { $match: { managedClusterType: 'atlasCliLocalDevCluster' } },
        { $group: { _id: 1, n: { $sum: 1 } } },
      ],
      cursor: {},
    },
    'ok',
  ),
  admin('mongosh', { getParameter: 'foo' }, 13),
  admin('mongosh', { atlasVersion: 1 }, 59),
  admin('mongosh', { getParameter: 1, featureCompatibilityVersion: 1 }, 'ok'),
  admin('mongosh', { ping: 1 }, 'ok'),
  admin('mongosh', { getLog: 'startupWarnings' }, 'ok'),
  admin('mongosh', { listDatabases: 1, nameOnly: true }, 'ok'),
  shop(
    'mongosh',
    { listCollections: 1, filter: {}, nameOnly: true, authorizedCollections: false, cursor: {} },
    'ok',
  ),
  admin('Compass', { connectionStatus: 1, showPrivileges: true }, 'ok'),
  admin('Compass', { hostInfo: 1 }, 'ok'),
  admin('Compass', { buildInfo: 1 }, 'ok'),
  admin('Compass', { getParameter: 1, featureCompatibilityVersion: 1 }, 'ok'),
  admin('Compass', { atlasVersion: 1 }, 59),
  admin(
    'Compass',
    { aggregate: 'atlascli', pipeline: [{ $match: {} }, { $group: { _id: 1, n: { $sum: 1 } } }], cursor: {} },
    'ok',
  ),
  admin('Compass', { listDatabases: 1, nameOnly: true }, 'ok'),
  shop('Compass', { listCollections: 1, nameOnly: false, filter: {}, cursor: {} }, 'ok'),
  shop('Compass', { dbStats: 1 }, 13),
  shop('Compass', { collStats: 'orders' }, 'ok', 13),
  shop(
    'Compass',
    { aggregate: 'orders', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} },
    'ok',
    13,
  ),
  shop('Compass', { aggregate: 'orders', pipeline: [{ $indexStats: {} }], cursor: {} }, 'ok', 13),
  shop('Compass', { listIndexes: 'orders', cursor: {} }, 'ok', 13),
  shop('Compass', { aggregate: 'orders', pipeline: [{ $listSearchIndexes: {} }], cursor: {} }, 115, 13),
  shop(
    'Compass',
    { aggregate: 'orders', pipeline: [{ $sample: { size: 5 } }], cursor: {}, maxTimeMS: 10_000 },
    'ok',
    13,
  ),
  shop('Compass', { find: 'orders', filter: {}, limit: 20, sort: { _id: -1 } }, 'ok', 13),
  shop('Compass', { explain: { find: 'orders', filter: {} }, verbosity: 'queryPlanner' }, 'ok', 13),
  admin('Compass', { serverStatus: 1 }, 'ok'),
  admin('Compass', { top: 1 }, 'ok'),
  admin('Compass', { aggregate: 1, pipeline: [{ $currentOp: { allUsers: true } }], cursor: {} }, 13),
  admin('Compass', { killOp: 1, op: 1 }, 13),
  admin('mongodump', { isMaster: 1 }, 'ok'),
  admin('mongodump', { atlasVersion: 1 }, 59),
  admin('mongodump', { buildInfo: 1 }, 'ok'),
  admin('mongodump', { listDatabases: 1 }, 'ok'),
  shop('mongodump', { listCollections: 1, filter: { name: 'orders' }, cursor: {} }, 'ok'),
  shop('mongodump', { listIndexes: 'orders', cursor: {} }, 'ok', 13),
  shop('mongodump', { count: 'orders' }, 'ok', 13),
  shop('mongodump', { find: 'orders', filter: {}, hint: { _id: 1 }, noCursorTimeout: true }, 'ok', 13),
  admin('mongodump', { find: 'system.users', filter: {} }, 13),
  shop('mongorestore', { create: 'made' }, 13),
  shop('mongorestore', { createIndexes: 'orders', indexes: [{ key: { total: 1 }, name: 'total_1' }] }, 13),
  shop('mongorestore', { insert: 'orders', documents: [{ _id: 1 }], ordered: false }, 13),
  shop('mongorestore', { drop: 'orders' }, 13),
  shop('mongorestore', { collMod: 'orders', validationLevel: 'off' }, 13),
  shop('drivers', { killCursors: 'orders', cursors: [Long.fromNumber(7)] }, 'ok'),
  admin('drivers', { endSessions: [] }, 'ok'),
  // FerretDB has it not.
  admin('drivers', { getDefaultRWConcern: 1 }, 59),
  admin('drivers', { listCommands: 1 }, 'ok'),
  admin('Studio 3T', { whatsmyuri: 1 }, 'ok'),
  admin('Studio 3T', { replSetGetStatus: 1 }, 13),
  shop('Studio 3T', { usersInfo: 1 }, 13),
  shop('Studio 3T', { rolesInfo: 1 }, 13),
  shop('Studio 3T', { profile: -1 }, 13),
]
