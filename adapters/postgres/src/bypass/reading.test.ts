/** The known bypasses 14 to 30 on a real server: how a statement is read, and what is said besides rows. */
import { ATTACKS_ON_READING } from './attacks-on-reading.js'
import { testAttacks } from './play.js'

testAttacks(ATTACKS_ON_READING)
