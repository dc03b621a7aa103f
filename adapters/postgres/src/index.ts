/** The public names of @gatehouse/adapter-postgres. */
export {}
