/** The public names of @gatehouse/adapter-contract. */
export {}
