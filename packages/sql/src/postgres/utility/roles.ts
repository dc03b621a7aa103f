/** Roles and privileges, and what no rule can permit: changing an account that the gateway itself uses (R11). */
import type { Action } from '@gatehouse/core'
import { as, list, type Tree, text, tree, word } from '../tree.js'
import { action, database, type Found, type Reading, resource } from './found.js'
import { onObject } from './objects.js'
import { neverStored } from './settings.js'

const WHY = 'it changes an account that the gateway uses'

interface Role {
  readonly name: string
  /** CURRENT_USER and its like are whatever account the session runs under. */
  readonly own: boolean
}

function roleOf(value: unknown): Role {
  const spec = as(value, 'RoleSpec') ?? tree(value) ?? {}
  const type = text(spec.roletype) ?? 'ROLESPEC_CSTRING'
  if (type === 'ROLESPEC_PUBLIC') return { name: 'public', own: false }
  if (type !== 'ROLESPEC_CSTRING') return { name: type.slice('ROLESPEC_'.length).toLowerCase(), own: true }
  return { name: text(spec.rolename) ?? '', own: false }
}

function isAccount(role: Role, reading: Reading): boolean {
  return role.own || reading.accounts.has(role.name) || role.name === reading.analysis.account
}

function neverIf(roles: readonly Role[], reading: Reading): { never?: string } {
  return roles.some((role) => isAccount(role, reading)) ? { never: WHY } : {}
}

function onRoles(roles: readonly Role[], command: string): readonly Action[] {
  return roles.map((role) => action('grant', resource('role', [role.name]), command))
}

const MEMBERSHIP = new Set(['rolemembers', 'adminmembers', 'addroleto'])

function members(options: unknown): readonly Role[] {
  return list(options).flatMap((option) => {
    const element = as(option, 'DefElem')
    if (!MEMBERSHIP.has(text(element?.defname) ?? '')) return []
    return list(as(element?.arg, 'List')?.items).map((each) => roleOf(each))
  })
}

export function readCreateRole(node: Tree, reading: Reading): Found {
  const role = { name: text(node.role) ?? '', own: false }
  const roles = [role, ...members(node.options)]
  return { command: 'CREATE ROLE', actions: onRoles(roles, 'CREATE ROLE'), ...neverIf(roles, reading) }
}

export function readAlterRole(node: Tree, reading: Reading): Found {
  const roles = [roleOf(node.role), ...members(node.options)]
  return { command: 'ALTER ROLE', actions: onRoles(roles, 'ALTER ROLE'), ...neverIf(roles, reading) }
}

/** Settings of a role hold for its next session; ALL roles include the account. */
export function readAlterRoleSet(node: Tree, reading: Reading): Found {
  const command = 'ALTER ROLE'
  if (node.role === undefined) {
    return { command, actions: [action('grant', resource('role', ['all']), command)], never: WHY }
  }
  const roles = [roleOf(node.role)]
  const never = neverStored(tree(node.setstmt))
  return {
    command,
    actions: onRoles(roles, command),
    ...(never ? { never } : {}),
    ...neverIf(roles, reading),
  }
}

export function readDropRole(node: Tree, reading: Reading): Found {
  const roles = list(node.roles).map((each) => roleOf(each))
  return { command: 'DROP ROLE', actions: onRoles(roles, 'DROP ROLE'), ...neverIf(roles, reading) }
}

export function readRenameRole(node: Tree, reading: Reading): Found {
  const roles = [node.subname, node.newname].map((name) => ({ name: text(name) ?? '', own: false }))
  return { command: 'ALTER ROLE', actions: onRoles(roles, 'ALTER ROLE'), ...neverIf(roles, reading) }
}

export function readGrantRole(node: Tree, reading: Reading): Found {
  const command = node.is_grant === true ? 'GRANT ROLE' : 'REVOKE ROLE'
  const granted = list(node.granted_roles).map((each) => ({
    name: text(as(each, 'AccessPriv')?.priv_name) ?? '',
    own: false,
  }))
  const roles = [...granted, ...list(node.grantee_roles).map((each) => roleOf(each))]
  return { command, actions: onRoles(roles, command), ...neverIf(roles, reading) }
}

export function readGrant(node: Tree, reading: Reading): Found {
  const command = node.is_grant === true ? 'GRANT' : 'REVOKE'
  const objects = list(node.objects)
  if (node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') {
    const actions = objects.map((each) =>
      action('grant', resource('relation', [reading.catalog.database, word(each) ?? '?', '*']), command),
    )
    return { command, actions }
  }
  return {
    command,
    actions: objects.flatMap((each) => onObject('grant', node.objtype, each, reading, command)),
  }
}

export function readDefaultPrivileges(_node: Tree, reading: Reading): Found {
  const command = 'ALTER DEFAULT PRIVILEGES'
  return { command, actions: [action('grant', database(reading), command)] }
}

/** REASSIGN OWNED and DROP OWNED reach everything that a role has, its privileges included. */
export function readOwned(node: Tree, reading: Reading): Found {
  const reassigns = node.newrole !== undefined
  const command = reassigns ? 'REASSIGN OWNED' : 'DROP OWNED'
  const roles = list(node.roles).map((each) => roleOf(each))
  if (reassigns) roles.push(roleOf(node.newrole))
  const verb = reassigns ? 'alter' : 'drop'
  return {
    command,
    actions: [...onRoles(roles, command), action(verb, database(reading), command)],
    effects: [{ kind: 'define', names: ['*'], temporary: false }],
    ...neverIf(roles, reading),
  }
}

const ROLE_CATALOGS = new Set([
  'pg_authid',
  'pg_auth_members',
  'pg_db_role_setting',
  'pg_roles',
  'pg_user',
  'pg_shadow',
  'pg_group',
])
const HARMLESS = new Set(['read', 'copy-out', 'export', 'lock'])

/** Writing the catalogs of roles is changing the accounts by other means. */
export function neverOnRoleCatalogs(actions: readonly Action[]): string | undefined {
  const found = actions.some(
    ({ verb, resource: target }) =>
      !HARMLESS.has(verb) &&
      target.kind === 'relation' &&
      target.path.at(-2) === 'pg_catalog' &&
      ROLE_CATALOGS.has(target.path.at(-1) ?? ''),
  )
  return found ? WHY : undefined
}
