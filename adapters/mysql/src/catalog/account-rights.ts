/** Asks what the account of a connection was granted: as it stands, and with every role that it may take (R12). */
import type { MysqlFlavour } from '@gatehouse/sql'
import { type CatalogClient, serverErrorNumber } from './client.js'
import { type Grants, readGrants } from './grants.js'

/** Of the account and the roles that are active. */
export async function readActiveGrants(client: CatalogClient): Promise<Grants> {
  return readGrants(await lines(client, 'show grants'))
}

/** Of the account and of all roles that SET ROLE would let it take, at any depth. Leaves the session in some of them. */
export async function readAllGrants(client: CatalogClient, flavour: MysqlFlavour): Promise<Grants> {
  if (flavour === 'mariadb')
    return readGrants([...(await lines(client, 'show grants')), ...(await roleLines(client))])
  try {
    await client.rows('set role all')
  } catch (fault) {
    // MySQL 5.7 has no roles.
    if (serverErrorNumber(fault) !== SYNTAX) throw fault
    return readActiveGrants(client)
  }
  return readActiveGrants(client)
}

const SYNTAX = 1064

async function lines(client: CatalogClient, text: string): Promise<string[]> {
  return (await client.rows(text)).map(([line]) => String(line))
}

/** MariaDB takes one role at a time, and shows what a role holds to whom it is active for. */
async function roleLines(client: CatalogClient): Promise<string[]> {
  const roles = await client.rows(
    'select distinct role_name from information_schema.applicable_roles where grantee = current_user()',
  )
  const found: string[] = []
  for (const [role] of roles) {
    await client.rows(`set role \`${String(role).replaceAll('`', '``')}\``)
    found.push(...(await lines(client, 'show grants')))
  }
  return found
}
