/** Every row of the reference's table of commands: what is done with each, by whom it may be asked, and whom it touches (mongodb.md §4). */
import { describe, expect, test } from 'vitest'
import { read } from './fixture.js'

const names = (text: string): readonly string[] => text.trim().split(/\s+/)
type Found = ReturnType<typeof read>

/** Where more than a name is needed for the command to be read at all. */
const BODIES: Readonly<Record<string, object>> = {
  aggregate: { aggregate: 'orders', pipeline: [], cursor: {} },
  distinct: { distinct: 'orders', key: 'note' },
  explain: { explain: { find: 'orders' } },
  insert: { insert: 'orders', documents: [{ note: 1 }] },
  update: { update: 'orders', updates: [{ q: { _id: 1 }, u: { $set: { note: 1 } } }] },
  delete: { delete: 'orders', deletes: [{ q: { _id: 1 }, limit: 1 }] },
  findAndModify: { findAndModify: 'orders', query: { _id: 1 }, update: { $set: { note: 1 } } },
  findandmodify: { findandmodify: 'orders', query: { _id: 1 }, remove: true },
  bulkWrite: { bulkWrite: 1, ops: [{ insert: 0, document: {} }], nsInfo: [{ ns: 'shop.orders' }] },
  createIndexes: { createIndexes: 'orders', indexes: [{ key: { note: 1 }, name: 'n' }] },
  mapReduce: { mapReduce: 'orders', map: 'm', reduce: 'r', out: { inline: 1 } },
  renameCollection: { renameCollection: 'shop.orders', to: 'shop.others' },
  cloneCollectionAsCapped: { cloneCollectionAsCapped: 'orders', toCollection: 'others', size: 1 },
  dataSize: { dataSize: 'shop.orders' },
  getParameter: { getParameter: 1, logLevel: 1 },
  getLog: { getLog: 'global' },
  killOp: { killOp: 1, op: 1 },
  dropIndexes: { dropIndexes: 'orders', index: '*' },
  collMod: { collMod: 'orders', validationLevel: 'off' },
  create: { create: 'made' },
}
const ON_COLLECTION = new Set(
  names(`find count listIndexes drop convertToCapped deleteIndexes reIndex compact validate collStats planCacheClear
  planCacheListFilters planCacheSetFilter planCacheClearFilters collstats`),
)
const asked = (name: string): Found =>
  read(
    (Object.hasOwn(BODIES, name) ? BODIES[name] : undefined) ?? {
      [name]: ON_COLLECTION.has(name) ? 'orders' : 1,
    },
  )
const verbsOf = (found: Found): readonly string[] => found.statement.actions.map(({ verb }) => verb)

