/** Forms that no page of the manual shows beside each other, and what stands under them all the same. */
import { ATTACKS_BY_TURNS } from './attacks-by-turns.js'
import { testAttacks } from './play.js'

testAttacks('forms that servers take differently', ATTACKS_BY_TURNS)
