/** The public names of @gatehouse/identity. */
export {}
