/** Table: a shop whose every personal value is a mark of its own, with what documents can hold besides plain fields. */
import { type Document, ObjectId } from 'bson'

export interface Person {
  readonly full_name: string
  readonly email: string
  readonly phone: string
  readonly ssn: string
  readonly iban: string
  readonly birth_date: Date
  readonly salary: number
  readonly api_token: ObjectId
  readonly work_email: string
}

export const PEOPLE: readonly Person[] = [
  {
    full_name: 'Quillon Hartsdale',
    email: 'quokka7391zeta@walnut.example',
    phone: '+49 30 5550817263',
    ssn: '641-28-7395',
    iban: 'DE89370400440532013000',
    birth_date: new Date('1971-03-17T04:05:06.789Z'),
    salary: 783417.29,
    api_token: new ObjectId('a1b2c3d4e5f60718293a4b5c'),
    work_email: 'ocelot9042kappa@walnut.example',
  },
  {
    full_name: 'Ysolde Brackwater',
    email: 'narwhal2846omega@walnut.example',
    phone: '+49 40 7774139582',
    ssn: '538-91-6204',
    iban: 'GB29NWBK60161331926819',
    birth_date: new Date('1984-11-26T14:15:16.987Z'),
    salary: 661952.84,
    api_token: new ObjectId('b7e6d5c4b3a2918070615243'),
    work_email: 'tapir3375sigma@walnut.example',
  },
  {
    full_name: 'Thaddeus Wimborne',
    email: 'pangolin5017delta@walnut.example',
    phone: '+49 89 6663492851',
    ssn: '279-46-8013',
    iban: 'FR1420041010050500013606',
    birth_date: new Date('1959-07-08T21:22:23.456Z'),
    salary: 997236.51,
    api_token: new ObjectId('c9d8e7f6a5b4c3d2e1f0a9b8'),
    work_email: 'axolotl6618theta@walnut.example',
  },
]

/** Other lengths, other orders, other first letters; as many, and none twice in either. */
export const OTHERS: readonly Person[] = [
  {
    full_name: 'Al Oy',
    email: 'z@very-long-name-of-a-domain.example',
    phone: '1',
    ssn: '999-99-9999-and-longer-than-any-other',
    iban: 'AA1',
    birth_date: new Date('2001-01-01T00:00:00Z'),
    salary: 3.25,
    api_token: new ObjectId('000000000000000000000001'),
    work_email: 'y@y.example',
  },
  {
    full_name: 'Bartholomew Featherstonehaugh-Cholmondeley',
    email: 'a@b.example',
    phone: '+999999999999999999',
    ssn: '0',
    iban: 'ZZ99',
    birth_date: new Date('1901-12-31T00:00:00Z'),
    salary: 99999999.99,
    api_token: new ObjectId('ffffffffffffffffffffffff'),
    work_email: 'x@a-rather-long-domain.example',
  },
  {
    full_name: 'M',
    email: 'm@n.example',
    phone: '5',
    ssn: '5',
    iban: 'MM5',
    birth_date: new Date('1950-06-15T00:00:00Z'),
    salary: 0.01,
    api_token: new ObjectId('777777777777777777777777'),
    work_email: 'w@w.example',
  },
]

const CITIES = ['Berlin', 'Leeds', 'Lyon']
const TIERS = ['gold', 'plain', 'gold']
/** More than what is sampled of both ends: what stands in the middle has names that nobody has seen. */
const VISITS = 101
const MIDDLE = 50

export interface Stock {
  readonly name: string
  readonly documents: readonly Document[]
}

/** `people`: three. */
export function stockOf(people: readonly Person[]): readonly Stock[] {
  const customers = people.map((person, at) => ({
    _id: at + 1,
    ...person,
    city: CITIES[at],
    tier: TIERS[at],
    points: (at + 1) * 10,
    address: { city: CITIES[at], email: person.work_email, geo: { floor: at } },
    emails: [person.email, person.work_email],
    contacts: { [person.email]: true, [person.work_email]: { since: 2000 + at } },
    lines: [
      { sku: `A${at}`, email: person.work_email },
      { sku: `B${at}`, email: person.email },
    ],
    notes: [1, 2, 3],
  }))
  const [first, second, third] = people as readonly [Person, Person, Person]
  return [
    { name: 'customers', documents: customers },
    {
      name: 'orders',
      documents: people.map(({ email }, at) => ({
        _id: at + 1,
        customer_id: at + 1,
        status: 'open',
        total: 5 * (at + 1),
        ship: { email },
      })),
    },
    {
      name: 'visits',
      documents: Array.from({ length: VISITS }, (_, at) => ({
        _id: at,
        page: `p${at % 7}`,
        ...(at === MIDDLE
          ? {
              backup_email: first.email,
              extra: { ssn: second.ssn, inner: [{ home_email: third.email }] },
              'who.email': third.work_email,
            }
          : {}),
      })),
    },
    { name: 'notes', documents: [{ _id: 1, subject: 'hello', body: 'nothing personal', refs: [1, 2] }] },
  ]
}
