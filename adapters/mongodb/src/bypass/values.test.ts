/** Bypasses 22 and 32 to 36 of peers: what is written, asked of the server, or told besides documents. */
import { ATTACKS_ON_VALUES } from './attacks-on-values.js'
import { testAttacks } from './play.js'

testAttacks('what else is told', ATTACKS_ON_VALUES)
