/** Bypasses 31 and 32 of peers, and what stands before them: what a query shows. */
import { ATTACKS_ON_READING } from './attacks-on-reading.js'
import { testAttacks } from './play.js'

testAttacks('what queries show', ATTACKS_ON_READING)
