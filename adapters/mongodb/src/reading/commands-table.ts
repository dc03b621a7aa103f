/** Table of commands: what each does, to what, with which fields, and who may come near it (mongodb.md §4). */
import type { Verb } from '@gatehouse/core'

/** Read by code of their own; the others by what the table says. */
export type OwnReading =
  | 'find'
  | 'aggregate'
  | 'count'
  | 'distinct'
  | 'mapReduce'
  | 'explain'
  | 'insert'
  | 'update'
  | 'delete'
  | 'findAndModify'
  | 'bulkWrite'
  | 'cursor'
  | 'sessions'
  | 'create'
  | 'collMod'
  | 'createIndexes'
  | 'rename'
  | 'copy'
  | 'stats'
  | 'parameter'
  | 'log'
  | 'users'

export type Treatment =
  /** The gateway answers; nothing goes upstream. */
  | { readonly kind: 'own' }
  | { readonly kind: 'read'; readonly by: OwnReading; readonly writes: boolean }
  /** One action on the collection, the database or the command itself. */
  | { readonly kind: 'act'; readonly verb: Verb; readonly on: 'collection' | 'database' | 'command' }
  /** Everyone who is signed in; names that the viewer may not know of are left out of the reply. */
  | { readonly kind: 'list'; readonly of: 'databases' | 'collections' | 'nothing' }
  /** No rule permits it. */
  | { readonly kind: 'never'; readonly why: string }
  /** Servers of today do not have it. */
  | { readonly kind: 'gone' }

export interface CommandEntry {
  readonly name: string
  readonly treatment: Treatment
  /** Fields that it may have beside the generic ones; undefined: any, as they are names of parameters. */
  readonly fields: ReadonlySet<string> | undefined
}

/** Arguments that any command may have. */
export const GENERIC: ReadonlySet<string> = new Set([
  '$db',
  '$readPreference',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  '$clusterTime',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
])

/** Arguments that servers of a cluster give each other: refused by name wherever they stand. */
export const INTERNAL: ReadonlySet<string> = new Set([
  'fromMongos',
  'fromRouter',
  'needsMerge',
  'needsSortedMerge',
  'mergeByPBRT',
  'exchange',
  'runtimeConstants',
  'legacyRuntimeConstants',
  'shardVersion',
  'databaseVersion',
  'allowImplicitCollectionCreation',
  '$audit',
  '$client',
  '$impersonatedUsers',
  '$impersonatedRoles',
  '$configServerState',
  '$configTime',
  '$topologyTime',
  '$oplogQueryData',
  '$replData',
  '$gleStats',
  '$queryOptions',
  '$traceCtx',
  'mayBypassWriteBlocking',
  'bypassEmptyTsReplacement',
  'isTimeseriesNamespace',
  'isClusterQueryWithoutShardKeyCmd',
  'requestResumeToken',
  'resumeAfter',
  'requestGossipRoutingCache',
  'originalQueryShapeHash',
  'originalQuery',
  'querySettings',
  'upsertSupplied',
  'stmtId',
  'stmtIds',
  'sampleId',
  'rawData',
  'collectionUUID',
  'term',
  'maxTimeMSOpOnly',
  'encryptionInformation',
  'expectPrefix',
  'readOnce',
  'impersonatedUsers',
  'clientInfo',
])

function names(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.trim().split(/\s+/)
}

function rows(treatment: Treatment, commands: string, fields = ''): readonly CommandEntry[] {
  return names(commands).map((name) => ({
    name,
    treatment,
    fields: fields === 'any' ? undefined : new Set(names(fields)),
  }))
}

const own = (commands: string, fields?: string) => rows({ kind: 'own' }, commands, fields)
const read = (by: OwnReading, commands: string, fields: string) =>
  rows({ kind: 'read', by, writes: false }, commands, fields)
const write = (by: OwnReading, commands: string, fields: string) =>
  rows({ kind: 'read', by, writes: true }, commands, fields)
const act = (verb: Verb, on: 'collection' | 'database' | 'command', commands: string, fields?: string) =>
  rows({ kind: 'act', verb, on }, commands, fields)
