/** The public names of @gatehouse/sql. */
export * from './catalog.js'
export * from './postgres/plan.js'
