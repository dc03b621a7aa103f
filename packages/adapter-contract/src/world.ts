/** Table of the little world that every contract is played in: what is stored, the same behind every protocol. */

export type RelationName = 'customers' | 'orders' | 'payments'

export interface Column {
  readonly name: string
  readonly kind: 'integer' | 'text'
}

export interface Relation {
  /** The first is the key. */
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

const integer = (name: string): Column => ({ name, kind: 'integer' })
const text = (name: string): Column => ({ name, kind: 'text' })

export const WORLD: {
  readonly database: string
  readonly relations: Readonly<Record<RelationName, Relation>>
} = {
  database: 'shop',
  relations: {
    customers: {
      columns: [integer('id'), text('email'), text('note')],
      rows: [
        ['1', 'ada.lovelace@engine.example', 'first'],
        ['2', 'grace.hopper@navy.example', 'second'],
        ['3', 'edsger.dijkstra@path.example', 'third'],
        ['4', 'barbara.liskov@type.example', 'fourth'],
      ],
    },
    orders: {
      columns: [integer('id'), integer('amount'), text('note')],
      rows: [
        ['1', '918273', 'plain'],
        ['2', '645546', 'gift'],
        ['3', '372819', 'return'],
      ],
    },
    payments: {
      columns: [integer('id'), text('card'), text('note')],
      rows: [
        ['1', '4111111111111111', 'paid'],
        ['2', '5500000000000004', 'open'],
      ],
    },
  },
}

export const RELATION_NAMES: readonly RelationName[] = ['customers', 'orders', 'payments']

export const SECRET = 'ada.lovelace@engine.example'
/** JSON; a speaker's `document` shows it. */
export const DOCUMENT = JSON.stringify({ email: SECRET, plan: 'gold', deep: [{ email: SECRET }] })
