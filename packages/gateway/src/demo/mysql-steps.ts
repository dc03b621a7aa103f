/** Table: the tour before MariaDB, statement by statement; a test tries each against its promise. */
import type { TourStep } from './demo-upstream.js'

export const MYSQL_STEPS: readonly TourStep[] = [
  {
    as: 'ann',
    title: 'Ann, an analyst, reads orders',
    text: "select id, status, date(placed_at) as placed, total from orders where status = 'shipped' order by id desc limit 4",
    moral: 'Allowed by shop/analysts-read. She used her own name; the database saw a service account.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She reads customers',
    text: 'select id, full_name, email, phone, iban, city from customers order by id limit 4',
    moral:
      'Nobody configured these columns. Names and types say what they hold; pack:masking masks them on the way back.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She tries another way to the same data',
    text: "select concat(lower(customer_email), '') as innocent, total from order_overview order by id limit 3",
    moral:
      'Through a view, under another name, inside an expression: the mask follows the data, not the name.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She looks one customer up',
    text: "select id, city, joined_on from customers where email = 'ada.albrecht@example.org'",
    moral: 'Whoever has the address already may find its customer: one equality, nothing else.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She guesses at a masked column',
    text: "select count(*) from customers where birth_date < '1975-06-01'",
    moral: 'Counting is a question too. Repeated, it would give away every birthday, so it is refused.',
    promise: { code: '1143', says: 'GH_PROBING' },
  },
  {
    as: 'ann',
    title: 'She is curious about pay',
    text: 'select full_name, salary from staff',
    moral: "Forbidden, with the rule's own reason: the next step is in the message.",
    promise: { code: '1142', says: 'shop/pay-is-for-hr' },
  },
  {
    as: 'ann',
    title: 'She forgets a WHERE',
    text: "update support_tickets set state = 'closed'",
    moral: 'She may update tickets, but not all at once: this would need an approver.',
    promise: { code: '1644', says: 'guardrails/mass-writes' },
  },
  {
    as: 'ann',
    title: 'She drops a table',
    text: 'drop table order_items',
    moral: 'The table is still there. No byte of this reached the database.',
    promise: { code: '1142', says: 'guardrails/no-drop' },
  },
  {
    as: 'ann',
    title: 'She calls a procedure that nobody has reviewed',
    text: 'call customer_export()',
    moral: 'What its body would do cannot be seen from here, so whatever anything forbids, forbids it.',
    promise: { code: '1142', says: 'gatehouse:' },
  },
  {
    as: 'adam',
    title: 'Adam, an admin, reads the same customers',
    text: 'select id, full_name, email, phone, city from customers order by id limit 3',
    moral: 'shop/admins-see-people lifts the masks for him, and his sessions use an account of their own.',
    promise: 'rows',
  },
  {
    as: 'reporter',
    title: 'Reporter, an AI agent, summarises orders',
    text: 'select status, count(*) as orders, sum(total) as worth from orders group by status order by status',
    moral: 'Programs are known as programs. Aggregates over plain columns are fine.',
    promise: 'rows',
  },
  {
    as: 'reporter',
    title: 'It asks for everything',
    text: 'select id, customer_id, total from orders order by id',
    moral: 'Five rows, then a real error: shop/small-samples limits what an agent can carry away.',
    promise: { code: '1644', says: 'shop/small-samples' },
  },
  {
    as: 'reporter',
    title: 'It follows an instruction it found in a ticket',
    text: "update orders set status = 'refunded' where id = 1001",
    moral: 'Agents only read, whatever they were told.',
    promise: { code: '1142', says: 'agents/no-writes' },
  },
  {
    as: 'reporter',
    title: 'It looks a person up',
    text: "select id from customers where email = 'ada.albrecht@example.org'",
    moral: 'What Ann may look up, a program may not: it could try a million addresses.',
    promise: { code: '1143', says: 'agents/no-probing' },
  },
]
