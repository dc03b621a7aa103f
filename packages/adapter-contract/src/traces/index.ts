/** What a masked cell must leave nothing of, for the adapters that speak SQL. */
export type { Dress } from './dresses.js'
export { type FindTraces, type Trace, traceFinder } from './find-traces.js'
export { COLUMNS, CUSTOMERS, OTHERS, PEOPLE, type Person } from './people.js'