describe('65 treatments', () => {
  test.each(
    names(`hello isMaster ismaster ping whatsmyuri connectionStatus buildInfo buildinfo listCommands atlasVersion startSession
    isdbgrid hostInfo serverStatus top getFreeMonitoringStatus`),
  )('65 %s is answered by the gateway', (name) => {
    expect(asked(name).kind).toBe('own')
  })

  test.each(names('listDatabases listCollections getDefaultRWConcern'))(
    '65 %s is anybody’s, its reply cut',
    (name) => {
      const found = asked(name)
      expect(found.kind).toBe('statement')
      expect(found.statement.actions).toEqual([])
      if (found.kind === 'statement' && name !== 'getDefaultRWConcern')
        expect(found.reply.filtered).toBeDefined()
    },
  )

  test('65 what tools ask of Atlas’s own collection is empty here, and nothing else of it is', () => {
    const asks = (...pipeline: object[]) => read({ aggregate: 'atlascli', pipeline, cursor: {} }, {}, 'admin')
    expect(asks({ $match: { managedClusterType: 'x' } }, { $group: { _id: 1, n: { $sum: 1 } } }).kind).toBe(
      'own',
    )
    for (const stage of [
      { $lookup: { from: 'c', pipeline: [], as: 'x' } },
      { $out: 'x' },
      { $unionWith: 'x' },
    ]) {
      const found = asks({ $match: {} }, stage)
      expect(found.kind).toBe('statement')
      expect(verbsOf(found)).toContain('read')
    }
    const pipeline = [{ $match: {} }]
    expect(read({ aggregate: 'atlascli', pipeline, cursor: {} }).kind).toBe('statement')
    expect(read({ explain: { aggregate: 'atlascli', pipeline, cursor: {} } }, {}, 'admin').kind).toBe(
      'unreadable',
    )
  })

  test.each<[string, string]>([
    ['find', 'read'],
    ['aggregate', 'read'],
    ['count', 'read'],
    ['distinct', 'read'],
    ['explain', 'read'],
    ['listIndexes', 'read'],
    ['collStats', 'read'],
    ['dbStats', 'read'],
    ['dataSize', 'read'],
    ['insert', 'insert'],
    ['update', 'update'],
    ['delete', 'delete'],
    ['findAndModify', 'update'],
    ['findandmodify', 'delete'],
    ['bulkWrite', 'insert'],
    ['create', 'create'],
    ['createIndexes', 'create'],
    ['drop', 'drop'],
    ['dropDatabase', 'drop'],
    ['dropIndexes', 'drop'],
    ['collMod', 'alter'],
    ['renameCollection', 'alter'],
    ['mapReduce', 'opaque'],
    ['commitTransaction', 'transaction'],
    ['abortTransaction', 'transaction'],
  ])('65 %s needs a rule for %s', (name, verb) => {
    const found = asked(name)
    expect(found.kind).toBe('statement')
    expect(found.statement.never).toBeUndefined()
    expect(verbsOf(found)).toContain(verb)
  })

  test.each(
    names(`convertToCapped cloneCollectionAsCapped deleteIndexes reIndex compact validate dbHash filemd5 planCacheClear
    planCacheClearFilters planCacheListFilters planCacheSetFilter setQuerySettings removeQuerySettings currentOp killOp getLog
    getCmdLineOpts lockInfo connPoolStats getParameter setParameter setClusterParameter getClusterParameter
    setFeatureCompatibilityVersion setDefaultRWConcern setUserWriteBlockMode rotateCertificates logRotate dropConnections profile
    logApplicationMessage usersInfo rolesInfo replSetGetStatus replSetGetConfig listShards getShardMap balancerStatus
    shardingState shardCollection analyzeShardKey configureQueryAnalyzer setFreeMonitoring createSearchIndexes updateSearchIndex
    dropSearchIndex customAction modifyChangeStreams`),
  )('65 %s is permitted by nothing but a rule that names what only administrators do', (name) => {
    const found = asked(name)
    if (found.kind === 'unreadable' || found.statement.never !== undefined) return
    expect(found.kind).toBe('statement')
    expect(found.statement.actions.length).toBeGreaterThan(0)
    const ordinary = new Set(['read', 'insert', 'update', 'delete'])
    expect(verbsOf(found).some((verb) => !ordinary.has(verb))).toBe(true)
  })

  test.each(
    names(`killAllSessions killAllSessionsByPattern prepareTransaction coordinateCommitTransaction applyOps doTxn appendOplogNote
    shutdown fsync createUser updateUser dropUser dropAllUsersFromDatabase grantRolesToUser revokeRolesFromUser createRole
    updateRole dropRole dropAllRolesFromDatabase grantPrivilegesToRole revokePrivilegesFromRole grantRolesToRole
    revokeRolesFromRole invalidateUserCache oidcListKeys oidcRefreshKeys replSetFreeze replSetInitiate replSetMaintenance
    replSetReconfig replSetResizeOplog replSetStepDown replSetSyncFrom replSetHeartbeat replSetAbortPrimaryCatchUp addShard
    removeShard addShardToZone removeShardFromZone updateZoneKeyRange enableSharding reshardCollection movePrimary moveChunk
    moveRange mergeChunks split clearJumboFlag balancerStart balancerStop flushRouterConfig configureFailPoint sleep godinsert
    captrunc emptycapped createStreamProcessor processStreamProcessor startStreamProcessor eval $eval group geoNear geoSearch
    parallelCollectionScan copydb clone cloneCollection repairDatabase touch getLastError getPrevError resetError
    planCacheListPlans nosuch _configsvrAddShard _mergeAuthzCollections __proto__ constructor toString`),
  )('65 %s is done by nobody', (name) => {
    const found = asked(name)
    const refused = found.kind === 'unreadable' || found.statement.never !== undefined
    expect(refused, JSON.stringify(found.statement)).toBe(true)
    expect(found.statement.command).toBe(name)
  })
})
