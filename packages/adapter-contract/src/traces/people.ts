/** Table: people whose every cell is a mark of its own, and others who share no length, order or first letter with them. */

export interface Person {
  readonly full_name: string
  readonly email: string
  readonly phone: string
  readonly ssn: string
  readonly card_number: string
  readonly iban: string
  readonly birth_date: string
  readonly salary: string
  readonly api_token: string
}

export const PEOPLE: readonly Person[] = [
  {
    full_name: 'Quillon Hartsdale',
    email: 'quokka7391zeta@walnut.example',
    phone: '+49 30 5550817263',
    ssn: '641-28-7395',
    card_number: '4929441288031157',
    iban: 'DE89370400440532013000',
    birth_date: '1971-03-17',
    salary: '83417.29',
    api_token: 'sk_live_Vb7wQe93xT',
  },
  {
    full_name: 'Ysolde Brackwater',
    email: 'narwhal2846omega@walnut.example',
    phone: '+49 40 7774139582',
    ssn: '538-91-6204',
    card_number: '5425233430109903',
    iban: 'GB29NWBK60161331926819',
    birth_date: '1984-11-26',
    salary: '61952.84',
    api_token: 'sk_live_Kd4nRm58pZ',
  },
  {
    full_name: 'Thaddeus Wimborne',
    email: 'pangolin5017delta@walnut.example',
    phone: '+49 89 6663492851',
    ssn: '279-46-8013',
    card_number: '4716059182736450',
    iban: 'FR1420041010050500013606',
    birth_date: '1959-07-08',
    salary: '97236.51',
    api_token: 'sk_live_Hy2cLf61jW',
  },
]

export const COLUMNS = Object.keys(PEOPLE[0] as Person) as (keyof Person)[]

/** Other lengths, other orders, other first letters; as many, and none twice in either. */
export const OTHERS: readonly Person[] = [
  {
    full_name: 'Al Oy',
    email: 'z@very-long-name-of-a-domain.example',
    phone: '1',
    ssn: '999-99-9999-and-longer-than-any-other',
    card_number: '1',
    iban: 'AA1',
    birth_date: '2001-01-01',
    salary: '3.00',
    api_token: 't',
  },
  {
    full_name: 'Bartholomew Featherstonehaugh-Cholmondeley',
    email: 'a@b.example',
    phone: '+999999999999999999',
    ssn: '0',
    card_number: '9999999999999999',
    iban: 'ZZ99',
    birth_date: '1901-12-31',
    salary: '99999999.99',
    api_token: 'u'.repeat(200),
  },
  {
    full_name: 'M',
    email: 'm@n.example',
    phone: '5',
    ssn: '5',
    card_number: '5',
    iban: 'MM5',
    birth_date: '1950-06-15',
    salary: '0.01',
    api_token: '-',
  },
]

/** The three rows' own cells in SQL, with a city and a level each that anybody may see. */
export const CUSTOMERS: string = PEOPLE.map(
  (person, index) =>
    `(${index + 1}, ${COLUMNS.map((column) => `'${person[column]}'`).join(', ')}, '${['Berlin', 'Leeds', 'Lyon'][index]}', '${['gold', 'plain', 'gold'][index]}')`,
).join(', ')
