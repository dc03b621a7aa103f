/** The known bypasses 11 and 15 to 30 on real servers: how a statement is read, and what is said besides rows. */
import { ATTACKS_ON_READING } from './attacks-on-reading.js'
import { testAttacks } from './play.js'

testAttacks('bypass', ATTACKS_ON_READING)
