/** The demo's rows: believable, made up, and the same at every start. */

type Value = string | number
export interface ShopTable {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

const GIVEN =
  'Ada Bruno Clara Daniel Elena Farid Greta Hugo Ines Jonas Katarina Luca Mira Noah Olga Paul Rosa Samir Tessa Viktor'.split(
    ' ',
  )
const FAMILY =
  'Albrecht Bianchi Costa Dubois Eriksen Fischer Garcia Hansen Ivanova Jansen Kowalski Lindgren Moreau Novak Petit Rossi Santos Toth Vogel Weber'.split(
    ' ',
  )
const PLACES = [
  ['Berlin', 'DE', 'Lindenstrasse'],
  ['Lyon', 'FR', 'Rue des Lilas'],
  ['Porto', 'PT', 'Rua das Flores'],
  ['Gdansk', 'PL', 'ulica Dluga'],
  ['Bologna', 'IT', 'Via Marconi'],
  ['Utrecht', 'NL', 'Oudegracht'],
] as const
const PRODUCTS = [
  ['Walnut desk lamp', 89],
  ['Linen notebook', 14.5],
  ['Brass fountain pen', 64],
  ['Felt desk mat', 38],
  ['Oak monitor stand', 119],
  ['Cork pin board', 27.9],
  ['Wool desk chair cushion', 45],
  ['Ceramic pencil cup', 18],
] as const
const SUBJECTS = [
  'Where is my order?',
  'Change of address',
  'Refund, please',
  'Card was charged twice',
  'Wrong colour',
] as const
const STATES = ['open', 'answered', 'closed'] as const
const STATUSES = ['placed', 'paid', 'shipped', 'delivered'] as const
const JOBS = [
  ['Managing director', 148_000],
  ['Buyer', 61_000],
  ['Warehouse lead', 52_000],
  ['Support agent', 41_000],
  ['Data analyst', 68_000],
  ['Accountant', 59_000],
] as const

/** A small linear congruential generator: nothing here needs to be unpredictable, everything must be repeatable. */
function createDice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item
const digits = (dice: (sides: number) => number, count: number) =>
  Array.from({ length: count }, () => dice(10)).join('')
const day = (offset: number) =>
  new Date(Date.UTC(2026, 0, 1) + offset * 86_400_000).toISOString().slice(0, 10)

/** The last digit makes the sum right (Luhn), as card numbers' do. */
function cardNumber(dice: (sides: number) => number): string {
  const start = `4${digits(dice, 14)}`
  let sum = 0
  for (const [index, digit] of [...start].entries()) {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return start + ((10 - (sum % 10)) % 10)
}

export const CUSTOMERS = 60
const ORDERS = 180

export function shopRows(): readonly ShopTable[] {
  const dice = createDice(20_260_101)
  const people = Array.from({ length: CUSTOMERS }, (_, index) => {
    const given = pick(GIVEN, index)
    const family = pick(FAMILY, index * 7 + Math.floor(index / 20))
    const [city, country, street] = pick(PLACES, dice(PLACES.length))
    return {
      id: index + 1,
      given,
      family,
      name: `${given} ${family}`,
      email: `${given}.${family}${index < 20 ? '' : index}@example.org`.toLowerCase(),
      city,
      country,
      street,
    }
  })
  const orders = Array.from({ length: ORDERS }, (_, index) => ({
    id: 1001 + index,
    customer: pick(people, dice(CUSTOMERS)),
    status: pick(STATUSES, dice(STATUSES.length)),
    placed: `${day(index)}T${String(8 + dice(12)).padStart(2, '0')}:${String(dice(60)).padStart(2, '0')}:00Z`,
    items: [...new Set(Array.from({ length: 1 + dice(3) }, () => dice(PRODUCTS.length)))].map((product) => ({
      product,
      quantity: 1 + dice(3),
    })),
  }))
  const total = (order: (typeof orders)[number]) =>
    order.items
      .reduce((sum, { product, quantity }) => sum + quantity * pick(PRODUCTS, product)[1], 0)
      .toFixed(2)
  return [
    {
      table: 'customers',
      columns: [
        'id',
        'full_name',
        'email',
        'phone',
        'birth_date',
        'national_id',
        'iban',
        'street_address',
        'city',
        'country',
        'joined_on',
      ],
      rows: people.map(({ id, name, email, city, country, street }) => [
        id,
        name,
        email,
        `+49 30 ${digits(dice, 7)}`,
        day(-365 * (20 + dice(50)) - dice(365)),
        digits(dice, 11),
        `${country}${digits(dice, 20)}`,
        `${street} ${1 + dice(120)}`,
        city,
        country,
        day(-dice(1500)),
      ]),
    },
    {
      table: 'products',
      columns: ['id', 'sku', 'title', 'price'],
      rows: PRODUCTS.map(([title, price], index) => [index + 1, `DESK-${100 + index}`, title, price]),
    },
    {
      table: 'orders',
      columns: ['id', 'customer_id', 'status', 'placed_at', 'total'],
      rows: orders.map((order) => [order.id, order.customer.id, order.status, order.placed, total(order)]),
    },
    {
      table: 'order_items',
      columns: ['order_id', 'product_id', 'quantity', 'unit_price'],
      rows: orders.flatMap(({ id, items }) =>
        items.map(({ product, quantity }) => [id, product + 1, quantity, pick(PRODUCTS, product)[1]]),
      ),
    },
    {
      table: 'payments',
      columns: ['id', 'order_id', 'card_number', 'card_holder', 'amount', 'ip_address', 'paid_at'],
      rows: orders
        .filter(({ status }) => status !== 'placed')
        .map((order, index) => [
          index + 1,
          order.id,
          cardNumber(dice),
          order.customer.name,
          total(order),
          `198.51.100.${1 + dice(250)}`,
          order.placed,
        ]),
    },
    {
      table: 'support_tickets',
      columns: ['id', 'customer_id', 'subject', 'body', 'state', 'opened_at'],
      rows: Array.from({ length: 40 }, (_, index) => {
        const { id, name, email } = pick(people, dice(CUSTOMERS))
        const body = `Hello, this is ${name}. Please call me back on +49 30 ${digits(dice, 7)} or write to ${email}.`
        return [
          index + 1,
          id,
          pick(SUBJECTS, dice(SUBJECTS.length)),
          body,
          pick(STATES, dice(3)),
          `${day(dice(180))}T10:00:00Z`,
        ]
      }),
    },
    {
      table: 'staff',
      columns: ['id', 'full_name', 'email', 'job', 'salary', 'hired_on'],
      rows: JOBS.map(([job, salary], index) => {
        const [given, family] = [pick(GIVEN, index * 3 + 1), pick(FAMILY, index * 5 + 2)]
        return [
          index + 1,
          `${given} ${family}`,
          `${given}@shop.example`.toLowerCase(),
          job,
          salary,
          day(-dice(3000)),
        ]
      }),
    },
  ]
}

/** One INSERT per table, values as literals. */
export function insertRows({ table, columns, rows }: ShopTable, quote: (text: string) => string): string {
  const literal = (value: Value) => (typeof value === 'number' ? String(value) : quote(value))
  return `insert into ${table} (${columns.join(', ')}) values\n${rows.map((row) => `(${row.map(literal).join(', ')})`).join(',\n')};`
}
