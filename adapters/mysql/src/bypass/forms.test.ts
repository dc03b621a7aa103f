/** Ways round the masks by forms that no list of bypasses has. */
import { ATTACKS_BY_FORMS } from './attacks-by-forms.js'
import { testAttacks } from './play.js'

testAttacks('forms', ATTACKS_BY_FORMS)
