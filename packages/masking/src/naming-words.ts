/** Table of words that change or keep the meaning of a column's name. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Before a phrase: the column says something about it, or counts it. */
export const FLAG_WORDS = words(
  'is has have had can may must should hide show require requires required allow allows allowed enable enables enabled disable disabled use uses send sends skip want wants accept accepts accepted num count counts min max ist hat est esta',
)

/** After a phrase: it is still the same thing. Anything else there is the real noun. */
export const NEUTRAL_WORDS = words(
  `hash hashed digest encrypted crypted enc cipher ciphertext cipherdata bidx encoded iv salt value text raw plain plaintext cleartext full original old new current previous prev
   normalized normalised canonical canonicalized lower lowercase lowercased upper formatted masked primary secondary alternate alternative alt main default home work office private privat
   personal business mobile cell day evening line str string number no num nr nummer numero nbr address addresses addr a b c x en en_us latin kana local intl international e164 blob sanitized sanitised cleaned phonetic pem amount amt
   cliente client clients kunde klant titular paciente customer user person employee contact owner prive privee casa celular movil trabajo perso domicile bureau maison zwei eins
   sha sha256 md5 bcrypt argon2 json array base total gross net brutto netto annual monthly hourly yearly first last usd eur gbp`,
)

/** Relations named so hold organisations or things: a `name` there is not a person's. */
export const ORGANISATION_WORDS = words(
  `company organization organisation org store shop supplier vendor manufacturer brand hotel restaurant branch office school university college hospital clinic bank agency department
   warehouse tenant project group team list channel app application site website template campaign event product domain server provider plan forum newsletter mailbox shipper carrier
   merchant firm business venue airport station location region country city league club institution library museum theatre publisher label studio distributor dealer
   facility room workspace account_type integration inbox queue service unternehmen firma filiale empresa entreprise azienda bedrijf tienda magasin lieferant proveedor fournisseur`,
)

/** Columns that tie a row to a person. */
export const PERSON_KEYS: ReadonlySet<string> = new Set(
  'user customer client patient driver employee person member device subscriber passenger courier'
    .split(' ')
    .flatMap((who) => [`${who} id`, who]),
)

/** Relations named so hold people. */
export const PEOPLE_WORDS = words(
  `user customer client employee patient student teacher doctor driver guest passenger member recipient subscriber donor attendee traveler traveller staff worker person people contact
   lead profile account applicant candidate citizen resident tenant_user author player kunde mitarbeiter personal clienti cliente employe empleado dipendente utente usuario utilisateur gebruiker medewerker klant`,
)

/** Never classified: the server's own descriptions of things. */
export const SYSTEM_SCHEMAS = words(
  'pg_catalog information_schema pg_toast mysql performance_schema sys ndbinfo admin config local sqlite_master',
)
