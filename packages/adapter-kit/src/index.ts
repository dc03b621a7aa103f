/** The public names of @gatehouse/adapter-kit. */
export {}
