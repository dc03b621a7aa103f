/** What the gateway answers by itself, so that nothing of the upstream's host, account or other sessions is told (mongodb.md §4, treatment G). */
import { Double, Int32, Long, serialize, UUID } from 'bson'
import { elements, findValue, readBoolean, readString, TYPE } from '../bson/index.js'
import { helloDocument, mechanismsOf, readHello } from '../greeting/hello.js'
import { failureDocument } from '../refusing.js'
import type { Arrived } from './arriving.js'
import type { ConversationParts } from './parts.js'
import { privilegesOf } from './privileges.js'

type Answer = (arrived: Arrived, parts: ConversationParts) => object | Uint8Array

const OK = { ok: new Double(1) }
const MINUTES = 30

/** `8.0.4` as the four numbers of versionArray. */
function versionArray(version: string): readonly Int32[] {
  const numbers = version.split(/[.-]/).map((part) => Number.parseInt(part, 10))
  return [0, 1, 2, 3].map(
    (index) => new Int32(Number.isInteger(numbers[index]) ? (numbers[index] as number) : 0),
  )
}

const buildInfo: Answer = (_arrived, { house }) => {
  const { version } = house.server.upstream
  return {
    version,
    gitVersion: 'unknown',
    modules: [],
    allocator: 'unknown',
    javascriptEngine: 'none',
    sysInfo: 'deprecated',
    versionArray: versionArray(version),
    bits: new Int32(64),
    debug: false,
    maxBsonObjectSize: new Int32(house.server.upstream.maxBsonObjectSize),
    storageEngines: [],
    ...OK,
  }
}

const hello: Answer = ({ command }, { house, arrival }) =>
  helloDocument(readHello(command.name, command.body), {
    upstream: house.server.upstream,
    serviceId: house.serviceId,
    connectionId: arrival.connectionId,
    now: house.site.now(),
    mechanisms:
      findValue(command.body, 'saslSupportedMechs') === undefined
        ? undefined
        : mechanismsOf({ auth: ['password'] }, { safe: false, encrypted: false }),
    compression: [],
    speculative: undefined,
  })

/** The gateway's user, never the account that is used upstream. */
const connectionStatus: Answer = ({ command }, parts) => {
  const { session } = parts.gate
  const shows = findValue(command.body, 'showPrivileges')
  const user = { user: session.identity.name, db: session.database }
  return {
    authInfo: {
      authenticatedUsers: [user],
      authenticatedUserRoles: session.identity.groups.map((role) => ({ role, db: session.database })),
      ...(shows?.type === TYPE.BOOLEAN && readBoolean(shows)
        ? { authenticatedUserPrivileges: privilegesOf(parts) }
        : {}),
    },
    ...OK,
  }
}

const commandNotFound = (name: string): Uint8Array =>
  failureDocument({
    code: 59,
    codeName: 'CommandNotFound',
    errmsg: `no such command: '${name.slice(0, 64).replace(/[\p{C}]/gu, '?')}'`,
  })

const invalidOptions = (errmsg: string): Uint8Array =>
  failureDocument({ code: 72, codeName: 'InvalidOptions', errmsg })

/** Fields of getParameter that are no parameters. */
const GENERIC: ReadonlySet<string> = new Set([
  ...['getParameter', '$db', 'lsid', 'comment', '$readPreference', '$clusterTime', 'maxTimeMS'],
  ...['apiVersion', 'apiStrict', 'apiDeprecationErrors', 'readConcern'],
])

const getParameter: Answer = ({ command }, { house }) => {
  const asked = [...elements(command.body)].map(({ name }) => name).filter((name) => !GENERIC.has(name))
  if (asked.length !== 1 || asked[0] !== 'featureCompatibilityVersion')
    return invalidOptions('no option found to get')
  const [major = 0, minor = 0] = versionArray(house.server.upstream.version).map(Number)
  return { featureCompatibilityVersion: { version: `${major}.${minor}` }, ...OK }
}

const getLog: Answer = ({ command }) => {
  const which = findValue(command.body, command.name)
  if (which?.type === TYPE.STRING && readString(which) === 'startupWarnings')
    return { totalLinesWritten: new Int32(0), log: [], ...OK }
  return failureDocument({
    code: 13,
    codeName: 'Unauthorized',
    errmsg: 'not authorized on admin to execute command getLog: log lines hold values and hosts',
  })
}

const serverStatus: Answer = (_arrived, { house, arrival }) => {
  const now = house.site.now()
  return {
    host: 'gatehouse',
    version: house.server.upstream.version,
    process: 'mongos',
    pid: Long.fromNumber(0),
    uptime: new Double(0),
    uptimeMillis: Long.fromNumber(0),
    localTime: new Date(now),
    connections: {
      current: new Int32(1),
      available: new Int32(1),
      totalCreated: new Int32(arrival.connectionId),
    },
    ...OK,
  }
}

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['hello', hello],
  ['isMaster', hello],
  ['ismaster', hello],
  ['ping', () => OK],
  ['buildInfo', buildInfo],
  ['connectionStatus', connectionStatus],
  [
    'whatsmyuri',
    (_arrived, { gate }) => ({ you: `${gate.session.peer.address}:${gate.session.peer.port}`, ...OK }),
  ],
  ['getParameter', getParameter],
  ['getLog', getLog],
  [
    'hostInfo',
    (_arrived, { house }) => ({
      system: { currentTime: new Date(house.site.now()), hostname: 'gatehouse', cpuAddrSize: new Int32(64) },
      os: { type: 'unknown', name: 'unknown', version: 'unknown' },
      extra: {},
      ...OK,
    }),
  ],
  ['isdbgrid', () => ({ isdbgrid: new Double(1), hostname: 'gatehouse', ...OK })],
  ['listCommands', () => ({ commands: {}, ...OK })],
  ['serverStatus', serverStatus],
  ['top', () => ({ totals: {}, ...OK })],
  [
    'startSession',
    (_arrived, { house }) => ({
      id: { id: uuid(house.site.random(16)) },
      timeoutMinutes: new Int32(MINUTES),
      ...OK,
    }),
  ],
  ['getFreeMonitoringStatus', () => ({ state: 'disabled', ...OK })],
  ['currentOp', () => ({ inprog: [], ...OK })],
  ['atlascli', () => ({ cursor: { firstBatch: [], id: Long.ZERO, ns: 'admin.atlascli' }, ...OK })],
])

/** RFC 9562, version 4. */
function uuid(random: Uint8Array): UUID {
  const bytes = Buffer.from(random)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return new UUID(bytes)
}

/** `name`: the table's. A command that is not known here is not known at all. */
export function ownAnswer(name: string, arrived: Arrived, parts: ConversationParts): Uint8Array {
  const answer = ANSWERS.get(name)
  if (answer === undefined) return commandNotFound(arrived.command.name)
  const told = answer(arrived, parts)
  return told instanceof Uint8Array ? told : serialize(told)
}

export const answersHello = (name: string): boolean => ANSWERS.get(name) === hello
