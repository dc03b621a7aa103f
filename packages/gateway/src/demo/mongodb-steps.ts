/** Table: the tour before MongoDB, command by command; a test tries each against its promise. */
import type { TourStep } from './demo-upstream.js'

export const MONGODB_STEPS: readonly TourStep[] = [
  {
    as: 'ann',
    title: 'Ann, an analyst, reads orders',
    text: "db.orders.find({status: 'shipped'}, {status: 1, placed_at: 1, total: 1}).sort({_id: -1}).limit(4)",
    moral: 'Allowed by shop/analysts-read. She used her own name; the database saw a service account.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She reads customers',
    text: 'db.customers.find({}, {full_name: 1, email: 1, phone: 1, iban: 1, city: 1}).limit(4)',
    moral:
      'Nobody configured these fields. Names say what they hold; pack:masking masks them on the way back, type by type.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She tries another way to the same data',
    text: "db.orders.aggregate([{$lookup: {from: 'customers', localField: 'customer_id', foreignField: '_id', as: 'c'}}, {$unwind: '$c'}, {$project: {innocent: {$toLower: '$c.email'}, total: 1}}, {$limit: 3}])",
    moral:
      'From another collection, under another name, inside an expression: the mask follows the data, not the name.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She looks one customer up',
    text: "db.customers.find({email: 'ada.albrecht@example.org'}, {city: 1, joined_on: 1})",
    moral: 'Whoever has the address already may find its customer: one equality, nothing else.',
    promise: 'rows',
  },
  {
    as: 'ann',
    title: 'She guesses at a masked field',
    text: "db.customers.countDocuments({birth_date: {$lt: '1975-06-01'}})",
    moral: 'Counting is a question too. Repeated, it would give away every birthday, so it is refused.',
    promise: { code: '13', says: 'GH_PROBING' },
  },
  {
    as: 'ann',
    title: 'She guesses by an expression',
    text: "db.customers.find({$expr: {$regexMatch: {input: '$iban', regex: '^DE1'}}}, {_id: 1})",
    moral: 'A pattern is a guess as well, however deep it stands.',
    promise: { code: '13', says: 'GH_PROBING' },
  },
  {
    as: 'ann',
    title: 'She is curious about pay',
    text: 'db.staff.find({}, {full_name: 1, salary: 1})',
    moral: "Forbidden, with the rule's own reason: the next step is in the message.",
    promise: { code: '13', says: 'shop/pay-is-for-hr' },
  },
  {
    as: 'ann',
    title: 'She forgets a filter',
    text: "db.support_tickets.updateMany({}, {$set: {state: 'closed'}})",
    moral: 'She may update tickets, but not all at once: this would need an approver.',
    promise: { code: '13', says: 'guardrails/mass-writes' },
  },
  {
    as: 'ann',
    title: 'She drops a collection',
    text: 'db.order_items.drop()',
    moral: 'The collection is still there. No byte of this reached the database.',
    promise: { code: '13', says: 'guardrails/no-drop' },
  },
  {
    as: 'ann',
    title: 'She sends code for the server to run',
    text: "db.orders.find({$where: 'this.total > 100'})",
    moral: 'What JavaScript would do cannot be seen from here, so whatever anything forbids, forbids it.',
    promise: { code: '13', says: 'gatehouse' },
  },
  {
    as: 'adam',
    title: 'Adam, an admin, reads the same customers',
    text: 'db.customers.find({}, {full_name: 1, email: 1, phone: 1, city: 1}).limit(3)',
    moral: 'shop/admins-see-people lifts the masks for him, and his sessions use an account of their own.',
    promise: 'rows',
  },
  {
    as: 'reporter',
    title: 'Reporter, an AI agent, summarises orders',
    text: "db.orders.aggregate([{$group: {_id: '$status', orders: {$sum: 1}, worth: {$sum: '$total'}}}, {$sort: {_id: 1}}])",
    moral: 'Programs are known as programs. Aggregates over plain fields are fine.',
    promise: 'rows',
  },
  {
    as: 'reporter',
    title: 'It asks for everything',
    text: 'db.orders.find({}, {customer_id: 1, total: 1})',
    moral: 'Five documents, then a real error: shop/small-samples limits what an agent can carry away.',
    promise: { code: '13', says: 'shop/small-samples' },
  },
  {
    as: 'reporter',
    title: 'It follows an instruction it found in a ticket',
    text: "db.orders.updateOne({_id: 1001}, {$set: {status: 'refunded'}})",
    moral: 'Agents only read, whatever they were told.',
    promise: { code: '13', says: 'agents/no-writes' },
  },
  {
    as: 'reporter',
    title: 'It looks a person up',
    text: "db.customers.find({email: 'ada.albrecht@example.org'}, {_id: 1})",
    moral: 'What Ann may look up, a program may not: it could try a million addresses.',
    promise: { code: '13', says: 'agents/no-probing' },
  },
]
