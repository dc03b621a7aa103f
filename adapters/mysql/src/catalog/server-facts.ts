/** Which server answers: flavour and version, and how it compares names. Pure but for one question. */
import { GatehouseError } from '@gatehouse/core'
import type { MysqlFlavour, MysqlVersion } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'

export interface ServerFacts {
  readonly flavour: MysqlFlavour
  readonly version: MysqlVersion
  readonly serverVersion: string
  readonly lowerCaseTableNames: 0 | 1 | 2
  /** @@global.sql_mode, as a new session finds it. */
  readonly sqlMode: readonly string[]
  readonly readOnly: boolean
  /** @@global.local_infile: LOAD DATA LOCAL is not refused by the server. */
  readonly takesFiles: boolean
}

/** A comment that MariaDB alone reads tells the flavours apart whatever a version text claims. */
const FACTS = `select @@version, @@version_comment, 0 /*M! + 1 */, @@lower_case_table_names, @@global.sql_mode, @@global.read_only, @@global.local_infile`

/** They speak the protocol and read texts in ways of their own. */
const OTHERS = /tidb|vitess|oceanbase|singlestore|memsql|dolt|starrocks|doris|proxysql|clickhouse/i

export async function readServerFacts(client: CatalogClient): Promise<ServerFacts> {
  const [row] = await client.rows(FACTS)
  const [version, comment, mariadb, folding, mode, readOnly, files] = (row ?? []).map((cell) =>
    String(cell ?? ''),
  )
  const other = OTHERS.exec(`${version} ${comment}`)
  if (other !== null)
    throw new GatehouseError('GH_CONFIGURATION', `how ${other[0]} reads a text is not known`)
  return {
    flavour: mariadb === '1' ? 'mariadb' : 'mysql',
    version: versionOf(version ?? ''),
    serverVersion: client.serverVersion === '' ? (version ?? '') : client.serverVersion,
    lowerCaseTableNames: folding === '1' ? 1 : folding === '2' ? 2 : 0,
    sqlMode: (mode ?? '').split(',').filter((word) => word !== ''),
    readOnly: isOn(readOnly),
    takesFiles: isOn(files),
  }
}

const isOn = (value = '') => !['0', 'OFF', ''].includes(value)

/** `10.11.19-MariaDB-0+deb12u1`, `5.5.5-10.11.19-MariaDB`, `9.7.4-2`. Throws GH_CONFIGURATION. */
export function versionOf(text: string): MysqlVersion {
  const plain = /^5\.5\.5-(?=1\d\.)/.test(text) ? text.slice('5.5.5-'.length) : text
  const [, major, minor, patch] = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?/.exec(plain) ?? []
  if (major === undefined || minor === undefined)
    throw new GatehouseError('GH_CONFIGURATION', 'the server does not say its version')
  return [Number(major), Number(minor), Number(patch ?? 0)]
}
