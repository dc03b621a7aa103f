/** The classes of data that Gatehouse knows by itself, and the umbrella classes that rules usually name. */

export const UMBRELLA_CLASSES = ['pii', 'secret', 'financial', 'health'] as const
export type UmbrellaClass = (typeof UMBRELLA_CLASSES)[number]

const UMBRELLAS = {
  email: ['pii'],
  phone: ['pii'],
  'person-name': ['pii'],
  username: ['pii'],
  address: ['pii'],
  postcode: ['pii'],
  'birth-date': ['pii'],
  'national-id': ['pii'],
  card: ['pii', 'financial'],
  iban: ['pii', 'financial'],
  'bank-account': ['pii', 'financial'],
  ip: ['pii'],
  geo: ['pii'],
  salary: ['pii', 'financial'],
  health: ['pii'],
  gender: ['pii'],
  password: ['secret'],
  pin: ['secret'],
  token: ['secret'],
  'secret-key': ['secret'],
} as const satisfies Readonly<Record<string, readonly UmbrellaClass[]>>

export type DataClass = keyof typeof UMBRELLAS
export const DATA_CLASSES = Object.keys(UMBRELLAS) as readonly DataClass[]

/** The classes with the umbrellas that they stand under, in order and once each; others stay as they are. */
export function withUmbrellas(classes: readonly string[]): readonly string[] {
  const all = new Set(classes)
  for (const name of classes) {
    if (Object.hasOwn(UMBRELLAS, name)) for (const umbrella of UMBRELLAS[name as DataClass]) all.add(umbrella)
  }
  return [...all]
}
