/** Collections that are the server's own, and those whose content is nobody's to read. */
import type { Resource } from '@gatehouse/core'
import { isSystem, SYSTEM_DATABASES } from '../catalog/description.js'
import { INVALID_NAMESPACE, Unread } from './unread.js'

/** Credentials, keys, other people's documents and statements: no rule opens them (mongodb.md §4). */
const CLOSED: readonly RegExp[] = [
  /^[^.]+\.system\.(users|new_users|backup_users|roles|keys|profile|buckets\..*)$/,
  /^admin\.(tempusers|temproles|system\.(recovery|preimages).*)$/,
  /^local\.(oplog\..*|startup_log|replset\..*|system\.(rollback|healthlog).*)$/,
  /^config\.(transactions|image_collection|system\.(preimages|sessions|indexBuilds)|cache\..*|queryShapeRepresentativeQueries|external_validation_keys|sampledQueries.*|transaction_coordinators|localReshardingOperations.*)$/,
]

export function isClosed(database: string, name: string): boolean {
  const namespace = `${database}.${name}`
  return CLOSED.some((pattern) => pattern.test(namespace))
}

/** The resource of a collection. Throws for one that is closed to everyone, and for what is no name. */
export function collectionResource(database: string, name: string): Resource {
  checkDatabase(database)
  if (
    name === '' ||
    name.startsWith('.') ||
    name.endsWith('.') ||
    name.includes('\0') ||
    name.includes('$')
  ) {
    throw new Unread(`Invalid namespace specified '${database}.${name}'`, INVALID_NAMESPACE)
  }
  if (isClosed(database, name)) {
    throw new Unread(
      `${database}.${name} holds what no client of a gateway may read or write`,
      undefined,
      'GH_NEVER',
    )
  }
  return { kind: 'relation', path: [database, name], system: isSystem(database, name) }
}

export function databaseResource(database: string): Resource {
  checkDatabase(database)
  return { kind: 'database', path: [database], system: SYSTEM_DATABASES.has(database) }
}

export function commandResource(name: string): Resource {
  return { kind: 'command', path: [name], system: true }
}

function checkDatabase(database: string): void {
  if (database === '' || /[\0 "$./\\]/.test(database) || Buffer.byteLength(database) > 63) {
    throw new Unread(`Invalid database name: '${database}'`, INVALID_NAMESPACE)
  }
}

/** `database.collection`, cut at the first dot. */
export function cutNamespace(text: string): readonly [string, string] {
  const dot = text.indexOf('.')
  if (dot < 1) throw new Unread(`Invalid namespace specified '${text}'`, INVALID_NAMESPACE)
  return [text.slice(0, dot), text.slice(dot + 1)]
}
