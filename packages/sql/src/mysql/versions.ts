/** The servers whose way of reading a text is known (R7). */
import { GatehouseError } from '@gatehouse/core'
import type { MysqlFlavour } from './catalog.js'

export type MysqlVersion = readonly [major: number, minor: number, patch: number]

/** As version comments write it (MYSQL_VERSION_ID): 101119, 90700. */
export function versionNumber([major, minor, patch]: MysqlVersion): number {
  return major * 10_000 + minor * 100 + patch
}

/** First and last that were held against the real server or its manual; majors and minors. */
const KNOWN: Readonly<Record<MysqlFlavour, readonly (readonly [from: number, to: number])[]>> = {
  mysql: [
    [507, 507],
    [800, 804],
    [900, 907],
  ],
  mariadb: [
    [1003, 1011],
    [1100, 1108],
    [1200, 1203],
  ],
}

/** R7: a version that is not known is refused, unless `nearest` names the one to read it as. */
export function checkVersion(flavour: MysqlFlavour, version: MysqlVersion, nearest?: MysqlVersion): void {
  const knows = ([major, minor]: MysqlVersion) =>
    KNOWN[flavour].some(([from, to]) => major * 100 + minor >= from && major * 100 + minor <= to)
  if (knows(version) || (nearest && knows(nearest))) return
  const shown = flavour === 'mysql' ? 'MySQL' : 'MariaDB'
  throw new GatehouseError(
    'GH_CONFIGURATION',
    `how ${shown} ${version.slice(0, 2).join('.')} reads a text is not known`,
  )
}
