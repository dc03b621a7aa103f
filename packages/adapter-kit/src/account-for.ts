/** The upstream account that an identity uses. */
import { GatehouseError, type Identity, qualify } from '@gatehouse/core'
import type { Account, Upstream } from './site.js'

/** The first whose groups the identity is in, or that names none (R12). Throws `GH_CONFIGURATION` when none is left. */
export function accountFor({ accounts }: Upstream, identity: Identity): Account {
  const groups = identity.groups.map((group) => qualify(identity, group))
  const found = accounts.find(
    (account) => account.groups === undefined || account.groups.some((group) => groups.includes(group)),
  )
  if (found === undefined)
    throw new GatehouseError('GH_CONFIGURATION', 'no upstream account is left for this identity')
  return found
}
