/** The known bypasses 1 to 12 on a real server: personal values by another name, shape or place. */

import { ATTACKS_ON_VALUES } from './attacks-on-values.js'
import { testAttacks } from './play.js'

testAttacks(ATTACKS_ON_VALUES)