const any = (verb: Verb, commands: string): readonly CommandEntry[] =>
  names(commands).map((name) => ({
    name,
    treatment: { kind: 'act', verb, on: 'command' },
    fields: undefined,
  }))
const never = (why: string, commands: string): readonly CommandEntry[] =>
  names(commands).map((name) => ({ name, treatment: { kind: 'never', why }, fields: undefined }))
const gone = (commands: string): readonly CommandEntry[] =>
  names(commands).map((name) => ({ name, treatment: { kind: 'gone' }, fields: undefined }))

const ACCOUNTS = 'it changes accounts or rights of the database, which the gateway stands in front of'
const OUTAGE = 'it takes the server away from everyone'
const INSIDE = 'it is for servers of a cluster among themselves'
const CLUSTER = 'it changes where a cluster keeps its data'
const NETWORK = 'it sends data over the network to places of its own'

const ENTRIES: readonly CommandEntry[] = [
  // Handshake, sign-in and what tools ask when they connect.
  ...own(
    'hello isMaster',
    `helloOk client compression saslSupportedMechs speculativeAuthenticate loadBalanced backpressure topologyVersion
    maxAwaitTimeMS hostInfo`,
  ),
  ...own('saslStart saslContinue', 'mechanism payload options conversationId autoAuthorize'),
  ...own('authenticate', 'mechanism user'),
  ...own(
    'logout ping whatsmyuri buildInfo listCommands atlasVersion isdbgrid getFreeMonitoringStatus startSession',
  ),
  ...own('connectionStatus', 'showPrivileges'),
  ...own('hostInfo top'),
  ...rows({ kind: 'own' }, 'serverStatus', 'any'),

  // Documents.
  ...read(
    'find',
    'find',
    `filter sort projection hint skip limit batchSize singleBatch max min returnKey showRecordId tailable oplogReplay
    noCursorTimeout awaitData allowPartialResults collation allowDiskUse let`,
  ),
  ...read(
    'aggregate',
    'aggregate',
    'pipeline explain allowDiskUse cursor bypassDocumentValidation hint collation let',
  ),
  ...read('count', 'count', 'query limit skip hint collation fields'),
  ...read('distinct', 'distinct', 'key query collation hint'),
  ...write(
    'mapReduce',
    'mapReduce',
    'map reduce finalize query sort limit scope out verbose jsMode collation bypassDocumentValidation',
  ),
  ...read('explain', 'explain', 'verbosity'),
  ...write('insert', 'insert', 'documents ordered bypassDocumentValidation'),
  ...write('update', 'update', 'updates ordered bypassDocumentValidation let'),
  ...write('delete', 'delete', 'deletes ordered let'),
  ...write(
    'findAndModify',
    'findAndModify',
    `query sort remove update new fields upsert bypassDocumentValidation arrayFilters hint collation let`,
  ),
  ...write('bulkWrite', 'bulkWrite', 'ops nsInfo ordered bypassDocumentValidation let errorsOnly cursor'),
  ...read('cursor', 'getMore', 'collection batchSize'),
  ...read('cursor', 'killCursors', 'cursors'),
  ...read('cursor', 'releaseMemory', ''),

  // Sessions and transactions.
  ...read('sessions', 'refreshSessions endSessions killSessions', ''),
  ...act('transaction', 'database', 'commitTransaction abortTransaction', 'recoveryToken'),
  ...never('it ends what other people do', 'killAllSessions killAllSessionsByPattern'),
  ...never(INSIDE, 'prepareTransaction coordinateCommitTransaction'),

  // Names and definitions.
  ...rows({ kind: 'list', of: 'databases' }, 'listDatabases', 'filter nameOnly authorizedDatabases'),
  ...rows(
    { kind: 'list', of: 'collections' },
    'listCollections',
    'filter nameOnly authorizedCollections cursor',
  ),
  ...rows({ kind: 'list', of: 'nothing' }, 'getDefaultRWConcern', 'inMemory'),
  ...read('stats', 'listIndexes', 'cursor'),
  ...write(
    'create',
    'create',
    `capped autoIndexId idIndex size max storageEngine validator validationLevel validationAction indexOptionDefaults
    viewOn pipeline collation timeseries expireAfterSeconds clusteredIndex changeStreamPreAndPostImages encryptedFields`,
  ),
  ...write(
    'collMod',
    'collMod',
    `index validator validationLevel validationAction viewOn pipeline cappedSize cappedMax expireAfterSeconds
    changeStreamPreAndPostImages timeseries dryRun`,
  ),
  ...act('drop', 'collection', 'drop'),
  ...act('drop', 'database', 'dropDatabase'),
  ...write('rename', 'renameCollection', 'to dropTarget'),
  ...write('copy', 'convertToCapped', 'size'),
  ...write('copy', 'cloneCollectionAsCapped', 'toCollection size'),
  ...write('createIndexes', 'createIndexes', 'indexes commitQuorum'),
  ...act('drop', 'collection', 'dropIndexes deleteIndexes', 'index'),
  ...act('admin', 'collection', 'reIndex'),
  ...act('admin', 'collection', 'setIndexCommitQuorum', 'indexNames commitQuorum'),
  ...act('create', 'collection', 'createSearchIndexes', 'indexes'),
  ...act('alter', 'collection', 'updateSearchIndex', 'id name definition'),
  ...act('drop', 'collection', 'dropSearchIndex', 'id name'),

  // Sizes and health.
  ...act('admin', 'collection', 'compact', 'force freeSpaceTargetMB dryRun'),
  ...act('admin', 'command', 'autoCompact', 'freeSpaceTargetMB runOnce'),
  ...act(
    'admin',
    'collection',
    'validate',
    'full repair metadata checkBSONConformance background fixMultikey',
  ),
  ...act('admin', 'command', 'validateDBMetadata', 'db collection apiParameters'),
  ...act(
    'admin',
    'collection',
    'compactStructuredEncryptionData cleanupStructuredEncryptionData',
    'compactionTokens cleanupTokens',
  ),
  ...read('stats', 'collStats', 'scale freeStorage'),
  ...read('stats', 'dbStats', 'scale freeStorage'),
  ...read('stats', 'dataSize', 'keyPattern min max estimate'),
  ...act('admin', 'command', 'dbHash', 'collections skipTempCollections'),
  ...act('admin', 'command', 'filemd5', 'root partialOk md5state'),
  ...act(
    'admin',
    'collection',
    'planCacheClear',
    'query sort projection collation planCacheKey planCacheShapeHash',
  ),
  ...act('admin', 'collection', 'planCacheClearFilters', 'query sort projection collation'),
  ...act('admin', 'collection', 'planCacheListFilters'),
  ...act('admin', 'collection', 'planCacheSetFilter', 'query sort projection collation indexes comment'),
  ...act('admin', 'command', 'setQuerySettings', 'settings'),
  ...act('admin', 'command', 'removeQuerySettings'),

  // The server itself.
  ...any('admin', 'currentOp'),
  ...act('admin', 'command', 'killOp', 'op'),
  ...read('log', 'getLog', ''),
  ...act('admin', 'command', 'getCmdLineOpts lockInfo connPoolStats connPoolSync shardConnPoolStats netstat'),
  ...any('admin', 'getDiagnosticData'),
  ...rows({ kind: 'read', by: 'parameter', writes: false }, 'getParameter', 'any'),
  ...any('admin', 'setParameter setClusterParameter'),
  ...act('admin', 'command', 'getClusterParameter'),
  ...act('admin', 'command', 'setFeatureCompatibilityVersion', 'confirm fromConfigServer'),
  ...act('admin', 'command', 'setDefaultRWConcern', 'defaultReadConcern defaultWriteConcern'),
  ...act('admin', 'command', 'setUserWriteBlockMode', 'global reason'),
  ...act('admin', 'command', 'rotateCertificates', 'message'),
  ...act('admin', 'command', 'logRotate fsyncUnlock'),
  ...act('admin', 'command', 'dropConnections', 'hostAndPort'),
  ...act('admin', 'command', 'profile', 'slowms sampleRate filter'),
  ...never(OUTAGE, 'shutdown fsync'),
  ...act('admin', 'command', 'logApplicationMessage getAuditConfig'),
  ...any('admin', 'setAuditConfig logMessage'),
  ...any('admin', 'setFreeMonitoring modifyChangeStreams customAction ferretDebugError'),

  // Accounts.
  ...never(
    ACCOUNTS,
    `createUser updateUser dropUser dropAllUsersFromDatabase grantRolesToUser revokeRolesFromUser createRole updateRole
    dropRole dropAllRolesFromDatabase grantPrivilegesToRole revokePrivilegesFromRole grantRolesToRole
    revokeRolesFromRole invalidateUserCache oidcListKeys oidcRefreshKeys copydbgetnonce copydbsaslstart`,
  ),
  ...read(
    'users',
    'usersInfo rolesInfo',
    'showCredentials showCustomData showPrivileges showAuthenticationRestrictions showBuiltinRoles filter',
  ),

  // Replication and clusters.
  ...never('it writes past every rule and validation', 'applyOps doTxn appendOplogNote'),
  ...act('admin', 'command', 'replSetGetStatus', 'initialSync'),
  ...act('admin', 'command', 'replSetGetConfig', 'commitmentStatus'),
  ...never(
    INSIDE,
    `replSetAbortPrimaryCatchUp replSetFreeze replSetInitiate replSetMaintenance replSetReconfig replSetResizeOplog
    replSetStepDown replSetSyncFrom replSetStepUp replSetHeartbeat replSetRequestVotes replSetUpdatePosition
    replSetGetRBID`,
  ),
  ...act(
    'admin',
    'command',
    'listShards getShardMap balancerStatus balancerCollectionStatus shardingState getShardVersion',
    'fullMetadata',
  ),
  ...act('admin', 'command', 'checkMetadataConsistency', 'checkIndexes cursor'),
  ...act(
    'admin',
    'command',
    'shardCollection',
    'key unique numInitialChunks presplitHashedZones collation timeseries',
  ),
  ...act(
    'admin',
    'command',
    'analyzeShardKey',
    'key keyCharacteristics readWriteDistribution sampleRate sampleSize',
  ),
  ...act('admin', 'command', 'configureQueryAnalyzer', 'mode samplesPerSecond'),
  ...never(
    CLUSTER,
    `addShard removeShard addShardToZone removeShardFromZone updateZoneKeyRange enableSharding reshardCollection
    abortReshardCollection commitReshardCollection cleanupReshardCollection refineCollectionShardKey unshardCollection
    abortUnshardCollection moveCollection abortMoveCollection movePrimary moveChunk moveRange mergeChunks
    mergeAllChunksOnShard split splitVector clearJumboFlag balancerStart balancerStop configureCollectionBalancing
    setAllowMigrations flushRouterConfig unsetSharding transitionFromDedicatedConfigServer
    transitionToDedicatedConfigServer`,
  ),
  ...never(
    'it is for tests of the server alone',
    'configureFailPoint sleep godinsert captrunc emptycapped dbCheck replSetTest',
  ),
  ...never(
    NETWORK,
    `createStreamProcessor startStreamProcessor stopStreamProcessor listStreamProcessors sampleStreamProcessor
    processStreamProcessor dropStreamProcessor`,
  ),
  ...gone(
    `eval $eval group geoNear geoSearch parallelCollectionScan copydb clone cloneCollection repairDatabase touch
    getLastError getPrevError resetError planCacheListPlans planCacheListQueryShapes getnonce forceerror`,
  ),
]

/** Other spellings that servers accept; every other name is exact. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ['ismaster', 'isMaster'],
  ['buildinfo', 'buildInfo'],
  ['dbstats', 'dbStats'],
  ['collstats', 'collStats'],
  ['findandmodify', 'findAndModify'],
  ['mapreduce', 'mapReduce'],
  ['getlasterror', 'getLastError'],
  ['datasize', 'dataSize'],
])

export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map(
  ENTRIES.map((entry) => [entry.name, entry]),
)

/** By any spelling. */
export function findCommand(name: string): CommandEntry | undefined {
  return COMMANDS.get(ALIASES.get(name) ?? name)
}
