/** The public names of @gatehouse/adapter-contract. */
export * from './stage.js'
