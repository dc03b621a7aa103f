/** The public names of @gatehouse/masking. */
export {}
