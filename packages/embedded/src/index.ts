/** The public names of @gatehouse/embedded. */
export {}
