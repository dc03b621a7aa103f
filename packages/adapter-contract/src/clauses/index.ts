/** Every clause, in the order of its number. */
import type { Clause } from '../clause.js'
import { audit } from './audit.js'
import { ending } from './ending.js'
import { framing } from './framing.js'
import { identity } from './identity.js'
import { limits } from './limits.js'
import { normalising } from './normalising.js'
import { obligations } from './obligations.js'
import { order } from './order.js'
import { refusing } from './refusing.js'
import { inTransactions, lost } from './transactions.js'

export const CLAUSES: readonly Clause[] = [
  ...framing,
  ...normalising,
  ...refusing,
  ...inTransactions,
  ...order,
  ...audit,
  ...obligations,
  ...limits,
  ...identity,
  ...ending,
  lost,
]
