/** The known bypasses 1 to 14 on real servers: personal values by another name, shape or place. */
import { ATTACKS_ON_VALUES } from './attacks-on-values.js'
import { testAttacks } from './play.js'

testAttacks('bypass', ATTACKS_ON_VALUES)
