/** The public names of @gatehouse/core, one by one. */
export * from './action.js'
export * from './decision.js'
export * from './errors.js'
export * from './gate.js'
export * from './identity.js'
export * from './record.js'
export * from './session.js'
export * from './statement.js'
